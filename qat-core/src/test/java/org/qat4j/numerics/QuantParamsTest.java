package org.qat4j.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class QuantParamsTest {

  @Test
  void tiesRoundToEven() {
    QuantParams p = new QuantParams(1f, 0, -128, 127);
    assertThat(p.quantize(0.5f)).isZero();
    assertThat(p.quantize(1.5f)).isEqualTo(2);
    assertThat(p.quantize(2.5f)).isEqualTo(2);
    assertThat(p.quantize(-0.5f)).isZero();
    assertThat(p.quantize(-1.5f)).isEqualTo(-2);
  }

  @Test
  void clampsAtBothEnds() {
    QuantParams p = QuantParams.asymmetric(-1, 3, 8);
    assertThat(p.quantize(1e30f)).isEqualTo(127);
    assertThat(p.quantize(-1e30f)).isEqualTo(-128);
    assertThat(p.quantize(Float.POSITIVE_INFINITY)).isEqualTo(127);
  }

  @Test
  void refusesWhatIsNotARange() {
    assertThatThrownBy(() -> QuantParams.asymmetric(Float.NaN, 1, 8))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new QuantParams(0, 0, -128, 127)).isInstanceOf(QatException.class);
    assertThatThrownBy(() -> new QuantParams(1, 200, -128, 127)).isInstanceOf(QatException.class);
  }

  @Property
  void zeroIsExact(
      @ForAll @FloatRange(min = -1e6f, max = 1e6f) float a,
      @ForAll @FloatRange(min = -1e6f, max = 1e6f) float b,
      @ForAll @IntRange(min = 2, max = 8) int bits) {
    QuantParams p = QuantParams.asymmetric(Math.min(a, b), Math.max(a, b), bits);
    assertThat(p.fakeQuantize(0f)).isZero();
  }

  @Property
  void anErrorInsideTheRangeIsAtMostHalfAStep(
      @ForAll @FloatRange(min = -100, max = 100) float r,
      @ForAll @IntRange(min = 2, max = 8) int bits) {
    QuantParams p = QuantParams.symmetric(100f, bits);
    assertThat(Math.abs(p.fakeQuantize(r) - r)).isLessThanOrEqualTo(p.scale() * 0.5001f);
  }

  @Property
  void codesSurviveARoundTrip(
      @ForAll @IntRange(min = -128, max = 127) int code,
      @ForAll @FloatRange(min = 0.01f, max = 1e6f) float scale,
      @ForAll @IntRange(min = -128, max = 127) int zeroPoint) {
    QuantParams p = new QuantParams(scale, zeroPoint, -128, 127);
    assertThat(p.quantize(p.dequantize(code))).isEqualTo(code);
  }
}
