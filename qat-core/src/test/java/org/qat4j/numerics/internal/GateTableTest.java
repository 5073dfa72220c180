package org.qat4j.numerics.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class GateTableTest {
  private static final double STEP = 0x1p-15;

  /**
   * Chord of a step of 1/32: h²/8·max|f″|, and half a step of the value for each of two roundings.
   */
  @Test
  void interpolatesWithinTheBoundThatIsStated() {
    assertThat(worst(Math::tanh)).isLessThan(1.0e-4 + STEP).isGreaterThan(0.5e-4);
    assertThat(worst(x -> 1 / (1 + Math.exp(-x)))).isLessThan(1.2e-5 + STEP);
    assertThat(worst(x -> Math.exp(-8 - x))).isLessThan(1.3e-4 + STEP);
  }

  /** What is straight but for 0 is met but for half a step of the value. */
  @Test
  void reachesFurtherWithLargerSteps() {
    for (int argument = 0; argument <= 12; argument++) {
      int[] table = GateTable.of(x -> Math.max(0, x), argument, argument);
      for (int p = Short.MIN_VALUE; p < Short.MAX_VALUE - 127; p++) {
        assertThat(GateTable.at(table, p)).isEqualTo(Math.max(0, p));
      }
      assertThat(GateTable.argument(5f, Math.scalb(1f, argument)))
          .isEqualTo(Math.min(Short.MAX_VALUE, 5 << argument));
    }
    int[] soft = GateTable.of(x -> x / (1 + Math.abs(x)), 11, 15);
    for (int p = Short.MIN_VALUE; p <= Short.MAX_VALUE; p++) {
      double x = p * 0x1p-11;
      assertThat(GateTable.at(soft, p) * STEP - x / (1 + Math.abs(x)))
          .isBetween(-1.0e-3 - STEP, 1.0e-3 + STEP); // (1/16)²/8·2
    }
  }

  private static double worst(DoubleUnaryOperator f) {
    int[] table = GateTable.of(f);
    double worst = 0;
    for (int p = Short.MIN_VALUE; p <= Short.MAX_VALUE; p++) {
      double error = GateTable.at(table, p) * STEP - f.applyAsDouble(p * 0x1p-12);
      worst = Math.max(worst, Math.abs(error));
    }
    return worst;
  }

  @Test
  void roundsArgumentsHalfToEvenAndClampsThem() {
    assertThat(GateTable.argument(0.5f * 0x1p-12f)).isZero();
    assertThat(GateTable.argument(1.5f * 0x1p-12f)).isEqualTo(2);
    assertThat(GateTable.argument(-1.5f * 0x1p-12f)).isEqualTo(-2);
    assertThat(GateTable.argument(8f)).isEqualTo(Short.MAX_VALUE);
    assertThat(GateTable.argument(-1e9f)).isEqualTo(Short.MIN_VALUE);
  }

  @Test
  void rises() {
    int[] table = GateTable.of(Math::tanh);
    for (int p = Short.MIN_VALUE + 1; p <= Short.MAX_VALUE; p++) {
      assertThat(GateTable.at(table, p)).isGreaterThanOrEqualTo(GateTable.at(table, p - 1));
    }
  }
}
