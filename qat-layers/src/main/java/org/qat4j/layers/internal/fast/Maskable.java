package org.qat4j.layers.internal.fast;

/** A recurrent layer that may leave out the steps that the mask of the features says. */
public interface Maskable {
  /** Whether it does: state and cell are 0 there. DL4J's LSTM goes through them as through any. */
  boolean isMasked();

  /** Whether a layer leaves out masked steps. */
  static boolean leavesOut(Object layer) {
    return layer instanceof Maskable maskable && maskable.isMasked();
  }
}
