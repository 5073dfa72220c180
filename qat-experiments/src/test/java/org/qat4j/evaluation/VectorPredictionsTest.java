package org.qat4j.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class VectorPredictionsTest {
  private static final double[] SCORES = {5, 3, 1};

  /** Pairs at angles whose cosines are 1, 0.8 and 0. */
  private static float[][] vectors() {
    return new float[][] {{1, 0}, {2, 0}, {1, 0}, {4, 3}, {0, 1}, {5, 0}};
  }

  @Test
  void theOrderOfCosinesCounts() {
    Predictions p = Predictions.ofVectors(SCORES, vectors());
    assertThat(p.metric()).isEqualTo(Metric.VECTORS);
    assertThat(p.size()).isEqualTo(3);
    assertThat(p.score()).isCloseTo(1, within(1e-12));
    assertThat(Predictions.ofVectors(new double[] {1, 3, 5}, vectors()).score())
        .isCloseTo(-1, within(1e-12));
    assertThat(Predictions.ofVectors(new double[] {3, 5, 1}, vectors()).score())
        .as("1 − 6·Σd² / (n·(n² − 1)) for d of 1, 1 and 0")
        .isCloseTo(0.5, within(1e-12));
    assertThat(p.answer(1, null)).isEqualTo("0.8000");
    assertThat(p.truth(1, null)).isEqualTo("3.0000");
    assertThat(p.accuracy()).as("no cosine is a right score").isZero();
    assertThat(p.parts()).as("nothing was compared").isEmpty();
  }

  @Test
  void vectorsAreComparedWithThoseOfTheFloatNetwork() {
    Predictions reference = Predictions.ofVectors(SCORES, vectors());
    float[][] moved = vectors();
    moved[3] = new float[] {3, 4}; // cosine to {4, 3}: 0.96
    moved[4] = new float[] {3, 4}; // to {0, 1}: 0.8
    Predictions p = Predictions.ofVectors(SCORES, moved).beside(reference);
    assertThat(p.parts().get("cosine")).isCloseTo((4 + 0.96 + 0.8) / 6, within(1e-7));
    assertThat(p.parts().get("lowestCosine")).isCloseTo(0.8, within(1e-7));
    assertThat(reference.beside(reference).parts().get("lowestCosine")).isCloseTo(1, within(1e-12));
    assertThat(p.flipRate(reference)).as("two cosines moved").isCloseTo(2 / 3.0, within(1e-12));
    assertThat(p.interval().lo()).isLessThanOrEqualTo(p.score());
  }

  @Test
  void aVectorOfLengthZeroIsLikeNone() {
    float[][] none = vectors();
    none[0] = new float[2];
    assertThat(Predictions.ofVectors(SCORES, none).answer(0, null)).isEqualTo("0.0000");
  }

  @Test
  void everyPairHasTwoVectors() {
    assertThatThrownBy(() -> Predictions.ofVectors(SCORES, new float[5][2]))
        .isInstanceOf(QatException.class);
  }
}
