package org.qat4j.numerics.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class RequantizeTest {
  /** Scales of input, weights and output. */
  record Scales(float x, float w, float y) {
    float multiplier() {
      return Requantize.multiplier(x, w, y);
    }

    BigDecimal exact(int acc) {
      return Exact.quotient(Exact.of(acc).multiply(Exact.of(x)).multiply(Exact.of(w)), Exact.of(y));
    }
  }

  @Provide
  static Arbitrary<Scales> scales() {
    return Combinators.combine(scale(), scale(), scale()).as(Scales::new);
  }

  private static Arbitrary<Float> scale() {
    Arbitrary<Integer> exponents = Arbitraries.integers().between(-16, 2);
    return Arbitraries.oneOf(
        exponents.map(e -> Math.scalb(1f, e)),
        Combinators.combine(Arbitraries.floats().between(1f, 2f), exponents).as(Math::scalb));
  }

  /** An accumulator whose result lies near {@code steps} output codes from the zero point. */
  private static int accumulator(Scales s, int sixteenths) {
    double acc = sixteenths / 16.0 / s.multiplier();
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, acc));
  }

  @Property(tries = 5000, seed = "1")
  void isTheCorrectlyRoundedCodeWhereNoTieIsNear(
      @ForAll("scales") Scales s,
      @ForAll @IntRange(min = -4500, max = 4500) int sixteenths,
      @ForAll @IntRange(min = -128, max = 127) int zeroPoint) {
    int acc = accumulator(s, sixteenths);
    BigDecimal exact = s.exact(acc);
    int q = Requantize.requantize(acc, s.multiplier(), zeroPoint, -128, 127);

    // Four roundings of at most 2^-24 each, of a value of at most 255 where it is not clamped.
    if (Exact.toTie(exact) > 0x1p-14) {
      assertThat(q).isEqualTo(Exact.halfEven(exact.add(BigDecimal.valueOf(zeroPoint)), -128, 127));
    } else {
      double clamped = Math.max(-128, Math.min(127, exact.doubleValue() + zeroPoint));
      assertThat(Math.abs(q - clamped)).isLessThan(0.5 + 0x1p-13);
    }
  }

  @Property(tries = 5000, seed = "1")
  void isTheCorrectlyRoundedCodeOf16BitsWhereNoTieIsNear(
      @ForAll("scales") Scales s,
      @ForAll @IntRange(min = -1100000, max = 1100000) int sixteenths,
      @ForAll @IntRange(min = -32768, max = 32767) int zeroPoint) {
    int acc = accumulator(s, sixteenths);
    BigDecimal exact = s.exact(acc);
    int q = Requantize.requantize(acc, s.multiplier(), zeroPoint, -32768, 32767);

    // The same four roundings, of a value of at most 65,535.
    if (Exact.toTie(exact) > 0x1p-6) {
      BigDecimal code = exact.add(BigDecimal.valueOf(zeroPoint));
      assertThat(q).isEqualTo(Exact.halfEven(code, -32768, 32767));
    } else {
      double clamped = Math.max(-32768, Math.min(32767, exact.doubleValue() + zeroPoint));
      assertThat(Math.abs(q - clamped)).isLessThan(0.5 + 0x1p-5);
    }
  }

  @Property(seed = "1")
  void isExactlyHalfToEvenForPowersOfTwo(
      @ForAll @IntRange(min = -(1 << 23), max = 1 << 23) int acc,
      @ForAll @IntRange(min = 0, max = 16) int shift,
      @ForAll @IntRange(min = -128, max = 127) int zeroPoint) {
    float m = Math.scalb(1f, -shift);
    BigDecimal exact = Exact.of(acc).multiply(Exact.of(m));

    assertThat(Requantize.requantize(acc, m, zeroPoint, -128, 127))
        .isEqualTo(
            Math.max(
                -128,
                Math.min(
                    127, Exact.halfEven(exact, Integer.MIN_VALUE, Integer.MAX_VALUE) + zeroPoint)));
  }

  @Property(seed = "1")
  void isMonotone(
      @ForAll("scales") Scales s, @ForAll int a, @ForAll int b, @ForAll @IntRange(max = 9) int z) {
    float m = s.multiplier();

    assertThat(Requantize.requantize(Math.min(a, b), m, z, -128, 127))
        .isLessThanOrEqualTo(Requantize.requantize(Math.max(a, b), m, z, -128, 127));
  }

  @Property(seed = "1")
  void aFusedClampIsThatOfTheCodes(
      @ForAll("scales") Scales s,
      @ForAll @IntRange(min = -4500, max = 4500) int sixteenths,
      @ForAll @IntRange(min = -100, max = 100) int zeroPoint) {
    int acc = accumulator(s, sixteenths);
    float m = s.multiplier();
    int plain = Requantize.requantize(acc, m, zeroPoint, -128, 127);

    assertThat(Requantize.requantize(acc, m, zeroPoint, zeroPoint, 120))
        .isEqualTo(Math.max(zeroPoint, Math.min(120, plain)));
  }

  @Property(seed = "1")
  void theMultiplierErrsByTwoRoundings(@ForAll("scales") Scales s) {
    BigDecimal exact = s.exact(1);
    BigDecimal error = Exact.of(s.multiplier()).subtract(exact).abs();

    assertThat(error).isLessThanOrEqualTo(exact.multiply(Exact.of(0x1.00001p-23)));
  }

  @Property(seed = "1")
  void logitsErrByThreeRoundings(@ForAll("scales") Scales s, @ForAll int acc) {
    BigDecimal exact = Exact.of(acc).multiply(Exact.of(s.x())).multiply(Exact.of(s.w()));
    BigDecimal error = Exact.of(Requantize.toReal(acc, s.x(), s.w())).subtract(exact).abs();

    assertThat(error).isLessThanOrEqualTo(exact.abs().multiply(Exact.of(3.00001 * 0x1p-24)));
  }

  /**
   * (7) against the same steps in doubles that are rounded to floats, and against what it is not:
   * each of these is nearly always equal, so a comparison that never sees it differ is too weak.
   */
  @Test
  void isNoneOfTheVariants() {
    Random random = new Random(7);
    Map<String, Integer> differences = new TreeMap<>();
    for (int i = 0; i < 200_000; i++) {
      Scales s = drawn(random);
      double tie = random.nextInt(256) - 127.5;
      int acc = (int) Math.rint(tie / s.multiplier()) + random.nextInt(3) - 1;
      int q = Requantize.requantize(acc, s.multiplier(), 0, -128, 127);

      float m = (float) ((double) (float) ((double) s.x() * s.w()) / s.y());
      float steps = (float) ((double) (float) acc * m);
      assertThat(q).as("draw %d", i).isEqualTo(code(Math.rint(steps)));
      count(differences, "half up", q, Math.floor(steps + 0.5));
      count(differences, "half away", q, Math.copySign(Math.floor(Math.abs(steps) + 0.5), steps));
      double exactM = (double) s.x() * s.w() / s.y();
      count(differences, "double multiplier", q, Math.rint(acc * exactM));
      count(differences, "accumulator in double", q, Math.rint((float) ((double) acc * m)));
      count(differences, "rounded twice", q, fixedPoint(acc, exactM));
    }
    assertThat(differences).hasSize(5);
  }

  private static void count(Map<String, Integer> differences, String variant, int q, double code) {
    if (code(code) != q) {
      differences.merge(variant, 1, Integer::sum);
    }
  }

  private static int code(double steps) {
    return (int) Math.max(-128, Math.min(127, steps));
  }

  /** Accumulators up to 2^30; every other draw has powers of two. */
  private static Scales drawn(Random random) {
    float[] s = new float[3];
    for (int k = 0; k < 3; k++) {
      float mantissa = random.nextBoolean() ? 1 : 1 + random.nextFloat();
      s[k] = Math.scalb(mantissa, k == 2 ? -random.nextInt(3) : -2 - random.nextInt(10));
    }
    return new Scales(s[0], s[1], s[2]);
  }

  /** As arXiv:1712.05877 has it: a 31-bit multiplier, rounded high product, rounding shift. */
  private static double fixedPoint(int acc, double m) {
    int shift = -Math.getExponent(m) - 1;
    long fixed = Math.round(Math.scalb(m, shift + 31));
    long high = (acc * fixed + (1L << 30)) >> 31;
    return (high + (shift > 0 ? 1L << (shift - 1) : 0)) >> shift;
  }

  @Test
  void tiesGoToTheEvenNeighbour() {
    int[] odd = {-7, -5, -3, -1, 1, 3, 5, 7};
    int[] expected = {-4, -2, -2, 0, 0, 2, 2, 4};
    for (int i = 0; i < odd.length; i++) {
      assertThat(Requantize.requantize(odd[i], 0.5f, 3, -128, 127)).isEqualTo(expected[i] + 3);
    }
  }

  @Test
  void refusesMultipliersThatAreNotNormal() {
    assertThatThrownBy(() -> Requantize.multiplier(1e-30f, 1e-30f, 1))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("1.0E-30 (input)")
        .hasMessageContaining("the multiplier 0.0");
    assertThatThrownBy(() -> Requantize.multiplier(1e30f, 1e30f, 1))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("Infinity");
    assertThatThrownBy(() -> Requantize.multiplier(1e-20f, 1e-20f, 1))
        .isInstanceOf(QatException.class);
  }
}
