package org.qat4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.RandomModels;

/** A warm runtime allocates nothing. */
class AllocationTest {
  private static final int MODELS = 40;
  private static final int RUNS = 50;

  /**
   * The JVM itself allocates now and then while it compiles; and vectors of the Vector API are
   * objects until then. An allocation of our own would be in every window of {@link #RUNS} runs.
   */
  private static final int MOST_WINDOWS = 400;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** With room for all tokens, for some, for none. */
  @ParameterizedTest
  @ValueSource(longs = {1 << 26, 10_000, 0})
  void aRunAllocatesNothing(long tableBytes) {
    RuntimeOptions options = RuntimeOptions.defaults().withTableBytes(tableBytes);
    for (long seed = 0; seed < MODELS; seed++) {
      IntegerModel model = RandomModels.model(seed);
      IntegerRuntime runtime = new IntegerRuntime(model, options);
      Random random = new Random(seed);
      List<Sample> samples = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        samples.add(RandomModels.sample(model, random));
      }
      float[] out = new float[runtime.outputSize()];
      long bytes = Long.MAX_VALUE;
      for (int i = 0; i < MOST_WINDOWS && bytes > 0; i++) {
        bytes = allocatedBy(runtime, samples, out);
      }
      assertThat(bytes).as("RandomModels.model(%d)", seed).isZero();
    }
  }

  private long allocatedBy(IntegerRuntime runtime, List<Sample> samples, float[] out) {
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    for (int i = 0; i < RUNS; i++) {
      runtime.run(samples.get(i % samples.size()), out);
    }
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
  }
}
