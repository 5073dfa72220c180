package org.qat4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.qat4j.QatException;
import org.qat4j.model.internal.InputLengths;
import org.qat4j.model.internal.LengthRules;
import org.qat4j.text.CharacterEncoder;
import org.qat4j.text.NgramEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.WordEncoder;
import org.qat4j.text.WordPieceEncoder;
import org.qat4j.text.WordPieces;

class TextBatchesTest {
  private static final List<Integer> LETTERS = IntStream.rangeClosed('a', 'z').boxed().toList();
  private static final CharacterEncoder CHARACTERS = new CharacterEncoder(LETTERS, 4, false);
  private static final NgramEncoder NGRAMS = new NgramEncoder(1, 2, 50, 6, false);

  /** Texts "a", "b", ... "j". */
  private static List<Example> letters(int n) {
    return IntStream.range(0, n)
        .mapToObj(i -> new Example(Character.toString('a' + i), i % 3))
        .toList();
  }

  private static TextBatches.Inputs reading(TextEncoder... encoders) {
    return new TextBatches.Inputs(List.of(encoders), false);
  }

  /** The first id of every text that is left in the pass. */
  private static List<Integer> rest(TextBatches batches) {
    List<Integer> seen = new ArrayList<>();
    while (batches.hasNext()) {
      INDArray ids = batches.next().getFeatures(0);
      for (int i = 0; i < ids.size(0); i++) {
        seen.add(ids.getInt(i, 0));
      }
    }
    return seen;
  }

  @Test
  void batchesHoldIdsAndOneHotLabels() {
    TextBatches batches = TextBatches.inOrder(letters(5), reading(CHARACTERS, NGRAMS), 3, 2);
    assertThat(batches.batches()).isEqualTo(3);
    assertThat(batches.size()).isEqualTo(5);

    MultiDataSet first = batches.next();
    batches.next();
    MultiDataSet last = batches.next();

    assertThat(first.getFeatures(0).shape()).containsExactly(2, 4);
    assertThat(first.getFeatures(0).toFloatMatrix())
        .isDeepEqualTo(new float[][] {{2, 0, 0, 0}, {3, 0, 0, 0}});
    assertThat(first.getFeatures(1).shape()).containsExactly(2, 6);
    assertThat(first.getFeatures(1).slice(1).toIntVector()).isEqualTo(NGRAMS.encode("b"));
    assertThat(first.getLabels(0).toFloatMatrix())
        .isDeepEqualTo(new float[][] {{1, 0, 0}, {0, 1, 0}});
    assertThat(last.getFeatures(0).toFloatMatrix()).isDeepEqualTo(new float[][] {{6, 0, 0, 0}});
    assertThat(last.getLabels(0).toFloatMatrix()).isDeepEqualTo(new float[][] {{0, 1, 0}});
    assertThat(batches.hasNext()).isFalse();
    assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
    assertThat(batches.ids(0, 4)).containsExactly(6, 0, 0, 0);
    assertThat(batches.label(4)).isEqualTo(1);
  }

