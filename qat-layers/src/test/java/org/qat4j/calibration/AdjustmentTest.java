package org.qat4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.WeightGrid;

class AdjustmentTest {
  @Test
  void clipMultipliesTheScaleAndShiftMovesTheZeroPoint() {
    QuantParams p = QuantParams.asymmetric(-1, 3, 4);
    QuantParams q = new Adjustment(0.5f, 2).apply(p, false);
    assertThat(q).isEqualTo(new QuantParams(p.scale() * 0.5f, p.zeroPoint() + 2, -8, 7));
  }

  @Test
  void theZeroPointStaysACode() {
    QuantParams p = QuantParams.asymmetric(0, 3, 4);
    assertThat(new Adjustment(1, -9).apply(p, false)).isEqualTo(p);
    assertThat(new Adjustment(1, 99).apply(p, false).zeroPoint()).isEqualTo(7);
  }

  @Test
  void aPowerOfTwoStaysOne() {
    QuantParams p = QuantParams.symmetric(-1, 1, 8, false, true);
    assertThat(new Adjustment(0.6f, 0).apply(p, true).scale()).isEqualTo(p.scale());
    assertThat(new Adjustment(0.4f, 0).apply(p, true).scale()).isEqualTo(p.scale() / 2);
  }

  @Test
  void gridsChangeScaleByScale() {
    WeightGrid grid = new WeightGrid(new float[] {1, 2, 4}, 0, -7, 7);
    WeightGrid half = new Adjustment(0.5f, 0).apply(grid, false);
    assertThat(half.scales()).containsExactly(0.5f, 1, 2);
    WeightGrid one = new WeightGrid(new float[] {1}, 1, -8, 7);
    assertThat(new Adjustment(1, 3).apply(one, false).zeroPoint()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -1, 2.5f, Float.NaN})
  void clipHasARange(float clip) {
    assertThatThrownBy(() -> new Adjustment(clip, 0))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("clip");
  }
}
