package org.qat4j.quantizer;

/**
 * How the layers of a network under quantization compute. It lives as long as the network object
 * and is not saved; new and loaded networks are in {@link #QAT}.
 */
public enum Mode {
  /** Fake quantization in training, integer codes in evaluation. */
  QAT,
  /** Float arithmetic in evaluation; ranges are observed. */
  CALIBRATE,
  /** Float arithmetic; nothing is observed. */
  FLOAT
}