  @Test
  void everyPassHasAnOrderOfItsOwnAndAllTexts() {
    TextBatches batches = TextBatches.shuffled(letters(10), reading(CHARACTERS), 3, 4, 42, 0);
    TextBatches again = TextBatches.shuffled(letters(10), reading(CHARACTERS), 3, 4, 42, 0);
    TextBatches other = TextBatches.shuffled(letters(10), reading(CHARACTERS), 3, 4, 43, 0);

    List<Integer> first = rest(batches);
    batches.reset();
    batches.reset(); // at the beginning of a pass: nothing
    assertThat(batches.position()).isEqualTo(new TextBatches.Position(1, 0));
    List<Integer> second = rest(batches);

    assertThat(first).containsExactlyInAnyOrder(2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
    again.reset();
    assertThat(rest(again)).isEqualTo(first);
    assertThat(rest(other)).isNotEqualTo(first);
  }

  @Test
  void goesOnFromAPosition() {
    TextBatches.Inputs encoders = reading(CHARACTERS, NGRAMS);
    TextBatches batches = TextBatches.shuffled(letters(10), encoders, 3, 4, 7, 0.3);
    rest(batches);
    batches.reset();
    batches.next();
    TextBatches.Position position = batches.position();
    List<INDArray[]> expected = List.of(batches.next().getFeatures(), batches.next().getFeatures());

    TextBatches resumed = TextBatches.shuffled(letters(10), encoders, 3, 4, 7, 0.3);
    resumed.seek(position);
    for (INDArray[] features : expected) {
      assertThat(resumed.next().getFeatures()).isEqualTo(features);
    }
    assertThat(resumed.hasNext()).isFalse();
    assertThatThrownBy(() -> resumed.seek(new TextBatches.Position(0, 11)))
        .isInstanceOf(QatException.class);
  }

  @Test
  void batchesStayAsTheyAreWhenTheNextIsMade() {
    TextBatches batches = TextBatches.inOrder(letters(4), reading(CHARACTERS), 3, 2);
    INDArray first = batches.next().getFeatures(0);
    float[][] before = first.toFloatMatrix();
    batches.next();
    assertThat(first.toFloatMatrix()).isDeepEqualTo(before);
  }

  @Test
  void droppedTokensBecomeUnknownInAShareThatTheSeedDecides() {
    CharacterEncoder encoder = new CharacterEncoder(LETTERS, 1000, false);
    List<Example> texts = List.of(new Example("a".repeat(990), 0), new Example("b".repeat(990), 1));
    TextBatches batches = TextBatches.shuffled(texts, reading(encoder), 2, 2, 5, 0.25);

    int[][] first = batches.next().getFeatures(0).toIntMatrix();
    batches.reset();
    int[][] second = batches.next().getFeatures(0).toIntMatrix();

    for (int[] row : first) {
      assertThat(row[0] == 1 ? row[1] : row[0]).isBetween(1, 3);
      assertThat(count(row, 1)).isBetween(200L, 295L); // 990 · 0.25 ± 3.5 standard deviations
      assertThat(count(row, 0)).isEqualTo(10);
    }
    assertThat(mask(first[0])).isNotEqualTo(mask(first[1]));
    assertThat(mask(first[0])).isNotEqualTo(mask(second[0])).isNotEqualTo(mask(second[1]));
    assertThat(count(batches.ids(0, 0), 1)).isZero();
  }

  private static long count(int[] ids, int id) {
    return Arrays.stream(ids).filter(i -> i == id).count();
  }

  private static List<Boolean> mask(int[] ids) {
    return Arrays.stream(ids).mapToObj(i -> i == 1).toList();
  }

  @Test
  void whereUnknownWordsAreLeftOutDroppedOnesAreToo() {
    String text = String.join(" ", "ant bee cat dog eel fox gnu hen".split(" "));
    WordEncoder words = new WordEncoder(List.of(text.split(" ")), 10, true, true, true);
    TextBatches batches =
        TextBatches.shuffled(
            List.of(new Example(text, 0)),
            reading(words, new NgramEncoder(2, 2, 90, 40, true)),
            1,
            1,
            3,
            0.5);
    int dropped = 0;
    for (int pass = 0; pass < 20; pass++) {
      MultiDataSet batch = batches.next();
      int[] ids = batch.getFeatures(0).slice(0).toIntVector();
      int left = (int) Arrays.stream(ids).takeWhile(i -> i != 0).count();
      assertThat(Arrays.copyOf(ids, left)).isSorted().doesNotContain(0, 1);
      assertThat(Arrays.copyOfRange(ids, left, 10)).containsOnly(0);
      dropped += 8 - left;
      int[] grams = batch.getFeatures(1).slice(0).toIntVector();
      assertThat(batches.ids(1, 0)).contains(grams);
      assertThat(count(grams, 0)).isGreaterThan(count(batches.ids(1, 0), 0));
      batches.reset();
    }
    assertThat(dropped).isBetween(55, 105); // of 160 words
  }

  @Test
  void oneInputNetworksReadTheSameBatches() {
    TextBatches batches = TextBatches.inOrder(letters(5), reading(CHARACTERS), 3, 2);
    DataSetIterator single = batches.single();

    DataSet first = single.next();
    assertThat(first.getFeatures().toFloatMatrix())
        .isDeepEqualTo(new float[][] {{2, 0, 0, 0}, {3, 0, 0, 0}});
    assertThat(first.getLabels().shape()).containsExactly(2, 3);
    assertThat(batches.position().text()).isEqualTo(2);
    assertThat(single.inputColumns()).isEqualTo(4);
    assertThat(single.totalOutcomes()).isEqualTo(3);
    assertThat(single.batch()).isEqualTo(2);
    single.reset();
    assertThat(batches.position()).isEqualTo(new TextBatches.Position(1, 0));
    assertThatThrownBy(
            () -> TextBatches.inOrder(letters(5), reading(CHARACTERS, NGRAMS), 3, 2).single())
        .isInstanceOf(QatException.class)
        .hasMessageContaining("not of 2");
  }

  @Test
  void networksFitOnePassAnEpoch() {
    TextBatches batches = TextBatches.shuffled(letters(10), reading(CHARACTERS), 3, 4, 42, 0);
    NeuralNetConfiguration.Builder builder = new NeuralNetConfiguration.Builder().seed(1);
    OutputLayer output =
        new OutputLayer.Builder().nIn(4).nOut(3).activation(Activation.SOFTMAX).build();
    MultiLayerNetwork single = new MultiLayerNetwork(builder.clone().list().layer(output).build());
    single.init();
    single.fit(batches.single(), 3);
    assertThat(batches.position()).isEqualTo(new TextBatches.Position(2, 10));
    assertThat(single.getIterationCount()).isEqualTo(9);

    ComputationGraph graph =
        new ComputationGraph(
            builder
                .graphBuilder()
                .addInputs("characters")
                .addLayer("out", output, "characters")
                .setOutputs("out")
                .build());
    graph.init();
    batches.seek(new TextBatches.Position(0, 0));
    graph.fit(batches, 3);
    assertThat(batches.position()).isEqualTo(new TextBatches.Position(2, 10));
    assertThat(graph.params()).isEqualTo(single.params());
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> TextBatches.inOrder(List.of(), reading(CHARACTERS), 3, 2))
        .isInstanceOf(QatException.class);
    assertThatThrownBy(() -> TextBatches.inOrder(letters(2), reading(CHARACTERS), 3, 0))
        .isInstanceOf(QatException.class);
    assertThatThrownBy(() -> TextBatches.shuffled(letters(2), reading(CHARACTERS), 3, 1, 0, 1.0))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("tokenDropout");
  }

