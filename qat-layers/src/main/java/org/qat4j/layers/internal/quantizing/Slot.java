package org.qat4j.layers.internal.quantizing;

import java.util.Set;

/** Where in a layer a quantizer sits. */
public enum Slot {
  /** What the layer reads. */
  INPUT(0),
  /** Between the product and an activation function that is looked up in a table. */
  PRE(1),
  /** State of the cell of a recurrent layer, whose range alone is asked for. */
  CELL(1),
  /** What the layer hands on. */
  OUTPUT(2),
  /** Between the two products of a separable convolution. */
  MIDDLE(3);

  /** Places of a layer where nothing lies between two products. */
  private static final int PLACES = 3;

  private final int place;

  Slot(int place) {
    this.place = place;
  }

  /** Number of places in a layer with these quantizers. */
  static int places(Set<Slot> owned) {
    return owned.contains(MIDDLE) ? PLACES + 1 : PLACES;
  }

  /** Place of the quantizer among those of the layer, in the parameters that they keep. */
  int place() {
    return place;
  }
}
