package org.qat4j.numerics.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;

class AdaRoundTest {
  private static final int STEPS = 300;

  private static WeightGrid ternary() {
    return new WeightGrid(new float[] {1f}, 0, -1, 1);
  }

  /** Two inputs that are always the same: the sum of the weights is what counts. */
  @Test
  void oneOfTwoEqualInputsIsRoundedUp() {
    double[] same = {1, 1, 1, 1};

    float[] rounded =
        new AdaRound(2, same, same, STEPS).round(new float[] {0.4f, 0.45f}, ternary(), () -> {});

    assertThat(rounded[0] + rounded[1]).as("nearest gives 0 + 0").isEqualTo(1f);
  }

  /** Without correlation nearest is best for each weight by itself. */
  @Test
  void independentInputsAreRoundedToNearest() {
    double[] identity = {1, 0, 0, 1};

    float[] rounded =
        new AdaRound(2, identity, identity, STEPS)
            .round(new float[] {0.4f, -0.6f}, ternary(), () -> {});

    assertThat(rounded).containsExactly(0f, -1f);
  }

  /** An input that the layers before make too small is made up for. */
  @Test
  void theErrorOfTheInputIsMadeUpFor() {
    float[] rounded =
        new AdaRound(1, new double[] {0.25}, new double[] {0.5}, STEPS)
            .round(new float[] {0.45f}, ternary(), () -> {});

    assertThat(rounded).as("0.45 · 1 is nearer to 1 · 0.5 than to 0").containsExactly(1f);
  }

  @Property(tries = 60, seed = "1")
  void neverWorseThanNearestAndAlwaysANeighbour(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 4) int bits) {
    Random random = new Random(seed);
    int k = 1 + random.nextInt(12);
    int n = 1 + random.nextInt(20);
    double[][] x = new double[n][k];
    double[][] xq = new double[n][k];
    double common = random.nextDouble();
    for (int r = 0; r < n; r++) {
      double shared = random.nextGaussian();
      for (int i = 0; i < k; i++) {
        x[r][i] = common * shared + random.nextGaussian();
        xq[r][i] = x[r][i] + 0.05 * random.nextGaussian();
      }
    }
    float[] w = new float[k];
    float largest = 0;
    for (int i = 0; i < k; i++) {
      w[i] = (float) random.nextGaussian();
      largest = Math.max(largest, Math.abs(w[i]));
    }
    QuantParams p = QuantParams.symmetric(-largest, largest, bits, false, false);

    float[] rounded =
        new AdaRound(k, moments(xq, xq), moments(xq, x), STEPS)
            .round(w, WeightGrid.of(p), () -> {});

    float[] nearest = new float[k];
    for (int i = 0; i < k; i++) {
      nearest[i] = p.fakeQuantize(w[i]);
      assertThat(p.fakeQuantize(rounded[i])).as("on the grid").isEqualTo(rounded[i]);
      assertThat(Math.abs(rounded[i] - w[i])).isLessThan(p.scale() * 1.0001f);
    }
    double limit = error(nearest, w, xq, x);
    assertThat(error(rounded, w, xq, x)).isLessThanOrEqualTo(limit + 1e-9 * (1 + limit));
  }

  private static double[] moments(double[][] a, double[][] b) {
    int k = a[0].length;
    double[] m = new double[k * k];
    for (int r = 0; r < a.length; r++) {
      for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++) {
          m[i * k + j] += a[r][i] * b[r][j] / a.length;
        }
      }
    }
    return m;
  }

  private static double error(float[] rounded, float[] w, double[][] xq, double[][] x) {
    double sum = 0;
    for (int r = 0; r < x.length; r++) {
      double d = 0;
      for (int i = 0; i < w.length; i++) {
        d += w[i] * x[r][i] - rounded[i] * xq[r][i];
      }
      sum += d * d / x.length;
    }
    return sum;
  }

  @Test
  void wrongSizesAreRefused() {
    assertThatThrownBy(() -> new AdaRound(2, new double[3], new double[4], 1))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("2 × 2");
  }
}
