package org.qat4j.numerics.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.qat4j.numerics.QuantParams;

/** Attention (17) and layer normalization (18) against the same in double precision. */
class TransformerStepsTest {
  private static final QuantParams IN = new QuantParams(0.02f, 3, -128, 127);

  @Test
  void attentionIsNearToThatInDouble() {
    for (long seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      int heads = 1 + random.nextInt(3);
      int channels = heads * (1 + random.nextInt(8));
      int steps = 1 + random.nextInt(20);
      int[] x = codes(random, steps * 3 * channels);
      int[] counts = random.ints(steps, 0, 2).toArray();
      counts[random.nextInt(steps)] = 1;
      int prefix = random.nextInt(2 * steps + 1);
      counts[0] = prefix < steps ? 1 : counts[0]; // so that each step sees one
      QuantParams out = QuantParams.asymmetric(-2.7f, 2.7f, 8);
      int[] y = new int[steps * channels];
      new AttentionStep(channels, heads, prefix, AttentionStep.exponential(), IN, out)
          .apply(x, 0, steps, counts, 0, new int[steps], y, 0);
      double[] expected = attention(x, counts, steps, channels, heads, prefix);
      for (int i = 0; i < y.length; i++) {
        // Half a step of the result, and of each of the weights times the largest value.
        double bound = out.scale() / 2 + (0.5 / 255 + 2e-4) * steps * 2.6;
        assertThat(out.scale() * y[i])
            .as("seed %d, value %d", seed, i)
            .isCloseTo((float) expected[i], org.assertj.core.data.Offset.offset((float) bound));
      }
    }
  }

  @Test
  void attentionThatSeesNothingIsZero() {
    int[] y = {7, 7, 7, 7};
    int[] x = codes(new Random(1), 12);
    new AttentionStep(2, 1, AttentionStep.EVERYTHING, AttentionStep.exponential(), IN, IN)
        .apply(x, 0, 2, new int[2], 0, new int[2], y, 0);
    assertThat(y).containsOnly(0);
  }

  private static double[] attention(
      int[] x, int[] counts, int steps, int channels, int heads, int prefix) {
    int depth = channels / heads;
    double[] y = new double[steps * channels];
    for (int i = 0; i < steps; i++) {
      for (int h = 0; h < heads; h++) {
        double[] e = new double[steps];
        double sum = 0;
        for (int j = 0; j < steps; j++) {
          double score = 0;
          for (int c = 0; c < depth; c++) {
            score +=
                real(x, i, h * depth + c, channels)
                    * real(x, j, channels + h * depth + c, channels);
          }
          e[j] = counts[j] == 0 || (j >= prefix && j > i) ? 0 : Math.exp(score / Math.sqrt(depth));
          sum += e[j];
        }
        for (int c = 0; c < depth; c++) {
          for (int j = 0; j < steps; j++) {
            y[i * channels + h * depth + c] +=
                e[j] / sum * real(x, j, 2 * channels + h * depth + c, channels);
          }
        }
      }
    }
    return y;
  }

  private static double real(int[] x, int step, int channel, int channels) {
    return IN.scale() * (double) x[step * 3 * channels + channel];
  }

  /** Neither the sum of squares nor its difference to the square of the sum loses a digit. */
  @Property(tries = 200, seed = "1")
  void theVarianceOf16BitCodesIsExact(
      @ForAll @IntRange(min = 1, max = LayerNormStep.MAX_CHANNELS) int n, @ForAll Random random) {
    theVarianceIsExact(n, -32768, 32767, random);
  }

  /** Nor do codes of x and −x, side by side. */
  @Property(tries = 100, seed = "1")
  void theVarianceOfBytesAndTheirOppositesIsExact(
      @ForAll @IntRange(min = 1, max = LayerNormStep.MAX_NARROW_CHANNELS) int n,
      @ForAll Random random) {
    theVarianceIsExact(n, -LayerNormStep.NARROW / 2, LayerNormStep.NARROW / 2, random);
  }

  private static void theVarianceIsExact(int n, int qmin, int qmax, Random random) {
    int codes = qmax - qmin + 1;
    QuantParams in = new QuantParams(0x1p-9f, random.nextInt(codes) + qmin, qmin, qmax);
    int[] x = new int[n];
    for (int c = 0; c < n; c++) {
      boolean extreme = n % 2 == 0;
      int q = (extreme ? random.nextInt(2) * (codes - 1) : random.nextInt(codes)) + qmin;
      x[c] = q - in.zeroPoint();
    }
    int[] gain = random.ints(n, -32767, 32768).toArray();
    QuantParams out = QuantParams.asymmetric(-70, 70, 16);
    int[] y = new int[n];
    new LayerNormStep(gain, new int[n], 10, 1e-12, in, new int[0], out).apply(x, 0, y, 0);

    BigInteger many = BigInteger.valueOf(n);
    BigInteger sum = BigInteger.ZERO;
    BigInteger squares = BigInteger.ZERO;
    for (int v : x) {
      sum = sum.add(BigInteger.valueOf(v));
      squares = squares.add(BigInteger.valueOf(v).pow(2));
    }
    BigInteger variance = many.multiply(squares).subtract(sum.pow(2));
    assertThat(variance.bitLength()).isLessThanOrEqualTo(53);
    double deviation =
        Math.sqrt(variance.doubleValue() + LayerNormStep.epsilon(1e-12, n, in.scale()));
    for (int c = 0; c < n; c++) {
      BigInteger a = many.multiply(BigInteger.valueOf(x[c])).subtract(sum);
      double steps = Math.rint(a.doubleValue() / deviation * 1024);
      int normal = (int) Math.max(-32768, Math.min(32767, steps));
      int acc = normal * gain[c];
      int code = out.quantize((float) acc * 0x1p-20f);
      assertThat(y[c] + out.zeroPoint()).as("channel %d of %d", c, n).isEqualTo(code);
    }
  }

  @Test
  void layerNormalizationIsNearToThatInDouble() {
    for (long seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      int n = 1 + random.nextInt(200);
      int[] x = codes(random, n);
      int[] gain = random.ints(n, -30_000, 30_000).toArray();
      int[] bias = random.ints(n, -(1 << 22), 1 << 22).toArray();
      int shift = 14;
      QuantParams out = QuantParams.asymmetric(-8, 8, 16);
      int[] y = new int[n];
      new LayerNormStep(gain, bias, shift, IN, out).apply(x, 0, y, 0);
      double mean = 0;
      double variance = 0;
      for (int q : x) {
        mean += IN.scale() * (double) q / n;
      }
      for (int q : x) {
        variance += Math.pow(IN.scale() * (double) q - mean, 2) / n;
      }
      for (int c = 0; c < n; c++) {
        double normal = (IN.scale() * (double) x[c] - mean) / Math.sqrt(variance + 1e-5);
        double expected = normal * gain[c] * 0x1p-14 + bias[c] * 0x1p-24;
        double bound = out.scale() + 0x1p-11 * Math.abs(gain[c] * 0x1p-14) + 1e-5;
        assertThat(Math.abs(out.scale() * (double) y[c] - expected))
            .as("seed %d, channel %d: %s", seed, c, expected)
            .isLessThan(bound);
      }
    }
  }

  private static int[] codes(Random random, int n) {
    return random.ints(n, IN.qmin() - IN.zeroPoint(), IN.qmax() - IN.zeroPoint() + 1).toArray();
  }
}
