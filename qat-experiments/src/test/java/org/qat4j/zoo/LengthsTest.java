package org.qat4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Question;
import org.qat4j.data.Skipped;
import org.qat4j.data.TextBatches;
import org.qat4j.experiment.BlockSpec;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.NgramSpec;
import org.qat4j.experiment.TokenSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.TextLengths;
import org.qat4j.model.internal.InputLengths;
import org.qat4j.network.TextNetwork;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.reference.ReferenceRuntime;

/**
 * The answer for a text does not depend on what stands beside it in a batch, nor on how much
 * padding follows it: of every network of the zoo, in float, under quantization and frozen.
 */
class LengthsTest {
  private static final BlockSpec BLOCK = new BlockSpec(1, 8, 2, 16);
  private static final TrainSpec TRAIN = new TrainSpec(1, 8, 0.01, TrainSpec.Schedule.LINEAR, 0, 0);
  private static final TokenSpec TOKENS = new TokenSpec(50, true, 1, 8, 2, 50, 4, 5, 4);
  private static final List<String> WORDS = List.of("ba", "du", "gi", "un", "mo", "te");
  private static final int TEXTS = 24;

  @TempDir static Path folder;

  @BeforeAll
  static void writeEncoder() throws IOException {
    TinyEncoder.write(folder, WORDS.toArray(new String[0]));
  }

  /**
   * A network.
   *
   * @param data texts that it reads
   * @param cut whether texts are cut; a network whose weights go by the place is as long as it is
   */
  record Case(ModelSpec spec, Dataset data, boolean cut) {
    @Override
    public String toString() {
      return spec.toString();
    }
  }

  static Stream<Case> networks() {
    Dataset words = classes((random, n) -> text(random, n));
    Dataset pairs = classes((random, n) -> text(random, n) + "\t" + text(random, 1 + n / 2));
    Dataset stories =
        classes((random, n) -> "Ann is " + text(random, 2) + ". \t" + text(random, 2));
    Dataset tags = tagged();
    ModelSpec.Pooling mean = ModelSpec.Pooling.MEAN;
    String encoder = folder.toString();
    NgramSpec ngrams = new NgramSpec(2, 3, 64, 40, 5);
    return Stream.of(
        new Case(
            new ModelSpec.CharNgramCnn(60, false, 1, 6, 8, 5, 2, 3, 64, 32, 5, 0), words, true),
        new Case(wordCnn(List.of(1, 3), null), words, true),
        new Case(wordCnn(List.of(2), ngrams), words, true),
        new Case(wordCnn(List.of(), ngrams), words, false),
        new Case(new ModelSpec.SeedCnn(50, 24, true, 6, 8, 3, 2), words, false),
        new Case(new ModelSpec.BiLstm(ModelSpec.Units.WORDS, 24, true, 1, 6, 8, 0), words, true),
        new Case(
            new ModelSpec.Transformer(ModelSpec.Units.WORDS, 24, true, 1, 3, BLOCK, 0),
            words,
            true),
        new Case(
            new ModelSpec.PairCnn(50, 24, 20, true, 1, 6, 5, List.of(2, 3), 8, 0, 4, 3),
            pairs,
            true),
        new Case(
            new ModelSpec.StoryAttention(50, 5, 6, true, 1, 12, new BlockSpec(1, 8, 2, 8), 0),
            stories,
            false),
        new Case(new ModelSpec.PretrainedEncoder(encoder, 20, false, mean, 0, 0), words, true),
        new Case(new ModelSpec.PretrainedEncoder(encoder, 20, true, mean, 0, 0), pairs, true),
        new Case(new ModelSpec.ConvTagger(40, TOKENS, 8, List.of(3, 5), 0), tags, true),
        new Case(new ModelSpec.BiLstmTagger(40, TOKENS, 6, 2, 0), tags, true),
        new Case(new ModelSpec.TransformerTagger(40, TOKENS, 3, BLOCK, 0), tags, true),
        new Case(
            new ModelSpec.Translator(30, 1, 14, 24, 16, 2, 2, 1, 32, 0), translations(), true));
  }

  private static ModelSpec wordCnn(List<Integer> widths, NgramSpec ngrams) {
    return new ModelSpec.WordCnn(
        50, 24, true, false, false, 1, 0, 0, 6, 8, widths, true, ngrams, 0);
  }

  private interface Text {
    String of(Random random, int words);
  }

  private static String text(Random random, int words) {
    List<String> text = new ArrayList<>();
    for (int i = 0; i < words; i++) {
      text.add(WORDS.get(random.nextInt(WORDS.size())));
    }
    return String.join(" ", text);
  }

  /** From 1 word to 18, in no order. */
  private static List<Example> examples(int seed, Text text) {
    Random random = new Random(seed);
    return IntStream.range(0, TEXTS)
        .mapToObj(i -> new Example(text.of(random, 1 + i * 7 % 18), i % 2))
        .toList();
  }

