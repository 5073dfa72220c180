package org.qat4j.onnx.internal;

import org.qat4j.QatException;
import org.qat4j.onnx.OnnxOptions;

/**
 * Whether ONNX Runtime multiplies unsigned by signed bytes exactly on this machine. Without VNNI,
 * x86 adds two such products in 16 bits with saturation. What a processor says of itself is not
 * asked: the largest products are made and looked at.
 */
public final class ByteProducts {
  private ByteProducts() {}

  /**
   * Whether the form of {@link OnnxOptions#withVnni} is exact here.
   *
   * @throws QatException if ONNX Runtime is not on the class path
   */
  public static boolean exact() {
    OnnxPresence.require();
    return Measured.EXACT;
  }

  /**
   * Passes options of which this machine can tell whether a file is right.
   *
   * @throws QatException if they ask for the form for VNNI and products of bytes saturate here
   */
  public static void require(OnnxOptions options) {
    if (options.vnni() && !exact()) {
      throw new QatException(
          "the ONNX form for x86 with VNNI or ARM cannot be verified on this machine, where sums of"
              + " products of bytes saturate at 16 bits; leave --vnni (OnnxOptions.withVnni) out:"
              + " the default form is exact on every processor");
    }
  }

  /** Once in the life of the process. */
  private static final class Measured {
    static final boolean EXACT = ByteProductTrial.exact();
  }
}