  /** The unknown piece is where the vocabulary has it; begin and end are no tokens. */
  @Test
  void droppedPiecesBecomeTheUnknownOne() {
    WordPieces words =
        new WordPieces(
            List.of("[PAD]", "[unused]", "[UNK]", "[CLS]", "[SEP]", "a", "b"),
            new WordPieces.Rules(true, true, true, true),
            new WordPieces.Special(2, 3, 4, List.of()));
    WordPieceEncoder pieces = new WordPieceEncoder(words, 12, false);
    List<Example> texts = List.of(new Example("a b a b a b a b", 0), new Example("b", 1));
    TextBatches batches =
        TextBatches.shuffled(
            texts, reading(pieces, new WordPieceEncoder.StepEncoder(pieces, false)), 2, 2, 1, 0.5);
    INDArray[] features = batches.next().getFeatures();
    int dropped = 0;
    for (int i = 0; i < 2; i++) {
      int[] ids = features[0].slice(i).toIntVector();
      int steps = ids[3] == 0 ? 3 : 10;
      assertThat(ids[0]).isEqualTo(3);
      assertThat(ids[steps - 1]).isEqualTo(4);
      int[] within = Arrays.copyOfRange(ids, 1, steps - 1);
      assertThat(within).containsAnyOf(2, 5, 6).doesNotContain(0, 1, 3, 4);
      dropped += (int) Arrays.stream(within).filter(id -> id == 2).count();
      assertThat(features[1].slice(i).toIntVector())
          .isEqualTo(IntStream.range(0, 12).map(t -> t < steps ? t + 1 : 0).toArray());
    }
    assertThat(dropped).isBetween(1, 8);
  }

