package org.qat4j.runtime.reference.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RealFunctionsTest {
  private static final double UNIT = 0x1p-24;

  @Test
  void areNearToTheFunctions() {
    for (int i = -400_000; i <= 400_000; i++) {
      float x = i * 1e-4f;
      double sigmoid = 1 / (1 + StrictMath.exp(-(double) x));
      assertThat(Math.abs(RealFunctions.sigmoid(x) - sigmoid)).as("%s", x).isLessThan(2 * UNIT);
      double tanh = StrictMath.tanh(x);
      double difference = Math.abs(RealFunctions.tanh(x) - tanh);
      assertThat(difference).as("%s", x).isLessThan(2 * UNIT);
      assertThat(difference).as("%s", x).isLessThanOrEqualTo(1e-6 * Math.abs(tanh));
    }
  }

  @Test
  void haveTheRightValuesAtTheEnds() {
    assertThat(RealFunctions.sigmoid(0f)).isEqualTo(0.5f);
    assertThat(RealFunctions.sigmoid(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(RealFunctions.sigmoid(Float.POSITIVE_INFINITY)).isEqualTo(1f);
    assertThat(RealFunctions.sigmoid(-Float.MIN_VALUE)).isEqualTo(0.5f);
    assertThat(RealFunctions.sigmoid(Float.NaN)).isNaN();
    assertThat(RealFunctions.tanh(0f)).isZero();
    assertThat(RealFunctions.tanh(Float.NEGATIVE_INFINITY)).isEqualTo(-1f);
    assertThat(RealFunctions.tanh(Float.POSITIVE_INFINITY)).isEqualTo(1f);
    assertThat(RealFunctions.tanh(Float.NaN)).isNaN();
  }

  /** A larger logit never has a smaller answer. */
  @Test
  void areMonotone() {
    float before = -1;
    float sigmoid = 0;
    float tanh = -1;
    for (int i = -200_000; i <= 200_000; i++) {
      float x = i * 1e-4f;
      assertThat(RealFunctions.sigmoid(x))
          .as("%s after %s", x, before)
          .isGreaterThanOrEqualTo(sigmoid);
      assertThat(RealFunctions.tanh(x)).as("%s after %s", x, before).isGreaterThanOrEqualTo(tanh);
      sigmoid = RealFunctions.sigmoid(x);
      tanh = RealFunctions.tanh(x);
      before = x;
    }
  }
}
