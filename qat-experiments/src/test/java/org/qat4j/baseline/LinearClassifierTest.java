package org.qat4j.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import de.bwaldvogel.liblinear.Feature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.experiment.BaselineSpec.Terms;

class LinearClassifierTest {
  @Test
  void linearModelIsTheSameEveryTime() {
    List<Example> noise = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 120; i++) {
      noise.add(new Example("w" + random.nextInt(30) + " w" + random.nextInt(30), i % 3));
    }
    LinearChoice choice = new LinearChoice(Terms.ALL, 1);
    LinearClassifier first = new LinearClassifier(noise, 3, choice);
    LinearClassifier second = new LinearClassifier(noise, 3, choice);
    for (Example e : noise) {
      assertThat(second.classify(e.text())).isEqualTo(first.classify(e.text()));
    }
  }

  /** Rows of punctuation have no feature; nothing is learned of them, and nothing falls over. */
  @Test
  void textsWithoutAnyWordAreAnswered() {
    List<Example> wordless = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      wordless.add(new Example(i % 2 == 0 ? "?!" : "...", i % 2));
    }
    for (Terms terms : Terms.values()) {
      LinearClassifier learned = new LinearClassifier(wordless, 2, new LinearChoice(terms, 1));
      assertThat(learned.classify("?!")).isBetween(0, 1);
      assertThat(learned.classify("a word")).isBetween(0, 1);
    }
    Dataset data = new Dataset(wordless, wordless, wordless, List.of("a", "b"));
    assertThat(LinearClassifier.tuned(data, Terms.ALL, answer -> 0.5).classify("?!"))
        .isBetween(0, 1);
  }

  /** By hand: N = 3; "x" is in all texts, "y" and "x y" in two, "z" and "z x" in one. */
  @Test
  void weightsByHand() {
    List<Example> training =
        List.of(new Example("x y", 0), new Example("x", 1), new Example("z x y", 0));
    TermWeights terms = new TermWeights(training, Terms.WORDS);
    assertThat(terms.size()).isEqualTo(5);
    double x = 1 + Math.log(2);
    double y = Math.log(4 / 3.0) + 1;
    double norm = Math.sqrt(x * x + 2 * y * y);
    Feature[] vector = terms.vector("X x, y unheard");
    assertThat(vector).isSortedAccordingTo(Comparator.comparing(Feature::getIndex));
    assertThat(Arrays.stream(vector).mapToDouble(Feature::getValue).sorted().toArray())
        .containsExactly(new double[] {y / norm, y / norm, x / norm}, within(1e-12));
    assertThat(terms.vector("unheard of")).isEmpty();
  }

  /**
   * Of "ab" in a text of words: " a", "ab", "b ", " ab", "ab ", " ab "; half of the length each.
   */
  @Test
  void wordsAndTheirLettersCountAlike() {
    List<Example> training = List.of(new Example("ab", 0), new Example("cd", 1));
    TermWeights terms = new TermWeights(training, Terms.ALL);
    assertThat(terms.size()).isEqualTo(14);
    double[] squares =
        Arrays.stream(terms.vector("ab")).mapToDouble(f -> f.getValue() * f.getValue()).toArray();
    assertThat(squares).hasSize(7);
    assertThat(squares[0]).isCloseTo(0.5, within(1e-12));
    assertThat(squares[6]).isCloseTo(0.5 / 6, within(1e-12));
  }

  /** The letters tell, no word is there twice: words alone know nothing of the validation texts. */
  @Test
  void termsAreChosenByTheValidationTexts() {
    List<Double> costs = new ArrayList<>();
    LinearChoice best =
        LinearChoice.best(
            Terms.ALL,
            List.of(new Example("a text", 0)),
            choice -> {
              costs.add(choice.cost());
              return choice.terms() == Terms.WORDS ? 0.5 : choice.cost() == 3 ? 0.9 : 0.8;
            });
    assertThat(best).isEqualTo(new LinearChoice(Terms.ALL, 3));
    assertThat(costs).containsExactly(1.0, 1.0, 0.1, 0.3, 3.0);
    assertThat(LinearChoice.best(Terms.WORDS, List.of(), choice -> 0))
        .isEqualTo(new LinearChoice(Terms.WORDS, 1));
  }

  /** Without the validation texts the class of "green" is unknown. */
  @Test
  void theChosenModelLearnsTheValidationTextsToo() {
    List<Example> train = new ArrayList<>();
    List<Example> validation = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      train.add(new Example("red " + i, 0));
      train.add(new Example("blue " + i, 1));
      validation.add(new Example("green " + i, 2));
    }
    Dataset data = new Dataset(train, validation, validation, List.of("r", "b", "g"));
    LinearClassifier tuned = LinearClassifier.tuned(data, Terms.ALL, scores -> 0);
    assertThat(tuned.classify("green")).isEqualTo(2);
    assertThat(tuned.classify("blue")).isEqualTo(1);
  }

  /** Very many or very long texts are too slow to compare all settings on. */
  @Test
  void manyTextsAreComparedOnSome() {
    assertThat(LinearChoice.some(Collections.nCopies(5_000, new Example("a", 0)))).hasSize(5_000);
    assertThat(LinearChoice.some(Collections.nCopies(5_001, new Example("a", 0)))).hasSize(2_501);
    Example longer = new Example("a".repeat(10_000), 0);
    assertThat(LinearChoice.some(Collections.nCopies(1_000, longer))).hasSize(250);
  }
}
