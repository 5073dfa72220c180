package org.qat4j.layers;

/** Where in a layer a quantizer sits. */
public enum Slot {
  /** What the layer reads. */
  INPUT(0),
  /** Between the product and an activation function that is looked up in a table. */
  PRE(4),
  /** What the layer hands on. */
  OUTPUT(8);

  private final int offset;

  Slot(int offset) {
    this.offset = offset;
  }

  /** Place of the quantizer's three floats in the layer's state. */
  int offset() {
    return offset;
  }
}
