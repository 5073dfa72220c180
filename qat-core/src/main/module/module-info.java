/** What serves a frozen model: the JDK alone. */
module org.qat4j.core {
  requires static jdk.incubator.vector;

  exports org.qat4j;
  exports org.qat4j.format;
  exports org.qat4j.model;
  exports org.qat4j.numerics;
  exports org.qat4j.runtime;
  exports org.qat4j.runtime.reference;
  exports org.qat4j.text;

  // The modules of one release are friends here; for all others it is inside.
  exports org.qat4j.format.internal to
      org.qat4j.experiments;
  exports org.qat4j.internal to
      org.qat4j.layers,
      org.qat4j.experiments;
  exports org.qat4j.io.internal to
      org.qat4j.layers,
      org.qat4j.experiments;
  exports org.qat4j.model.internal to
      org.qat4j.layers,
      org.qat4j.experiments;
  exports org.qat4j.numerics.internal to
      org.qat4j.layers;
  exports org.qat4j.text.internal to
      org.qat4j.experiments;

  uses org.qat4j.runtime.internal.Kernels;

  provides org.qat4j.runtime.internal.Kernels with
      org.qat4j.runtime.internal.VectorKernels;
}
