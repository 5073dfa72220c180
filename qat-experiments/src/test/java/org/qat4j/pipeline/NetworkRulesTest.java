package org.qat4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.qat4j.data.DataShape;
import org.qat4j.data.DataShape.Lengths;
import org.qat4j.data.Question;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.TrainSpec;

/** One test a rule. */
class NetworkRulesTest {
  private static final TrainSpec DEFAULTS = ExperimentReader.defaults(TrainSpec.class);
  private static final Lengths SENTENCES = new Lengths(10, 25, 120);
  private static final Lengths REVIEWS = new Lengths(18, 47, 250);
  private static final Lengths PAGES = new Lengths(180, 1_400, 9_000);

  private static DataShape classes(int rows, int classes, Lengths lengths) {
    return new DataShape(Question.CLASS, rows, classes, 9_000, lengths, null, null);
  }

  private static NetworkRules.Choice of(DataShape shape, String... given) {
    return NetworkRules.of(shape, DEFAULTS, Set.of(given), false);
  }

  private static ModelSpec.WordCnn words(DataShape shape) {
    return (ModelSpec.WordCnn) of(shape).model();
  }

  @Test
  void phrasesAreReadByTheirLetters() {
    ModelSpec model = of(classes(5_000, 20, new Lengths(3, 6, 28))).model();
    assertThat(model).isInstanceOf(ModelSpec.CharNgramCnn.class);
    assertThat(((ModelSpec.CharNgramCnn) model).length()).isEqualTo(28);
    assertThat(of(classes(5_000, 20, new Lengths(4, 6, 28))).model())
        .isInstanceOf(ModelSpec.WordCnn.class);
  }

  @Test
  void theOrderOfWordsTellsInShortTextsOfWhichAClassHasEnough() {
    assertThat(words(classes(5_000, 50, SENTENCES)).widths()).containsExactly(2, 3, 4);
    assertThat(words(classes(5_000, 50, SENTENCES)).average()).isFalse();
    for (DataShape other : List.of(classes(5_000, 50, REVIEWS), classes(300, 50, SENTENCES))) {
      assertThat(words(other).widths()).isEmpty();
      assertThat(words(other).average()).isTrue();
    }
  }

  @Test
  void lengthIsThatOfAlmostAllTexts() {
    assertThat(words(classes(5_000, 2, SENTENCES)).length()).isEqualTo(25);
    assertThat(words(classes(5_000, 2, PAGES)).length()).isEqualTo(1_000);
    assertThat(words(classes(5_000, 2, new Lengths(4, 5, 30))).length()).isEqualTo(8);
  }

  @Test
  void vocabularyIsWhatOccursTwice() {
    assertThat(words(classes(5_000, 2, SENTENCES)).vocabulary()).isEqualTo(10_000); // for 9,000
    DataShape many = new DataShape(Question.CLASS, 5_000, 2, 99_000, SENTENCES, null, null);
    assertThat(words(many).vocabulary()).isEqualTo(60_000);
  }

  @Test
  void ngramsFitTextsAndMemory() {
    assertThat(words(classes(5_000, 2, SENTENCES)).ngrams().length()).isEqualTo(3 * 120);
    assertThat(words(classes(5_000, 2, PAGES)).ngrams().length()).isEqualTo(4_000);
    assertThat(words(classes(40_000, 2, PAGES)).ngrams().length()).isEqualTo(1_500);
  }

  @Test
  void batchesGrowWithTheRows() {
    assertThat(
            List.of(300, 3_000, 10_000, 40_000, 200_000).stream()
                .map(rows -> of(classes(rows, 2, SENTENCES)).train().batch()))
        .containsExactly(16, 32, 64, 128, 256);
  }

  @Test
  void passesMakeEnoughSteps() {
    assertThat(of(classes(300, 2, SENTENCES)).train().epochs()).isEqualTo(60); // 19 steps a pass
    assertThat(of(classes(6_400, 2, SENTENCES)).train().epochs()).isEqualTo(15); // 1,500 of 100
    assertThat(of(classes(6_400, 150, SENTENCES)).train().epochs()).isEqualTo(30); // 20 a class
    assertThat(of(classes(64_000, 2, SENTENCES)).train().epochs()).isEqualTo(7); // 14·√rows of 500
    assertThat(of(classes(4_000_000, 2, SENTENCES)).train().epochs()).isEqualTo(4);
  }