  /** Tags stand where tokens begin; no other step counts. */
  @Test
  void tagsStandAtFirstPieces() {
    WordPieces words =
        new WordPieces(
            List.of("[PAD]", "[unused]", "[UNK]", "[CLS]", "[SEP]", "a", "##b"),
            new WordPieces.Rules(true, true, true, true),
            new WordPieces.Special(2, 3, 4, List.of()));
    WordPieceEncoder pieces = new WordPieceEncoder(words, 7, WordPieceEncoder.Form.TOKENS);
    List<Example> texts =
        List.of(
            Example.tagged("ab a abb a", List.of(0, 1, 1, 0)),
            Example.tagged("a abbbbbb a\t1", List.of(1, 0, 1)));
    List<String> tags = List.of("B-A", "O");
    Dataset data = new Dataset(Question.TAGS, texts, texts, texts, tags, Skipped.NONE);
    TextBatches batches = TextBatches.inOrder(data, texts, reading(pieces), 2);
    MultiDataSet batch = batches.next();
    assertThat(batch.getLabelsMaskArray(0).toIntMatrix())
        .isDeepEqualTo(new int[][] {{0, 1, 0, 1, 1, 0, 0}, {0, 1, 1, 0, 0, 0, 0}});
    assertThat(batch.getLabels(0).slice(0).toIntMatrix())
        .isDeepEqualTo(new int[][] {{0, 1, 0, 0, 0, 0, 0}, {0, 0, 0, 1, 1, 0, 0}});
    assertThat(batch.getLabels(0).slice(1).toIntMatrix())
        .isDeepEqualTo(new int[][] {{0, 0, 1, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0, 0}});
    float[] output = {0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    assertThat(batches.answer(0, output)).containsExactly(1, 2, 5, 6, 7, 8);
    assertThat(batches.answer(1, output)).containsExactly(1, 2, 3, 4);
  }

  /** Of 1 to 19 characters, cut to their steps. */
  private static TextBatches ofAnyLength(int texts, long seed) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < texts; i++) {
      examples.add(new Example("a".repeat(1 + i * 7 % 19), i % 2));
    }
    LengthRules rules = new LengthRules();
    rules.tokens(rules.addText(20), true);
    CharacterEncoder encoder = new CharacterEncoder(List.of((int) 'a'), 20, false);
    InputLengths lengths = new InputLengths(rules, new int[] {0});
    return TextBatches.shuffled(
        examples, new TextBatches.Inputs(List.of(encoder), true, lengths), 2, 4, seed, 0);
  }

  @Test
  void textsOfLikeLengthComeTogetherInAnyOrder() {
    TextBatches batches = ofAnyLength(42, 5);
    List<INDArray> first = pass(batches);
    long width = 0;
    long texts = 0;
    long tokens = 0;
    for (INDArray ids : first) {
      width += ids.size(1);
      texts += ids.size(0);
      for (float id : ids.dup().reshape(-1).toFloatVector()) {
        tokens += id == TextEncoder.PADDING ? 0 : 1;
      }
    }
    assertThat(texts).isEqualTo(42);
    assertThat(first.get(first.size() - 1).size(0)).as("the last batch").isEqualTo(2);
    int all = batches.examples().stream().mapToInt(e -> e.text().length()).sum();
    assertThat(tokens).as("tokens").isEqualTo(all);
    assertThat(width).as("steps of 11 batches").isLessThan(11 * 15);
    List<INDArray> second = pass(batches);
    assertThat(second).isNotEqualTo(first);
    assertThat(pass(ofAnyLength(42, 5))).isEqualTo(first);
    assertThat(pass(ofAnyLength(42, 6))).isNotEqualTo(first);
    batches.seek(new TextBatches.Position(1, 8));
    assertThat(batches.next().getFeatures(0)).isEqualTo(second.get(2));
  }

  private static List<INDArray> pass(TextBatches batches) {
    batches.reset();
    List<INDArray> ids = new ArrayList<>();
    while (batches.hasNext()) {
      ids.add(batches.next().getFeatures(0));
    }
    return ids;
  }

  @Test
  void partsHoldEachTextOnceAndFirstIsNotCut() {
    TextBatches batches = ofAnyLength(42, 5);
    assertThat(batches.parts().stream().flatMapToInt(Arrays::stream).sorted())
        .containsExactlyElementsOf(IntStream.range(0, 42).boxed().toList());
    assertThat(batches.first(3)[0].shape()).containsExactly(3, 20);
    assertThat(batches.batch(new int[] {0}).getFeatures(0).shape()).containsExactly(1, 1);
  }
}
