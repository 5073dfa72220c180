package org.qat4j.runtime.internal;

import java.util.ServiceLoader;
import org.qat4j.QatException;
import org.qat4j.runtime.RuntimeOptions;

/**
 * Finds the kernels that this JVM has. The vector kernels are named by a service file and not by
 * code, because this class is compiled, loaded and verified without the module that they need. Both
 * names are constants, which native images resolve when they are built; Android has neither.
 */
public final class KernelChoice {
  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  private KernelChoice() {}

  /** Whether this JVM was started with the Vector API. */
  static boolean hasVectors() {
    try {
      Class.forName("jdk.incubator.vector.IntVector", false, KernelChoice.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  public static Kernels of(RuntimeOptions.Kernel kernel) {
    boolean vector =
        kernel == RuntimeOptions.Kernel.VECTOR
            || (kernel == RuntimeOptions.Kernel.AUTO && hasVectors());
    if (!vector) {
      return new ScalarKernels();
    }
    if (!hasVectors()) {
      throw new QatException(
          "the kernel VECTOR needs the Vector API: start the JVM with --add-modules "
              + VECTOR_MODULE
              + ", or choose AUTO or SCALAR, which give the same results");
    }
    for (Kernels kernels : ServiceLoader.load(Kernels.class, Kernels.class.getClassLoader())) {
      return kernels;
    }
    throw new QatException("the vector kernels are missing from the jar");
  }
}
