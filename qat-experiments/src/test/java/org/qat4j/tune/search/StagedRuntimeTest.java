package org.qat4j.tune.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.RandomModels;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;

class StagedRuntimeTest {
  private static final int SAMPLES = 12;

  @Test
  void sameAnswersAsTheRuntime() {
    int cut = 0;
    for (long seed = 0; seed < 150; seed++) {
      IntegerModel model = RandomModels.model(seed);
      List<Sample> samples = Sample.random(model, SAMPLES, seed);
      StagedRuntime staged = new StagedRuntime(samples, Long.MAX_VALUE);
      check(staged, model, samples, 5);
      check(staged, model, samples, SAMPLES);
      long stages = staged.computed() / SAMPLES;
      cut += stages > 1 ? 1 : 0;
      check(staged, model, samples, SAMPLES);
      assertThat(staged.computed()).as("nothing is run again").isEqualTo(stages * SAMPLES);
    }
    assertThat(cut).isGreaterThan(30);
  }

  @Test
  void anUnchangedPrefixIsNotRunAgain() {
    int reused = 0;
    for (long seed = 0; seed < 150; seed++) {
      IntegerModel model = RandomModels.model(seed);
      IntegerModel changed = withOtherBias(model);
      if (changed == null) {
        continue;
      }
      List<Sample> samples = Sample.random(model, SAMPLES, seed);
      StagedRuntime staged = new StagedRuntime(samples, Long.MAX_VALUE);
      check(staged, model, samples, SAMPLES);
      long first = staged.computed();
      check(staged, changed, samples, SAMPLES);
      reused += staged.computed() - first < first ? 1 : 0;
    }
    assertThat(reused).isGreaterThan(20);
  }

  @Test
  void threadsShareWhatTheyMake() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (long seed = 0; seed < 40; seed++) {
        IntegerModel model = RandomModels.model(seed);
        List<Sample> samples = Sample.random(model, SAMPLES, seed);
        StagedRuntime alone = new StagedRuntime(samples, Long.MAX_VALUE);
        check(alone, model, samples, SAMPLES);
        StagedRuntime shared = new StagedRuntime(samples, seed % 2 == 0 ? Long.MAX_VALUE : 200);
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
          int examples = SAMPLES - t;
          running.add(threads.submit(() -> check(shared, model, samples, examples)));
        }
        for (Future<?> f : running) {
          f.get();
        }
        if (seed % 2 == 0) {
          assertThat(shared.computed()).isEqualTo(alone.computed());
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void forgetsWithinItsLimit() {
    IntegerModel model = RandomModels.model(3);
    List<Sample> samples = Sample.random(model, SAMPLES, 3);
    StagedRuntime staged = new StagedRuntime(samples, 0);
    check(staged, model, samples, SAMPLES);
    long once = staged.computed();
    check(staged, model, samples, SAMPLES);
    assertThat(staged.computed()).isEqualTo(2 * once);
  }

  /** The same with another bias in the last dense layer; null where there is none. */
  private static IntegerModel withOtherBias(IntegerModel model) {
    List<Op> ops = new ArrayList<>(model.ops());
    for (int i = ops.size() - 1; i >= 0; i--) {
      if (ops.get(i) instanceof Op.Dense d) {
        int[] bias = d.bias().toArray();
        bias[0] = bias[0] > 0 ? bias[0] - 1 : bias[0] + 1;
        ops.set(i, new Op.Dense(d.name(), d.input(), d.weights(), IntVector.of(bias), d.output()));
        return new IntegerModel(
            model.name(), model.inputs(), ops, model.outputs(), List.of(), List.of());
      }
    }
    return null;
  }

  private static void check(
      StagedRuntime staged, IntegerModel model, List<Sample> samples, int examples) {
    List<float[]> answers = staged.run(model, examples);
    assertThat(answers).hasSize(examples);
    IntegerRuntime runtime = new IntegerRuntime(model);
    for (int i = 0; i < examples; i++) {
      assertThat(answers.get(i)).isEqualTo(runtime.run(samples.get(i)));
    }
  }
}
