/** What serves a frozen model: the JDK alone. */
module org.qat4j.core {
  requires static jdk.incubator.vector;

  exports org.qat4j;
  exports org.qat4j.format;
  exports org.qat4j.io;
  exports org.qat4j.model;
  exports org.qat4j.numerics;
  exports org.qat4j.numerics.internal to
      org.qat4j.layers;
  exports org.qat4j.runtime;
  exports org.qat4j.runtime.reference;
  exports org.qat4j.text;

  uses org.qat4j.runtime.internal.Kernels;

  provides org.qat4j.runtime.internal.Kernels with
      org.qat4j.runtime.internal.VectorKernels;
}
