package org.qat4j.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qat4j.QatException;
import org.qat4j.numerics.internal.Exact;

class QuantParamsTest {
  /** Scales of every size, half of them powers of two: there ties are frequent. */
  @Provide
  static Arbitrary<QuantParams> params() {
    Arbitrary<Float> scales =
        Arbitraries.oneOf(
            Arbitraries.integers().between(-40, 40).map(e -> Math.scalb(1f, e)),
            Combinators.combine(
                    Arbitraries.floats().between(1f, 2f), Arbitraries.integers().between(-40, 40))
                .as(Math::scalb));
    return params(scales, 2, 8);
  }

  /** The same with more bits than a byte. */
  @Provide
  static Arbitrary<QuantParams> wide() {
    return params(
        Combinators.combine(
                Arbitraries.floats().between(1f, 2f), Arbitraries.integers().between(-40, 40))
            .as(Math::scalb),
        9,
        16);
  }

  private static Arbitrary<QuantParams> params(Arbitrary<Float> scales, int least, int most) {
    Arbitrary<Integer> bits = Arbitraries.integers().between(least, most);
    return Combinators.combine(scales, bits, Arbitraries.integers().between(0, 65535))
        .as(
            (scale, b, z) -> {
              int codes = 1 << b;
              return new QuantParams(
                  scale,
                  QuantParams.minCode(b) + z % codes,
                  QuantParams.minCode(b),
                  QuantParams.maxCode(b));
            });
  }

  /** A real number in units of the scale, on a grid on which ties lie. */
  private static float real(QuantParams p, int sixteenths) {
    return p.scale() * (sixteenths / 16f);
  }

  // Equation (2).

  @Property(seed = "1")
  void isExactWhereNoTieIsNear(
      @ForAll("params") QuantParams p, @ForAll @FloatRange(min = -300, max = 300) float steps) {
    float r = p.scale() * steps;
    BigDecimal exact = Exact.quotient(Exact.of(r), Exact.of(p.scale()));
    // Division errs by at most 2^-24 of the quotient.
    if (Exact.toTie(exact) > 300 * 0x1p-24) {
      assertThat(p.quantize(r))
          .isEqualTo(
              Exact.halfEven(exact.add(BigDecimal.valueOf(p.zeroPoint())), p.qmin(), p.qmax()));
    }
  }

  @Property(seed = "1")
  void roundsTiesToEvenBeforeTheZeroPointIsAdded(
      @ForAll("params") QuantParams any, @ForAll @IntRange(min = -200, max = 200) int n) {
    float scale = Math.scalb(1f, Math.getExponent(any.scale()));
    QuantParams p = new QuantParams(scale, any.zeroPoint(), any.qmin(), any.qmax());
    int even = n % 2 == 0 ? n : n + 1;

    assertThat(p.quantize(scale * (n + 0.5f)))
        .isEqualTo(Math.max(p.qmin(), Math.min(p.qmax(), even + p.zeroPoint())));
  }

  @Test
  void divides() {
    Random random = new Random(3);
    int differences = 0;
    for (int i = 0; i < 20_000; i++) {
      float scale = 1 + random.nextFloat();
      QuantParams p = new QuantParams(scale, 0, -128, 127);
      float r = scale * (random.nextInt(250) - 124.5f);

      int q = p.quantize(r);

      assertThat((double) q).isEqualTo(Math.rint((float) ((double) r / scale)));
      differences += q == Math.rint(r * (1f / scale)) ? 0 : 1;
    }
    // The reciprocal is another function; a test that never sees it would be too weak.
    assertThat(differences).isPositive();
  }

  @Property(seed = "1")
  void isMonotone(
      @ForAll("params") QuantParams p,
      @ForAll @IntRange(min = -5000, max = 5000) int a,
      @ForAll @IntRange(min = -5000, max = 5000) int b) {
    assertThat(p.quantize(real(p, Math.min(a, b))))
        .isLessThanOrEqualTo(p.quantize(real(p, Math.max(a, b))));
  }

  @Property(seed = "1")
  void isIdempotent(
      @ForAll("params") QuantParams p, @ForAll @IntRange(min = -5000, max = 5000) int sixteenths) {
    float once = p.fakeQuantize(real(p, sixteenths));

    assertThat(p.fakeQuantize(once)).isEqualTo(once);
  }

  @Property(seed = "1")
  void everyCodeSurvivesARoundTrip(@ForAll("params") QuantParams p) {
    for (int q = p.qmin(); q <= p.qmax(); q++) {
      assertThat(p.quantize(p.dequantize(q))).isEqualTo(q);
    }
  }

  @Property(seed = "1", tries = 50)
  void everyCodeOf16BitsSurvivesARoundTrip(@ForAll("wide") QuantParams p) {
    everyCodeSurvivesARoundTrip(p);
  }

  @Property(seed = "1")
  void errsByLittleMoreThanHalfAStepWith16Bits(
      @ForAll("wide") QuantParams p, @ForAll @FloatRange(min = 0, max = 1) float place) {
    float r = p.minValue() + place * (p.maxValue() - p.minValue());
    BigDecimal x = Exact.of(Math.max(p.minValue(), Math.min(p.maxValue(), r)));
    BigDecimal error = Exact.of(p.fakeQuantize(x.floatValue())).subtract(x).abs();

    assertThat(error).isLessThanOrEqualTo(Exact.of(p.scale()).multiply(Exact.of(0.5 + 0x1p-7)));
  }