  @Test
  void averagesTakeFewerStepsInLargerBatches() {
    assertThat(of(classes(10_000, 2, REVIEWS)).train().batch()).isEqualTo(128);
    assertThat(of(classes(10_000, 2, REVIEWS)).train().epochs()).isEqualTo(10); // 8·√rows of 79
    assertThat(of(classes(3_000, 23, PAGES)).train().epochs()).isEqualTo(13); // 600 of 47
    assertThat(of(classes(400, 50, SENTENCES)).train().epochs()).isEqualTo(40); // 1,000 of 25
  }

  @Test
  void averagesLearnFasterAndDropMore() {
    List<TrainSpec> trained =
        List.of(
            of(classes(5_000, 2, SENTENCES)).train(),
            of(classes(400, 50, SENTENCES)).train(),
            of(classes(5_000, 2, REVIEWS)).train(),
            of(classes(5_000, 2, PAGES)).train());
    assertThat(trained).extracting(TrainSpec::tokenDropout).containsExactly(0.1, 0.3, 0.7, 0.7);
    assertThat(trained)
        .extracting(TrainSpec::learningRate)
        .containsExactly(0.002, 0.004, 0.005, 0.02);
  }

  @Test
  void numbersAreLearnedWithoutDropout() {
    DataShape numbers = new DataShape(Question.NUMBER, 3_000, 1, 9_000, SENTENCES, null, null);
    assertThat(words(numbers).dropout()).isZero();
    assertThat(words(classes(3_000, 2, SENTENCES)).dropout()).isEqualTo(0.5);
  }

  @Test
  void pagesAreReadByTheirRarerWords() {
    ModelSpec.WordCnn page = words(classes(5_000, 2, PAGES));
    assertThat(page.minIdf()).isEqualTo(1.5);
    assertThat(page.skipUnknown()).isTrue();
    assertThat(page.punctuation()).isFalse();
    ModelSpec.WordCnn review = words(classes(5_000, 2, REVIEWS));
    assertThat(review.minIdf()).isZero();
    assertThat(review.skipUnknown()).isFalse();
    assertThat(review.punctuation()).isTrue();
    assertThat(review.dimension()).isEqualTo(page.dimension()).isEqualTo(200);
    assertThat(words(classes(5_000, 2, SENTENCES)).dimension()).isEqualTo(100);
  }

  @Test
  void manyPassesStopEarlyWhereThereIsEnoughToJudgeBy() {
    TrainSpec many = of(classes(3_000, 20, SENTENCES)).train();
    assertThat(many.epochs()).isEqualTo(16);
    assertThat(many.patience()).isNull();
    assertThat(many.refit()).isTrue();
    many = of(classes(1_500, 20, SENTENCES)).train();
    assertThat(many.epochs()).isEqualTo(32);
    assertThat(many.patience()).isEqualTo(8);
    assertThat(many.refit()).isFalse();
    assertThat(of(classes(300, 20, SENTENCES)).train().refit()).isTrue(); // 30 texts are too few
  }

  @Test
  void aSearchNeedsTheValidationTexts() {
    DataShape shape = classes(6_000, 6, SENTENCES);
    assertThat(NetworkRules.of(shape, DEFAULTS, Set.of(), true).train().refit()).isFalse();
    assertThat(NetworkRules.of(shape, DEFAULTS, Set.of(), false).train().refit()).isTrue();
  }

  @Test
  void whatTheFileGivesStays() {
    NetworkRules.Choice choice =
        of(classes(300, 2, SENTENCES), "train.epochs", "train.refit", "train.tokenDropout");
    assertThat(choice.train().epochs()).isEqualTo(DEFAULTS.epochs());
    assertThat(choice.train().refit()).isFalse();
    assertThat(choice.train().tokenDropout()).isZero();
    assertThat(choice.train().batch()).isEqualTo(16);
    assertThat(choice.settings())
        .filteredOn(s -> s.key().equals("train.epochs"))
        .singleElement()
        .satisfies(s -> assertThat(s.why()).isEqualTo("the file says so"));
  }

  @Test
  void rankedTextsAreReadInPairsWithWhatTheyHaveInCommon() {
    DataShape shape =
        new DataShape(
            Question.RANKING,
            20_000,
            2,
            9_000,
            new Lengths(40, 80, 400),
            new Lengths(7, 14, 80),
            new Lengths(25, 600, 3_000));
    ModelSpec.PairCnn pairs = (ModelSpec.PairCnn) of(shape).model();
    assertThat(pairs.firstLength()).isEqualTo(14);
    assertThat(pairs.secondLength()).isEqualTo(200);
    assertThat(pairs.overlap()).isPositive();
    assertThat(pairs.places()).isPositive();
  }
}
