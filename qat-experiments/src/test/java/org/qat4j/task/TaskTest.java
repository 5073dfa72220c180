package org.qat4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qat4j.data.Example;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Predictions;
import org.qat4j.task.tagging.Span;

class TaskTest {
  private static final List<String> TAGS = List.of("B-LOC", "B-PER", "I-LOC", "I-PER", "O");

  /** Spans as the scorer of CoNLL-2000 finds them, by hand. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "O O                         | ''",
        "B-PER I-PER O B-LOC         | PER 0 2, LOC 3 4",
        "B-PER B-PER I-PER           | PER 0 1, PER 1 3",
        "B-PER I-LOC                 | PER 0 1, LOC 1 2",
        "I-LOC I-LOC O I-PER         | LOC 0 2, PER 3 4",
        "B-LOC I-LOC                 | LOC 0 2"
      })
  void spans(String tags, String expected) {
    List<Span> spans = Span.of(List.of(tags.split(" ", -1)));
    assertThat(
            String.join(
                ", ", spans.stream().map(s -> s.kind() + " " + s.begin() + " " + s.end()).toList()))
        .isEqualTo(expected);
  }

  /**
   * By hand: of 3 true spans the answer has 1 right, 1 with a wrong end, and 1 beside the text that
   * the network reads; it has 2 spans itself: F1 is 2·1/(2 + 3).
   */
  @Test
  void f1ByHand() {
    Example first = Example.tagged("Ann in New York", List.of(1, 4, 0, 2));
    Example second = Example.tagged("a b c", List.of(4, 4, 0)); // its last token is cut
    float[] ann = probabilities(4, 1, 4, 0, 4); // York outside
    float[] cut = probabilities(2, 4, 4);
    Predictions p = new Tagging().judge(List.of(first, second), TAGS, new float[][] {ann, cut});
    assertThat(p.metric()).isEqualTo(Metric.SPAN_F1);
    assertThat(p.parts().get("precision")).isCloseTo(1 / 2.0, within(1e-12));
    assertThat(p.parts().get("recall")).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(p.score()).isCloseTo(2 / 5.0, within(1e-12));
    assertThat(p.accuracy()).isZero();
    double loss = (3 * -Math.log(0.6) + -Math.log(0.1)) / 4;
    assertThat(p.loss(0)).isCloseTo(loss, within(1e-6));
  }

  /** By hand: of the predicate and its two arguments one argument is right; another is made up. */
  @Test
  void theGivenPredicateDoesNotCount() {
    List<String> tags = List.of("B-A", "B-V", "O");
    Tagging judge = new Tagging();
    float[] output = {.8f, .1f, .1f, .1f, .8f, .1f, .1f, .1f, .8f, .8f, .1f, .1f};
    List<Integer> truth = List.of(0, 1, 0, 2);
    Predictions roles =
        judge.judge(List.of(Example.tagged("a b c d\t1", truth)), tags, new float[][] {output});
    assertThat(roles.score()).isCloseTo(1 / 2.0, within(1e-12));
    Predictions chunks =
        judge.judge(List.of(Example.tagged("a b c d", truth)), tags, new float[][] {output});
    assertThat(chunks.score()).isCloseTo(2 / 3.0, within(1e-12));
  }

  /** A tag that cannot follow is not answered, however probable it is. */
  @Test
  void answersAreSequencesThatCanBe() {
    Example text = Example.tagged("Ann", List.of(1));
    float[] inside = {0.1f, 0.3f, 0.1f, 0.4f, 0.1f};
    Predictions p = new Tagging().judge(List.of(text), TAGS, new float[][] {inside});
    assertThat(p.accuracy()).isEqualTo(1);
  }

  /** 0.6 for one tag of each step, 0.1 for the others. */
  private static float[] probabilities(int steps, int... tags) {
    float[] p = new float[steps * TAGS.size()];
    for (int i = 0; i < p.length; i++) {
      p[i] = i % TAGS.size() == tags[i / TAGS.size()] ? 0.6f : 0.1f;
    }
    return p;
  }

  /**
   * Manning, Raghavan and Schütze (2008), 8.4, by hand: right at the places 1 and 3 gives (1 +
   * 2/3)/2 and 1; right at 2 alone ½ and ½.
   */
  @Test
  void averagePrecisionAndReciprocalRank() {
    assertThat(Ranking.rankCounts(List.of(true, false, true)))
        .containsExactly(new double[] {5 / 6.0, 1, 1}, within(1e-12));
    assertThat(Ranking.rankCounts(List.of(false, true, false))).containsExactly(0.5, 0.5, 1);
    assertThat(Ranking.rankCounts(List.of(false))).containsExactly(0, 0, 1);
  }

  @Test
  void textsAreRankedWithinTheirGroup() {
    List<Example> texts =
        Stream.of("q1\ta 0 0", "q1\tb 1 0", "q1\tc 1 0", "q2\td 1 1", "q2\te 0 1", "q3\tf 0 2")
            .map(row -> row.split(" ", -1))
            .map(r -> new Example(r[0], Integer.parseInt(r[1]), List.of(), Integer.parseInt(r[2])))
            .toList();
    float[] right = {0.5f, 0.9f, 0.4f, 0.2f, 0.2f, 0.7f};
    float[][] outputs = new float[right.length][];
    for (int i = 0; i < right.length; i++) {
      outputs[i] = new float[] {1 - right[i], right[i]};
    }
    List<String> labels = List.of("no", "yes");
    Ranking judge = new Ranking();
    Predictions p = judge.judge(texts, labels, outputs);
    // q1: b, a, c: right at 1 and 3. q2: d before e, since equal ones stay. q3 has no right text.
    assertThat(p.size()).isEqualTo(2);
    assertThat(p.score()).isCloseTo((5 / 6.0 + 1) / 2, within(1e-12));
    assertThat(p.parts().get("mrr")).isEqualTo(1);
    assertThat(judge.items(texts, labels)).containsExactly("q1", "q2");
  }
}