  private static Dataset classes(Text text) {
    return new Dataset(examples(1, text), examples(2, text), examples(3, text), List.of("a", "b"));
  }

  private static Dataset translations() {
    List<Example> all =
        examples(1, (random, n) -> text(random, 1 + n / 3) + "\t" + text(random, 1 + n / 2))
            .stream()
            .map(e -> new Example(e.text(), 0))
            .toList();
    return new Dataset(Question.TRANSLATION, all, all, all, List.of(), Skipped.NONE);
  }

  private static Dataset tagged() {
    List<Example> all =
        examples(4, (random, n) -> text(random, n)).stream()
            .map(
                e -> {
                  int n = e.text().split(" ").length;
                  List<Integer> tags = IntStream.range(0, n).mapToObj(t -> t % 3).toList();
                  return Example.tagged(e.text() + "\t" + n / 2, tags);
                })
            .toList();
    return new Dataset(Question.TAGS, all, all, all, List.of("B-A", "I-A", "O"), Skipped.NONE);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theAnswerIsThatOfTheTextAlone(Case network) {
    TextNetwork net = Zoo.build(network.spec(), network.data(), TRAIN, 3);
    TextBatches cut = batches(network, net.inputs());
    TextBatches whole = batches(network, new TextBatches.Inputs(net.encoders(), net.masked()));
    check(net.network(), cut, whole, 2e-6f);

    QatNetwork qat = Qat.prepare(net.network(), QuantSpec.int8());
    qat.calibrate(cut, 3);
    check(qat.network(), cut, whole, 0f);

    IntegerModel model =
        qat.freeze(new FreezeInfo("lengths", net.text(), List.of()), cut.first(TEXTS));
    boolean shorter =
        IntStream.range(0, net.encoders().size())
            .anyMatch(e -> steps(cut, e, 0) < steps(whole, e, 0));
    assertThat(shorter).as("texts are cut").isEqualTo(network.cut());
    assertThat(TextLengths.of(model).isFlexible()).isEqualTo(network.cut());
    IntegerRuntime runtime = new IntegerRuntime(model);
    ReferenceRuntime reference = new ReferenceRuntime(model);
    for (int text = 0; text < TEXTS; text++) {
      int[][] ids = new int[net.encoders().size()][];
      int[][] alone = new int[ids.length][];
      for (int e = 0; e < ids.length; e++) {
        ids[e] = cut.ids(e, text);
        alone[e] = Arrays.copyOf(ids[e], InputLengths.tokens(ids[e]));
      }
      float[] expected = reference.run(Sample.ofTokens(ids));
      assertThat(runtime.run(Sample.ofTokens(ids))).isEqualTo(expected);
      float[] given = runtime.run(Sample.ofTokens(alone));
      assertThat(given).as("text %d alone", text).isEqualTo(Arrays.copyOf(expected, given.length));
    }
  }

  private static TextBatches batches(Case network, TextBatches.Inputs inputs) {
    return TextBatches.inOrder(network.data(), network.data().test(), inputs, 8);
  }

  private static long steps(TextBatches batches, int encoder, int text) {
    return batches.batch(new int[] {text}).getFeatures(encoder).size(1);
  }

  private static void check(Model network, TextBatches cut, TextBatches whole, float tolerance) {
    int[] all = IntStream.range(0, TEXTS).toArray();
    INDArray expected = output(network, whole, all);
    INDArray together = output(network, cut, all);
    for (int text = 0; text < TEXTS; text++) {
      compare(together, text, expected, text, cut, text, tolerance);
      INDArray alone = output(network, cut, new int[] {text});
      compare(alone, 0, expected, text, cut, text, tolerance);
    }
  }

  /** Of an answer at each step those of the text's. */
  private static void compare(
      INDArray given, int row, INDArray expected, int of, TextBatches texts, int text, float most) {
    boolean steps = expected.rank() == 3;
    long n = steps ? texts.batch(new int[] {text}).getLabelsMaskArray(0).sumNumber().intValue() : 1;
    for (long t = 0; t < n; t++) {
      for (long c = 0; c < expected.size(1); c++) {
        float a = steps ? given.getFloat(row, c, t) : given.getFloat(row, c);
        float b = steps ? expected.getFloat(of, c, t) : expected.getFloat(of, c);
        assertThat(a).as("text %d, step %d, class %d", text, t, c).isCloseTo(b, within(most));
      }
    }
  }

  private static INDArray output(Model network, TextBatches batches, int[] texts) {
    var batch = batches.batch(texts);
    return network instanceof ComputationGraph graph
        ? graph.output(false, batch.getFeatures(), batch.getFeaturesMaskArrays())[0].dup()
        : ((MultiLayerNetwork) network)
            .output(batch.getFeatures(0), false, batch.getFeaturesMaskArray(0), null)
            .dup();
  }
}
