package org.qat4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.RandomModels;

/** Threads that share a runtime get the answers that each would get alone. */
class ConcurrencyTest {
  private static final int THREADS = 8;
  private static final int SAMPLES = 30;

  @Test
  void sharesARuntime() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (long seed = 0; seed < 60; seed++) {
        IntegerModel model = RandomModels.model(seed);
        long tableBytes = seed % 3 == 0 ? 5_000 : 1 << 24;
        IntegerRuntime runtime =
            new IntegerRuntime(model, RuntimeOptions.defaults().withTableBytes(tableBytes));
        List<Sample> samples = new ArrayList<>();
        Random random = new Random(seed);
        for (int i = 0; i < SAMPLES; i++) {
          samples.add(RandomModels.sample(model, random));
        }
        float[][] expected = new IntegerRuntime(model).run(samples);
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<float[][]>> answers = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
          answers.add(threads.submit(task(runtime, samples, start)));
        }
        for (Future<float[][]> answer : answers) {
          assertThat(answer.get()).as("RandomModels.model(%d)", seed).isDeepEqualTo(expected);
        }
        assertThat(runtime.tableBytes()).isNotNegative();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Callable<float[][]> task(
      IntegerRuntime runtime, List<Sample> samples, CyclicBarrier start) {
    return () -> {
      start.await();
      return runtime.run(samples);
    };
  }
}
