package org.qat4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.RandomModels;
import org.qat4j.model.TextInput;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.runtime.internal.Causality;
import org.qat4j.runtime.reference.ReferenceRuntime;
import org.qat4j.text.BytePairs;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.TextEncoder;

class TranslatorTest {
  private static final PieceEncoder PIECES =
      new PieceEncoder(new BytePairs(List.of()), List.of("▁", "a", "b"), 3, 4);

  /** Random weights: which piece comes next depends on all that is seen. */
  private static IntegerModel model(long seed) {
    Random random = new Random(seed);
    int n = PIECES.vocabularySize();
    QuantParams codes = QuantParams.symmetric(3, 8);
    IntVector places = IntVector.of(IntStream.range(3, 7).toArray());
    List<Op> ops =
        List.of(
            new Op.Embedding("rows", "ids", tensor(random, n, 4)),
            new Op.Dense(
                "parts",
                "rows",
                tensor(random, 12, 4),
                IntVector.of(random.ints(12, -3000, 3000).toArray()),
                new Output.Codes(codes)),
            new Op.Attention(
                "seen", "parts", null, 2, 3, IntVector.of(AttentionStep.exponential()), codes),
            new Op.Select("translation", "seen", 0, places),
            new Op.Dense(
                "logits",
                "translation",
                tensor(random, n, 4),
                IntVector.of(new int[n]),
                new Output.Real()),
            new Op.Softmax("next", "logits"));
    return new IntegerModel(
        "random",
        List.of(new Input("ids", Input.Kind.TOKENS, List.of(7), n)),
        ops,
        List.of("next"),
        List.of(new TextInput("ids", PIECES)),
        List.of());
  }

  /** The same with everything that goes step by step between the table and the first product. */
  private static IntegerModel stepwise(long seed) {
    Random random = new Random(seed);
    IntegerModel model = model(seed);
    QuantParams codes = QuantParams.symmetric(1.27f, 8); // of the table: scale 0.01
    int[] mirrored = IntStream.range(0, 256).map(i -> Math.min(127, 128 - i)).toArray();
    int[] folded = IntStream.range(0, 255).map(i -> 127 - i).toArray();
    List<Op> ops = new ArrayList<>();
    ops.add(model.ops().get(0));
    ops.add(new Op.Lookup("mirrored", "rows", IntVector.of(mirrored), codes));
    ops.add(new Op.Add("sum", List.of("mirrored", "rows", "mirrored"), codes));
    ops.add(
        new Op.Elementwise(
            "largest", Op.Elementwise.Function.MAX, List.of("sum", "mirrored"), codes));
    ops.add(new Op.Concat("both", List.of("largest", "rows"), codes));
    ops.add(
        new Op.Dense(
            "mixed",
            "both",
            tensor(random, 4, 8),
            IntVector.of(new int[4]),
            new Output.Codes(QuantParams.symmetric(3, 8))));
    ops.add(new Op.Lookup("folded", "mixed", IntVector.of(folded), QuantParams.symmetric(3, 8)));
    Op.Dense parts = (Op.Dense) model.ops().get(1);
    ops.add(new Op.Dense(parts.name(), "folded", parts.weights(), parts.bias(), parts.output()));
    ops.addAll(model.ops().subList(2, model.ops().size()));
    return new IntegerModel(
        "stepwise", model.inputs(), ops, model.outputs(), model.text(), model.labels());
  }

