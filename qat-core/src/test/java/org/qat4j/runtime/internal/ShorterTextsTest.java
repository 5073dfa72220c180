package org.qat4j.runtime.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.RandomModels;
import org.qat4j.model.TextLengths;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.RuntimeOptions;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.reference.ReferenceRuntime;

/** A text alone gives what the same text gives with padding behind it, whatever ran before. */
class ShorterTextsTest {
  private static final int MODELS = 1500;
  private static final int TEXTS = 6;

  static Stream<RuntimeOptions> options() {
    List<RuntimeOptions> all = new ArrayList<>();
    for (RuntimeOptions.Kernel kernel :
        List.of(RuntimeOptions.Kernel.SCALAR, RuntimeOptions.Kernel.VECTOR)) {
      if (kernel == RuntimeOptions.Kernel.SCALAR || KernelChoice.hasVectors()) {
        all.add(RuntimeOptions.defaults().withKernel(kernel));
        all.add(RuntimeOptions.defaults().withKernel(kernel).withTableBytes(0));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("options")
  void runsOfAnyLengthGiveTheSame(RuntimeOptions options) {
    int cut = 0;
    for (long seed = 0; seed < MODELS; seed++) {
      IntegerModel model = RandomModels.ofTexts(seed);
      TextLengths lengths = TextLengths.of(model);
      IntegerRuntime runtime = new IntegerRuntime(model, options);
      ReferenceRuntime reference = new ReferenceRuntime(model);
      Random random = new Random(seed);
      for (int i = 0; i < TEXTS; i++) {
        Sample whole = text(model, random);
        int tokens = tokens(model, whole);
        float[] expected = reference.run(whole);
        assertThat(runtime.run(whole)).as("seed %d, whole", seed).isEqualTo(expected);
        Sample alone = cut(model, whole, tokens);
        float[] given = runtime.run(alone);
        boolean perStep = given.length < expected.length;
        assertThat(given)
            .as("seed %d, %d tokens of %d", seed, tokens, model.value("in0").size())
            .isEqualTo(perStep ? Arrays.copyOf(expected, given.length) : expected);
        cut +=
            lengths.isFlexible(0) && lengths.steps(0, tokens) < model.value("in0").size() ? 1 : 0;
      }
    }
    assertThat(cut)
        .as("texts that were cut, of %d", MODELS * TEXTS)
        .isGreaterThan(MODELS * TEXTS / 4);
  }

  /** The rule itself, by the specification alone: a model for shorter texts gives the same. */
  @Test
  void aShorterModelGivesTheSame() {
    int cut = 0;
    for (long seed = 0; seed < MODELS; seed++) {
      IntegerModel model = RandomModels.ofTexts(seed);
      TextLengths lengths = TextLengths.of(model);
      Random random = new Random(~seed);
      for (int i = 0; i < TEXTS && lengths.isFlexible(0); i++) {
        Sample whole = text(model, random);
        int least = lengths.steps(0, tokens(model, whole));
        int limit = lengths.limit(0);
        int stride = lengths.stride(0);
        int steps = least + random.nextInt((limit - least) / stride + 1) * stride;
        int[] all = new int[model.inputs().size()];
        for (int j = 0; j < all.length; j++) {
          all[j] = lengths.isFlexible(j) ? steps : model.value("in" + j).size();
        }
        IntegerModel shorter = lengths.shortened(all);
        Sample cutSample = Sample.ofTokens(ids(whole, all));
        float[] expected = new ReferenceRuntime(model).run(whole);
        float[] given = new ReferenceRuntime(shorter).run(cutSample);
        int size = given.length;
        boolean perStep = given.length < expected.length;
        if (perStep) {
          size = Math.max(0, given.length - 3 * (steps - tokens(model, whole)));
        }
        assertThat(Arrays.copyOf(given, size))
            .as("seed %d, %d of %d steps", seed, steps, limit)
            .isEqualTo(Arrays.copyOf(expected, size));
        cut += steps < limit ? 1 : 0;
      }
    }
    assertThat(cut).isGreaterThan(MODELS * TEXTS / 8);
  }

  private static int[][] ids(Sample sample, int[] steps) {
    int[][] ids = new int[steps.length][];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Arrays.copyOf(sample.tokens(i), steps[i]);
    }
    return ids;
  }

  private static Sample cut(IntegerModel model, Sample sample, int tokens) {
    int[] steps = new int[model.inputs().size()];
    Arrays.fill(steps, tokens);
    return Sample.ofTokens(ids(sample, steps));
  }

  private static int tokens(IntegerModel model, Sample sample) {
    int tokens = 0;
    for (int i = 0; i < model.inputs().size(); i++) {
      tokens = Math.max(tokens, TextLengths.tokens(sample.tokens(i)));
    }
    return tokens;
  }

  /** With padding behind, and sometimes inside. */
  private static Sample text(IntegerModel model, Random random) {
    int limit = model.value("in0").size();
    int tokens = random.nextInt(4) == 0 ? random.nextInt(limit + 1) : 1 + random.nextInt(limit / 2);
    int[][] ids = new int[model.inputs().size()][limit];
    for (int i = 0; i < ids.length; i++) {
      boolean holes = random.nextInt(4) == 0;
      int vocabulary = model.inputs().get(i).vocabularySize();
      for (int t = 0; t < tokens; t++) {
        ids[i][t] = holes ? random.nextInt(vocabulary) : 1 + random.nextInt(vocabulary - 1);
      }
    }
    return Sample.ofTokens(ids);
  }
}
