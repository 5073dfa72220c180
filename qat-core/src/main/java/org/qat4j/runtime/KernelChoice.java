package org.qat4j.runtime;

import org.qat4j.QatException;

/** Finds the kernels that this JVM has. */
final class KernelChoice {
  private KernelChoice() {}

  static Kernels of(RuntimeOptions.Kernel kernel) {
    if (kernel == RuntimeOptions.Kernel.VECTOR) {
      throw new QatException("no vector kernels yet");
    }
    return new ScalarKernels();
  }
}
