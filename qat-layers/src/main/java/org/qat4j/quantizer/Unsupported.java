package org.qat4j.quantizer;

/** What becomes of layers that cannot be quantized. */
public enum Unsupported {
  /** The network is refused before any work; the message names them and says why. */
  REFUSE,
  /**
   * They compute in real numbers, as they are, and what reads them quantizes what they make. Such a
   * network trains and answers, but has no integer model.
   */
  FLOAT
}
