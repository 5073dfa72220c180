package org.qat4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.Trace;
import org.qat4j.runtime.reference.ReferenceRuntime;

/** What operations say of themselves is what the specification computes. */
class OpQuestionsTest {
  private static final int MODELS = 600;

  /** Steps whose inputs are the same have the same outputs, whatever the other steps are. */
  @Test
  void whatGoesStepByStepSeesNoOtherStep() {
    Set<Class<?>> seen = new HashSet<>();
    Set<Class<?>> looksAround = new HashSet<>();
    for (long seed = 0; seed < MODELS; seed++) {
      IntegerModel model = RandomModels.model(seed);
      Random random = new Random(seed);
      Sample sample = RandomModels.sample(model, random);
      ReferenceRuntime runtime = new ReferenceRuntime(model);
      Trace one = runtime.trace(sample);
      Trace other = runtime.trace(changed(model, sample, random));
      for (Op op : model.ops()) {
        if (!isSequence(model, op)) {
          continue;
        }
        int steps = model.value(op.name()).shape().get(0);
        boolean[] same = new boolean[steps];
        for (int t = 0; t < steps; t++) {
          int step = t;
          same[t] = op.inputs().stream().allMatch(in -> isSame(model, in, step, one, other));
          boolean told = isSame(model, op.name(), t, one, other);
          if (same[t] && !told) {
            looksAround.add(op.getClass());
          }
          if (op.isStepwise() && same[t]) {
            assertThat(told).as("seed %d, %s, step %d", seed, op, t).isTrue();
          }
        }
        if (IntStream.range(0, steps).anyMatch(t -> same[t])
            && IntStream.range(0, steps).anyMatch(t -> !same[t])) {
          seen.add(op.getClass());
        }
      }
    }
    assertThat(seen)
        .contains(Op.Embedding.class, Op.Dense.class, Op.Lookup.class, Op.Add.class)
        .contains(Op.Concat.class, Op.Elementwise.class, Op.RealSum.class, Op.LayerNorm.class);
    assertThat(looksAround).contains(Op.Conv1d.class, Op.Attention.class, Op.Recurrent.class);
  }

  @Test
  void whatKeepsCodesMakesNone() {
    Set<Class<?>> seen = new HashSet<>();
    Set<Class<?>> makesOthers = new HashSet<>();
    for (long seed = 0; seed < MODELS; seed++) {
      IntegerModel model = RandomModels.model(seed);
      Trace trace = new ReferenceRuntime(model).trace(RandomModels.sample(model, new Random(seed)));
      for (Op op : model.ops()) {
        Value read = model.value(op.inputs().get(0));
        Value made = model.value(op.name());
        if (!read.isCodes() || !made.isCodes()) {
          continue;
        }
        List<Integer> codes = new ArrayList<>(boxed(trace.codes(op.inputs().get(0))));
        if (op instanceof Op.Select) { // of padding
          codes.add(made.params().zeroPoint());
        }
        boolean kept =
            made.params().equals(read.params()) && codes.containsAll(boxed(trace.codes(op.name())));
        if (op instanceof Op.Masked) { // has one of its own where a step is left out
          assertThat(made.params()).as("seed %d, %s", seed, op).isEqualTo(read.params());
        } else if (op.keepsCodes()) {
          assertThat(kept).as("seed %d, %s", seed, op).isTrue();
          seen.add(op.getClass());
        } else if (!kept) {
          makesOthers.add(op.getClass());
        }
      }
    }
    assertThat(seen)
        .contains(Op.MaxPool1d.class, Op.MaxPool2d.class, Op.GlobalMaxPool.class, Op.Flatten.class)
        .contains(Op.Select.class, Op.Reshape.class, Op.Transpose.class, Op.LastStep.class);
    assertThat(makesOthers).contains(Op.Dense.class, Op.Conv2d.class, Op.Lookup.class);
  }

  private static List<Integer> boxed(int[] codes) {
    return IntStream.of(codes).boxed().toList();
  }

  /** Whether it makes as many steps as each of its inputs has. */
  private static boolean isSequence(IntegerModel model, Op op) {
    List<Integer> shape = model.value(op.name()).shape();
    return shape.size() == 2
        && op.inputs().stream()
            .map(model::value)
            .allMatch(
                v ->
                    v.shape().get(0).equals(shape.get(0)) && (v.shape().size() == 2 || v.tokens()));
  }

  private static boolean isSame(IntegerModel model, String name, int step, Trace one, Trace other) {
    Value value = model.value(name);
    int width = value.size() / value.shape().get(0);
    int from = step * width;
    return value.isReal()
        ? Arrays.equals(one.reals(name), from, from + width, other.reals(name), from, from + width)
        : Arrays.equals(one.codes(name), from, from + width, other.codes(name), from, from + width);
  }

  /** The sample with some of its steps exchanged for those of another one. */
  private static Sample changed(IntegerModel model, Sample sample, Random random) {
    Sample other = RandomModels.sample(model, random);
    int n = model.inputs().size();
    int[][] tokens = new int[n][];
    float[][] reals = new float[n][];
    for (int i = 0; i < n; i++) {
      List<Integer> shape = model.value(model.inputs().get(i).name()).shape();
      int steps = shape.get(0);
      boolean[] exchanged = new boolean[steps];
      for (int t = 0; t < steps; t++) {
        exchanged[t] = random.nextBoolean();
      }
      if (sample.tokens(i) != null) {
        tokens[i] = sample.tokens(i).clone();
        for (int t = 0; t < tokens[i].length; t++) {
          tokens[i][t] = exchanged[t % steps] ? other.tokens(i)[t] : tokens[i][t];
        }
      } else {
        reals[i] = sample.reals(i).clone();
        int width = reals[i].length / steps;
        for (int k = 0; k < reals[i].length; k++) {
          reals[i][k] = exchanged[k / width] ? other.reals(i)[k] : reals[i][k];
        }
      }
    }
    return Sample.of(tokens, reals);
  }
}