  @Property(seed = "1")
  void errsByHalfAStepAtMostInsideTheRange(
      @ForAll("params") QuantParams p, @ForAll @FloatRange(min = 0, max = 1) float place) {
    float r = p.minValue() + place * (p.maxValue() - p.minValue());
    BigDecimal x = Exact.of(Math.max(p.minValue(), Math.min(p.maxValue(), r)));
    BigDecimal error = Exact.of(p.fakeQuantize(x.floatValue())).subtract(x).abs();

    assertThat(error).isLessThanOrEqualTo(Exact.of(p.scale()).multiply(Exact.of(0.5 + 0x1p-15)));
  }

  @Property(seed = "1")
  void clampsBeyondTheRange(@ForAll("params") QuantParams p) {
    assertThat(p.quantize(Float.MAX_VALUE)).isEqualTo(p.qmax());
    assertThat(p.quantize(Float.POSITIVE_INFINITY)).isEqualTo(p.qmax());
    assertThat(p.quantize(Float.NEGATIVE_INFINITY)).isEqualTo(p.qmin());
    assertThat(p.quantize(Float.NaN)).isEqualTo(p.zeroPoint());
  }

  // Equations (3) and (4).

  @Property(seed = "1")
  void anAsymmetricRangeHoldsZeroAndBothEnds(
      @ForAll @FloatRange(min = -1e6f, max = 1e6f) float a,
      @ForAll @FloatRange(min = -1e6f, max = 1e6f) float b,
      @ForAll @IntRange(min = 2, max = 16) int bits) {
    float lo = Math.min(a, b);
    float hi = Math.max(a, b);
    QuantParams p = QuantParams.asymmetric(lo, hi, bits);

    assertThat(p.fakeQuantize(0f)).isZero();
    assertThat(p.qmax() - p.qmin()).isEqualTo((1 << bits) - 1);
    // The zero point was rounded: by half a step and what float32 rounds away of 2^16 steps.
    float slack = p.scale() * (0.5f + (1 << bits) * 0x1p-22f);
    assertThat(p.minValue()).isLessThanOrEqualTo(Math.min(lo, 0) + slack);
    assertThat(p.maxValue()).isGreaterThanOrEqualTo(Math.max(hi, 0) - slack);
  }

  @Property(seed = "1")
  void aSymmetricRangeEndsAtTheLargestMagnitude(
      @ForAll @FloatRange(min = 0, max = 1e6f) float maxAbs,
      @ForAll @IntRange(min = 2, max = 16) int bits) {
    QuantParams p = QuantParams.symmetric(maxAbs, bits);

    assertThat(p.zeroPoint()).isZero();
    assertThat(p.qmin()).isEqualTo(-p.qmax());
    if (p.scale() > QuantParams.MIN_SCALE) {
      assertThat(p.quantize(maxAbs)).isEqualTo(p.qmax());
      assertThat(p.quantize(-maxAbs)).isEqualTo(p.qmin());
    }
  }

  @ParameterizedTest
  @CsvSource({"8, -127, 127", "4, -7, 7", "2, -1, 1"})
  void symmetricCodesAreNarrow(int bits, int qmin, int qmax) {
    QuantParams p = QuantParams.symmetric(1, bits);

    assertThat(p).isEqualTo(new QuantParams(1f / qmax, 0, qmin, qmax));
  }

  @Test
  void aRangeOfZeroHasTheSmallestScale() {
    assertThat(QuantParams.symmetric(0, 8).scale()).isEqualTo(QuantParams.MIN_SCALE);
    assertThat(QuantParams.asymmetric(0, 0, 8).scale()).isEqualTo(QuantParams.MIN_SCALE);
    assertThat(QuantParams.MIN_SCALE * QuantParams.MIN_SCALE)
        .isGreaterThanOrEqualTo(Float.MIN_NORMAL);
  }

  @Test
  void saysWhatIsWrong() {
    refuses(() -> QuantParams.asymmetric(Float.NaN, 1, 8), "[NaN, 1.0]");
    refuses(() -> QuantParams.asymmetric(2, 1, 8), "[2.0, 1.0]");
    refuses(() -> QuantParams.symmetric(Float.POSITIVE_INFINITY, 8), "Infinity");
    refuses(() -> QuantParams.symmetric(1, 1), "bits must be 2 to 16, not 1");
    refuses(() -> new QuantParams(0, 0, -128, 127), "positive, not 0.0");
    refuses(() -> new QuantParams(-1, 0, -128, 127), "positive, not -1.0");
    refuses(() -> new QuantParams(1, 200, -128, 127), "zero point 200 lies outside");
    refuses(() -> new QuantParams(1, 0, 3, 3), "the code range [3, 3]");
    refuses(() -> new QuantParams(1, 0, 0, 1 << 16), "the code range [0, 65536]");
    refuses(() -> new QuantParams(3e38f, 0, -128, 127), "3.0E38 the last codes");
  }

  private static void refuses(Runnable construction, String message) {
    assertThatThrownBy(construction::run)
        .isInstanceOf(QatException.class)
        .hasMessageContaining(message);
  }
}
