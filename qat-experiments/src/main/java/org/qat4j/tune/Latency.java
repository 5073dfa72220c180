package org.qat4j.tune;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.qat4j.model.IntegerModel;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;

/** How long a candidate takes; a search is given it, so that a test need not measure. */
interface Latency extends Serializable {
  /** Passes of which the median counts. */
  int PASSES = 3;

  /** On this machine. */
  Latency MEASURED = (model, samples) -> measured(model, samples, System::nanoTime);

  /** Microseconds a sample. */
  double micros(IntegerModel model, List<Sample> samples);

  /**
   * Median of {@value #PASSES} passes, after one that warms up.
   *
   * @param nanos the clock
   */
  static double measured(IntegerModel model, List<Sample> samples, LongSupplier nanos) {
    IntegerRuntime timed = new IntegerRuntime(model);
    timed.run(samples);
    double[] micros = new double[PASSES];
    for (int i = 0; i < PASSES; i++) {
      long start = nanos.getAsLong();
      timed.run(samples);
      micros[i] = (nanos.getAsLong() - start) / 1e3 / samples.size();
    }
    Arrays.sort(micros);
    return micros[PASSES / 2];
  }
}
