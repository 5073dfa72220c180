package org.qat4j.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class ResultsTest {
  private static final int[] LABELS = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0};

  @Test
  void figuresOfTwoSeedsByHand() {
    // Right answers of 10: float 8 and 6, integer 7 and 7.
    Map<Stage, Predictions> first =
        stages(Stage.FLOAT, wrongAt(0, 1), Stage.INTEGER, wrongAt(0, 1, 2));
    Map<Stage, Predictions> second =
        stages(Stage.FLOAT, wrongAt(0, 1, 2, 3), Stage.INTEGER, wrongAt(0, 1, 2));
    Results results = Results.of(List.of(first, second));

    StageResult floats = results.stages().get(Stage.FLOAT);
    assertThat(floats.score()).isCloseTo(0.7, within(1e-12));
    assertThat(floats.perSeed()).containsExactly(0.8, 0.6);
    assertThat(floats.standardDeviation()).isCloseTo(Math.sqrt(0.02), within(1e-12));
    assertThat(floats.loss()).isCloseTo(0.5, within(1e-6));
    assertThat(floats.against()).isEmpty();

    Difference d = results.stages().get(Stage.INTEGER).against().get(Stage.FLOAT);
    assertThat(d.mean()).isCloseTo(0, within(1e-12));
    assertThat(d.flips()).isCloseTo(0.1, within(1e-12));
    assertThat(d.mcNemar()).isEqualTo(1);
    assertThat(d.interval().contains(0)).isTrue();
    assertThat(results.flips()).isCloseTo(0.1, within(1e-12));
    assertThat(results.order()).containsExactly(Stage.FLOAT, Stage.INTEGER);
    assertThat(results.last()).isEqualTo(Stage.INTEGER);
  }

  /** By hand: errors 1, 1, 0, 0 and 2, 0, 0, 0, so that RMSE is √½ and 1: the first is better. */
  @Test
  void smallerErrorsAreBetter() {
    double[] truths = {0, 10, 20, 30};
    Predictions good = Predictions.ofNumbers(truths, new double[] {1, 11, 20, 30});
    Predictions bad = Predictions.ofNumbers(truths, new double[] {2, 10, 20, 30});
    Results results = Results.of(List.of(stages(Stage.FLOAT, bad, Stage.INTEGER, good)));
    assertThat(results.metric()).isEqualTo(Metric.RMSE);
    assertThat(results.stages().get(Stage.FLOAT).score()).isEqualTo(1);
    StageResult integer = results.stages().get(Stage.INTEGER);
    assertThat(integer.score()).isCloseTo(Math.sqrt(0.5), within(1e-12));
    Difference d = integer.against().get(Stage.FLOAT);
    assertThat(d.mean()).isCloseTo(1 - Math.sqrt(0.5), within(1e-12));
    assertThat(d.interval().hi()).isPositive();
  }

  /** A tenth of the standard deviation of the truths, which is 10·√(5/3). */
  @Test
  void nearNumbersAreTheSameAnswer() {
    double[] truths = {0, 10, 20, 30};
    Predictions one = Predictions.ofNumbers(truths, new double[] {1.2, 1.4, 20, 30});
    Predictions other = Predictions.ofNumbers(truths, new double[] {0, 0, 20, 30});
    assertThat(one.accuracy()).isEqualTo(0.75);
    assertThat(one.flipRate(other)).isEqualTo(0.25);
    assertThat(one.withoutLosses().accuracy()).isEqualTo(0.75);
  }

  /**
   * By hand: ranks 1, 2, 3.5, 3.5 and 1, 2, 4, 3 have a covariance of 4.5 and squares 4.5 and 5.
   */
  @Test
  void spearmanByHand() {
    Predictions p = Predictions.ofNumbers(new double[] {-1, 2, 5, 5}, new double[] {0, 0.1, 9, 8});
    assertThat(p.parts().get("spearman")).isCloseTo(4.5 / Math.sqrt(4.5 * 5), within(1e-12));
    Predictions constant = Predictions.ofNumbers(new double[] {1, 2}, new double[] {3, 3});
    assertThat(constant.parts().get("spearman")).isZero();
  }

  @Test
  void aStageIsComparedWithTheReferencesBeforeIt() {
    Map<Stage, Predictions> all = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      all.put(stage, wrongAt(3));
    }
    Map<Stage, StageResult> results = Results.of(List.of(all)).stages();
    assertThat(results.get(Stage.CONTROL).against()).containsOnlyKeys(Stage.FLOAT);
    assertThat(results.get(Stage.PTQ).against()).containsOnlyKeys(Stage.FLOAT, Stage.CONTROL);
    assertThat(results.get(Stage.INTEGER).against())
        .containsOnlyKeys(Stage.FLOAT, Stage.CONTROL, Stage.PTQ, Stage.OBSERVER, Stage.TUNED);
    assertThat(results.get(Stage.LINEAR).against()).containsOnlyKeys(Stage.FLOAT, Stage.CONTROL);
  }

  @Test
  void baselinesAreComparedWithTheFloatNetworkAndAreNoStepOfIt() {
    Predictions linear = Predictions.withoutLoss(LABELS, LABELS);
    Map<Stage, Predictions> run =
        stages(Stage.FLOAT, wrongAt(0, 1), Stage.INTEGER, wrongAt(0, 1, 2));
    run.put(Stage.LINEAR, linear);
    Results results = Results.of(List.of(run));

    StageResult baseline = results.stages().get(Stage.LINEAR);
    assertThat(baseline.score()).isEqualTo(1);
    assertThat(baseline.loss()).isNaN();
    assertThat(baseline.against().get(Stage.FLOAT).mean()).isCloseTo(0.2, within(1e-12));
    assertThat(results.order()).containsExactly(Stage.FLOAT, Stage.INTEGER);
    assertThat(results.flips()).isCloseTo(0.1, within(1e-12));
  }

  @Test
  void baselinesAloneAreNoResult() {
    assertThatThrownBy(() -> Results.of(List.of(Map.of(Stage.LINEAR, wrongAt(1)))))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("at least one stage");
  }

  @Test
  void onlyStagesOfAllSeedsAreReported() {
    Results results =
        Results.of(
            List.of(
                stages(Stage.FLOAT, wrongAt(1), Stage.PTQ, wrongAt(1)),
                stages(Stage.FLOAT, wrongAt(1), Stage.QAT, wrongAt(1))));
    assertThat(results.order()).containsExactly(Stage.FLOAT);
  }

  @Test
  void differentTestItemsAreRefused() {
    int[] others = LABELS.clone();
    others[4] = 2;
    Predictions moved = Predictions.of(others, LABELS, new float[10]);
    assertThatThrownBy(() -> Results.of(List.of(stages(Stage.FLOAT, wrongAt(1), Stage.PTQ, moved))))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("same test items");
  }

  @Test
  void predictionsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> Predictions.of(new int[2], new int[3], new float[2]))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("2, 3 and 2");
    assertThatThrownBy(() -> Predictions.of(new int[0], new int[0], new float[0]))
        .isInstanceOf(QatException.class);
    assertThatThrownBy(
            () -> Predictions.of(new int[] {0, 1}, new int[] {0, -1}, new float[] {0, 0}))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("item 1");
  }

  private static Map<Stage, Predictions> stages(Stage a, Predictions pa, Stage b, Predictions pb) {
    Map<Stage, Predictions> map = new EnumMap<>(Stage.class);
    map.put(a, pa);
    map.put(b, pb);
    return map;
  }

  private static Predictions wrongAt(int... items) {
    int[] predicted = LABELS.clone();
    float[] losses = new float[LABELS.length];
    java.util.Arrays.fill(losses, 0.5f);
    for (int i : items) {
      predicted[i] = (predicted[i] + 1) % 3;
    }
    return Predictions.of(LABELS, predicted, losses);
  }
}
