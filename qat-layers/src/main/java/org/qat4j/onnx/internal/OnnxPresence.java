package org.qat4j.onnx.internal;

import org.qat4j.QatException;

/**
 * Whether ONNX Runtime is on the class path. It brings the natives of five platforms, so that it
 * reaches nobody who does not verify. Classes that name its types are not linked before this was
 * asked.
 */
public final class OnnxPresence {
  private OnnxPresence() {}

  /**
   * @throws QatException if ONNX Runtime is not there
   */
  public static void require() {
    try {
      Class.forName("ai.onnxruntime.OrtEnvironment", false, OnnxPresence.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new QatException(
          "to verify or to run an ONNX file, ONNX Runtime must be on the class path: add the"
              + " dependency com.microsoft.onnxruntime:onnxruntime; writing the file (OnnxExporter)"
              + " does not need it",
          e);
    }
  }
}
