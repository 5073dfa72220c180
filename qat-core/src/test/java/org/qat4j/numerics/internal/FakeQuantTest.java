package org.qat4j.numerics.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.qat4j.numerics.QuantParams;

class FakeQuantTest {

  @Property(seed = "1")
  void isQuantizationAndBackAgain(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 8) int bits,
      @ForAll @IntRange(min = 0, max = 70) int from) {
    QuantParams p = params(seed, bits);
    float[] x = values(seed, 200, p);
    float[] y = x.clone();
    long[] clipped = new long[5];

    boolean any =
        FakeQuant.forward(y, new float[200], from, 150, p.scale(), low(p), high(p), clipped, 100);

    boolean expectAny = false;
    for (int i = 0; i < x.length; i++) {
      boolean inPlace = i < from || i >= 150;
      // Adding 0 turns −0, which is a float but not a code, into 0.
      assertThat(y[i] + 0f).isEqualTo(inPlace ? x[i] + 0f : p.fakeQuantize(x[i]));
      double n = Math.rint(x[i] / p.scale());
      boolean outside = !inPlace && (n < low(p) || n > high(p));
      int mark = 100 + i - from;
      assertThat(i >= from && (clipped[mark >> 6] >> mark & 1) != 0).isEqualTo(outside);
      expectAny |= outside;
    }
    assertThat(any).isEqualTo(expectAny);
  }

  /** At ties and at the ends of the range, where a wrong rounding shows. */
  @Test
  void tiesGoToTheEvenCode() {
    float[] x = {-130f, -128.5f, -127.5f, -2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 127.5f, 1e30f};
    long[] clipped = new long[1];

    FakeQuant.forward(x, new float[11], 0, 11, 1, -128, 127, clipped, 0);

    assertThat(x).containsExactly(-128f, -128f, -128f, -2f, -2f, 0f, 0f, 2f, 2f, 127f, 127f);
    // −128.5 is rounded to −128, which is a code; 127.5 to 128, which is none.
    assertThat(clipped[0]).isEqualTo(1L | 1L << 9 | 1L << 10);
  }

  /** The derivative by the scale is that of s·(x/s + r) with the rounding r = n − x/s held. */
  @Property(seed = "1")
  void theDerivativeByTheScaleIsThatOfTheStraightThroughEstimator(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 8) int bits) {
    QuantParams p = params(seed, bits);
    float[] x = values(seed, 64, p);
    float[] y = x.clone();
    float[] byScale = new float[64];

    long[] clipped = new long[1];

    boolean any =
        FakeQuant.forward(y, 0, 64, p.scale(), low(p), high(p), clipped, 0, null, 0, byScale);

    assertThat(any).isEqualTo(clipped[0] != 0);

    double h = p.scale() * 1e-4;
    for (int i = 0; i < x.length; i++) {
      double slope =
          (surrogate(x[i], p.scale() + h, p) - surrogate(x[i], p.scale() - h, p)) / (2 * h);
      assertThat((double) byScale[i]).isCloseTo(slope, within(1e-3));
      float n = (float) Math.rint(x[i] / p.scale());
      boolean outside = n < low(p) || n > high(p);
      float bound = n < low(p) ? low(p) : high(p);
      assertThat(byScale[i]).isEqualTo(outside ? bound : n - x[i] / p.scale());
      assertThat((clipped[0] >> i & 1) != 0).isEqualTo(outside);
      assertThat(y[i] + 0f).isEqualTo(p.fakeQuantize(x[i]));
    }
  }

  private static double surrogate(double x, double s, QuantParams p) {
    double n = Math.rint(x / p.scale());
    double rounding = n - x / p.scale();
    return n < low(p) ? s * low(p) : n > high(p) ? s * high(p) : x + s * rounding;
  }

  @Test
  void stochasticRoundingIsRightOnAverage() {
    int n = 100_000;
    Random random = new Random(5);
    float[] x = new float[n];
    float[] noise = new float[n + 3];
    for (int i = 0; i < n; i++) {
      x[i] = 0.375f;
      noise[i + 3] = random.nextFloat();
    }

    FakeQuant.forward(x, 0, n, 0.25f, -8, 7, new long[(n + 63) / 64], 0, noise, 3, null);

    double sum = 0;
    for (float y : x) {
      assertThat(y == 0.25f || y == 0.5f).isTrue();
      sum += y;
    }
    // The standard error of the mean is 0.125 / √100000.
    assertThat(sum / n).isCloseTo(0.375, within(6 * 0.125 / Math.sqrt(n)));
  }

  private static float low(QuantParams p) {
    return p.qmin() - p.zeroPoint();
  }

  private static float high(QuantParams p) {
    return p.qmax() - p.zeroPoint();
  }

  private static QuantParams params(long seed, int bits) {
    Random random = new Random(seed);
    return QuantParams.asymmetric(-random.nextFloat(), random.nextFloat() * 2, bits);
  }

  /** Some of them beyond the range. */
  private static float[] values(long seed, int n, QuantParams p) {
    Random random = new Random(seed + 1);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (random.nextFloat() * 1.4f - 0.2f) * (p.maxValue() - p.minValue()) + p.minValue();
    }
    return x;
  }
}