  private static QuantizedTensor tensor(Random random, int rows, int columns) {
    byte[] codes = new byte[rows * columns];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (random.nextInt(255) - 127);
    }
    return new QuantizedTensor(codes, new int[] {rows, columns}, 8, new float[] {0.01f}, 0);
  }

  /** Every translation there is, with the score that the definition gives it. */
  private static String best(IntegerModel model, int most) {
    ReferenceRuntime runtime = new ReferenceRuntime(model);
    List<int[]> open = new ArrayList<>(List.of(new int[0]));
    String best = null;
    double highest = Double.NEGATIVE_INFINITY;
    while (!open.isEmpty()) {
      int[] ids = open.remove(open.size() - 1);
      boolean whole = ids.length == 4 || (ids.length > 0 && ids[ids.length - 1] == 2);
      if (whole) {
        double score = logOf(runtime, ids) / Math.pow((5.0 + ids.length) / 6, 0.6);
        if (score > highest) {
          highest = score;
          best = PIECES.text(ids);
        }
        continue;
      }
      for (int id = 2; id < 2 + most; id++) {
        int[] longer = Arrays.copyOf(ids, ids.length + 1);
        longer[ids.length] = id;
        open.add(longer);
      }
    }
    return best;
  }

  private static double logOf(ReferenceRuntime runtime, int[] translation) {
    int[] ids = PIECES.encode("ab");
    System.arraycopy(translation, 0, ids, 4, Math.min(3, translation.length));
    for (int i = 4 + translation.length; i < ids.length; i++) {
      ids[i] = TextEncoder.PADDING;
    }
    float[] p = runtime.run(Sample.ofTokens(ids));
    return IntStream.range(0, translation.length)
        .mapToDouble(i -> Math.log(p[i * PIECES.vocabularySize() + translation[i]]))
        .sum();
  }

  /** With more beams than there are translations nothing is overlooked. */
  @Test
  void aWideBeamFindsTheBest() {
    for (long seed = 0; seed < 20; seed++) {
      IntegerModel model = model(seed);
      assertThat(new Translator(model).translate("ab", 1000))
          .as("seed %d", seed)
          .isEqualTo(best(model, 4));
    }
  }

  @Test
  void withOneBeamTheMostProbablePieceIsTaken() {
    for (long seed = 0; seed < 20; seed++) {
      IntegerModel model = model(seed);
      ReferenceRuntime runtime = new ReferenceRuntime(model);
      int[] ids = PIECES.encode("b");
      List<Integer> made = new ArrayList<>();
      while (made.size() < 4 && !made.contains(PieceEncoder.END)) {
        float[] p = runtime.run(Sample.ofTokens(ids));
        made.add(PIECES.best(p, made.size() * PIECES.vocabularySize()));
        if (made.size() < 4) {
          ids[3 + made.size()] = made.get(made.size() - 1);
        }
      }
      assertThat(new Translator(model).translate("b\tnot read"))
          .as("seed %d", seed)
          .isEqualTo(PIECES.text(made.stream().mapToInt(id -> id).toArray()));
    }
  }

  /** Whatever was run before: longer, shorter, with another text or another beginning. */
  @Test
  void aRunThatGoesOnIsTheSameAsAWholeOne() {
    for (long seed = 0; seed < 40; seed++) {
      IntegerModel model = seed % 2 == 0 ? model(seed) : stepwise(seed);
      assertThat(Causality.of(model).prefix()).isEqualTo(3);
      Random random = new Random(seed);
      SequenceRun run = new IntegerRuntime(model).sequenceRun();
      int[] ids = new int[7];
      for (int n = 0; n < 60; n++) {
        ids[random.nextInt(7)] = random.nextInt(PIECES.vocabularySize());
        int row = random.nextInt(4);
        float[] whole = new ReferenceRuntime(model).run(Sample.ofTokens(ids));
        float[] got = new float[PIECES.vocabularySize()];
        run.run(Sample.ofTokens(ids), 4 + row, row, got);
        assertThat(got)
            .as("seed %d, run %d", seed, n)
            .containsExactly(Arrays.copyOfRange(whole, row * got.length, (row + 1) * got.length));
      }
    }
  }

  @Test
  void whatSeesTheFutureIsNotCausal() {
    assertThat(Causality.of(model(1).withoutText())).isNotNull();
    for (long seed = 0; seed < 40; seed++) {
      IntegerModel random = RandomModels.model(seed);
      boolean pools = random.ops().stream().anyMatch(o -> o instanceof Op.GlobalMaxPool);
      if (pools) {
        assertThat(Causality.of(random)).as("seed %d", seed).isNull();
      }
    }
  }

  /** The mean over pieces and end. */
  @Test
  void lossIsThatOfTheTranslation() {
    IntegerModel model = model(3);
    int[] next = PIECES.next("ab\tb");
    int[] translation = Arrays.copyOf(next, 3); // ▁, b, end
    assertThat(translation).containsExactly(3, 5, 2);
    double expected = -logOf(new ReferenceRuntime(model), translation) / 3;
    assertThat(new Translator(model).loss("ab\tb")).isCloseTo(expected, within(1e-6));
  }

  @Test
  void refusesWhatDoesNotTranslate() {
    IntegerModel model = model(1);
    assertThatThrownBy(() -> new Translator(model).translate("a", 0))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("1 beginning or more");
    assertThatThrownBy(() -> new Translator(model.withoutText()))
        .hasMessageContaining("ask a Predictor");
    assertThatThrownBy(() -> new Predictor(model)).hasMessageContaining("Translator");
  }
}
