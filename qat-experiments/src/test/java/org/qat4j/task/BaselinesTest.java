package org.qat4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Question;
import org.qat4j.data.Skipped;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.BaselineSpec;
import org.qat4j.experiment.BaselineSpec.Terms;

class BaselinesTest {
  /** Three classes told apart by one word each, among words that say nothing. */
  private static final Dataset DATA =
      new Dataset(texts(1, 200), texts(2, 20), texts(3, 60), List.of("a", "b", "c"));

  private static List<Example> texts(long seed, int n) {
    Random random = new Random(seed);
    List<Example> texts = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int label = i % 4 == 0 ? 0 : i % 4 == 1 ? 1 : 2; // the last is the most frequent
      String telling = List.of("Apple", "Boat", "Cloud").get(label);
      texts.add(new Example("word" + random.nextInt(9) + " " + telling + " end", label));
    }
    return texts;
  }

  @Test
  void linearModelFindsTheTellingWords() {
    for (Terms terms : Terms.values()) {
      Predictions linear =
          Task.of(DATA).baselines(new BaselineSpec(false, true, terms), DATA).get(Stage.LINEAR);
      assertThat(linear.accuracy()).as("%s", terms).isEqualTo(1);
      assertThat(linear.meanLoss()).isNaN();
    }
  }

  @Test
  void majorityIsTheMostFrequentClass() {
    Map<Stage, Predictions> answers =
        Task.of(DATA).baselines(new BaselineSpec(true, false, Terms.WORDS), DATA);
    assertThat(answers).containsOnlyKeys(Stage.MAJORITY);
    Predictions majority = answers.get(Stage.MAJORITY);
    assertThat(majority.predicted(0)).isEqualTo(2);
    assertThat(majority.accuracy()).isEqualTo(0.5);
  }

  /**
   * By hand: "go" is B-V in focus and O elsewhere; "x" is B-A twice of three; "new" is O as most.
   * The span of the predicate, which is given, does not count.
   */
  @Test
  void tokensHaveTheirMostFrequentTag() {
    List<String> tags = List.of("B-A", "B-V", "O");
    List<Example> train =
        List.of(
            Example.tagged("x go x\t1", List.of(0, 1, 0)),
            Example.tagged("go x go z z\t2", List.of(2, 2, 1, 2, 2)));
    List<Example> test = List.of(Example.tagged("X new go go\t2", List.of(0, 0, 1, 2)));
    Dataset data = new Dataset(Question.TAGS, train, test, test, tags, Skipped.NONE);
    Map<Stage, Predictions> answers =
        Task.of(data).baselines(new BaselineSpec(true, false, Terms.WORDS), data);
    assertThat(answers).containsOnlyKeys(Stage.MAJORITY);
    Predictions majority = answers.get(Stage.MAJORITY);
    assertThat(majority.parts().get("precision")).isEqualTo(1);
    assertThat(majority.parts().get("recall")).isCloseTo(1 / 2.0, within(1e-12));
    assertThat(majority.meanLoss()).isNaN();
  }

  /** A is what stands before the focus, of any word; the tag B-C occurs in no training text. */
  @Test
  void linearModelTagsByWhatStandsAround() {
    List<Example> train = roles(1, 200);
    List<Example> test = roles(2, 40);
    List<String> tags = List.of("B-A", "O", "B-C");
    Dataset data = new Dataset(Question.TAGS, train, test, test, tags, Skipped.NONE);
    Map<Stage, Predictions> answers =
        Task.of(data).baselines(new BaselineSpec(true, true, Terms.WORDS), data);
    assertThat(answers.get(Stage.MAJORITY).score()).isLessThan(0.2);
    assertThat(answers.get(Stage.LINEAR).score()).isEqualTo(1);
    assertThat(answers.get(Stage.LINEAR).meanLoss()).isNaN();
  }

  private static List<Example> roles(long seed, int n) {
    Random random = new Random(seed);
    List<Example> texts = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      List<String> words = new ArrayList<>();
      List<Integer> roles = new ArrayList<>();
      int focus = 1 + random.nextInt(6);
      for (int w = 0; w < 8; w++) {
        words.add("w" + random.nextInt(9));
        roles.add(w == focus - 1 ? 0 : 1);
      }
      texts.add(Example.tagged(String.join(" ", words) + "\t" + focus, roles));
    }
    return texts;
  }

  /** By hand: the right one stands second of two; the linear model knows the word that tells. */
  @Test
  void textsAreRanked() {
    List<Example> texts = new ArrayList<>();
    for (int group = 0; group < 20; group++) {
      texts.add(new Example("who?\tnothing here" + group % 3, 0, List.of(), group));
      texts.add(new Example("who?\tsomebody there", 1, List.of(), group));
    }
    Dataset data =
        new Dataset(Question.RANKING, texts, texts, texts, List.of("no", "yes"), Skipped.NONE);
    Map<Stage, Predictions> answers =
        Task.of(data).baselines(new BaselineSpec(true, true, Terms.WORDS), data);
    assertThat(answers.get(Stage.MAJORITY).score()).isEqualTo(0.5);
    assertThat(answers.get(Stage.OVERLAP).score()).isEqualTo(0.5); // nothing in common: in order
    assertThat(answers.get(Stage.LINEAR).score()).isEqualTo(1);
  }

  /** "the" is in every candidate and weighs nothing; "cat" is in one, and beats it. */
  @Test
  void wordsInCommonCountAsTheyAreRare() {
    List<Example> texts =
        List.of(
            new Example("the cat?\tthe dog\t1", 0, List.of(), 0),
            new Example("the cat?\tThe cat the\t2", 1, List.of(), 0),
            new Example("who?\tthe one\t1", 0, List.of(), 1),
            new Example("who?\tthe other\t2", 1, List.of(), 1));
    Dataset data =
        new Dataset(Question.RANKING, texts, texts, texts, List.of("no", "yes"), Skipped.NONE);
    Predictions answers =
        Task.of(data)
            .baselines(new BaselineSpec(true, false, Terms.WORDS), data)
            .get(Stage.OVERLAP);
    assertThat(answers.score()).isEqualTo((1 + 0.5) / 2);
  }
}
