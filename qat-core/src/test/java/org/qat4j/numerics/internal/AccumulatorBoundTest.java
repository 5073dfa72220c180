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

class AccumulatorBoundTest {

  @Property(seed = "1")
  void isTheLargestPartialSumOfAnyInput(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int n,
      @ForAll @IntRange(min = -4, max = 3) int zeroPoint,
      @ForAll @IntRange(min = -2, max = 2) int weightZeroPoint) {
    Random random = new Random(seed);
    QuantParams input = new QuantParams(1, zeroPoint, -4, 3);
    byte[] weights = new byte[n];
    for (int i = 0; i < n; i++) {
      weights[i] = (byte) (random.nextInt(15) - 7);
    }
    int bias = random.nextInt(201) - 100;

    assertThat(AccumulatorBound.check(input, weights, 1, weightZeroPoint, new int[] {bias}))
        .isEqualTo(largestPartialSum(input, weights, weightZeroPoint, bias));
  }

  /** By trying every input, every set of terms, with and without the bias. */
  private static long largestPartialSum(QuantParams input, byte[] weights, int zw, int bias) {
    int codes = input.qmax() - input.qmin() + 1;
    int inputs = (int) Math.pow(codes, weights.length);
    long largest = 0;
    for (int x = 0; x < inputs; x++) {
      for (int set = 0; set < 1 << weights.length; set++) {
        long acc = 0;
        int rest = x;
        for (int i = 0; i < weights.length; i++, rest /= codes) {
          int q = input.qmin() + rest % codes;
          if ((set >> i & 1) != 0) {
            acc += (long) (q - input.zeroPoint()) * (weights[i] - zw);
          }
        }
        largest = Math.max(largest, Math.max(Math.abs(acc), Math.abs(acc + bias)));
      }
    }
    return largest;
  }

  @Property(seed = "1")
  void isNeverAboveTheUsualBound(
      @ForAll long seed, @ForAll @IntRange(min = -128, max = 127) int z) {
    Random random = new Random(seed);
    QuantParams input = new QuantParams(1, z, -128, 127);
    byte[] weights = new byte[50];
    random.nextBytes(weights);
    int bias = random.nextInt(1 << 20);
    long sum = 0;
    for (byte w : weights) {
      sum += Math.abs(w);
    }

    assertThat(AccumulatorBound.check(input, weights, 1, 0, new int[] {-bias}))
        .isLessThanOrEqualTo(input.maxDistance() * sum + bias);
  }

  @Test
  void worstCasesOfTheCarriers() {
    assertThat(longestExactSum(QuantParams.symmetric(1, 8), 127, AccumulatorBound.FLOAT_EXACT))
        .isEqualTo(1040);
    assertThat(longestExactSum(new QuantParams(1, -128, -128, 127), 127, 1 << 24)).isEqualTo(518);
    assertThat(longestExactSum(new QuantParams(1, -128, -128, 127), 127, 1L << 31))
        .isEqualTo(66311);
    assertThat(longestExactSum(QuantParams.symmetric(1, 8), 127, 1L << 31)).isEqualTo(133144);
  }

  private static int longestExactSum(QuantParams input, int weight, long limit) {
    byte[] one = {(byte) weight};
    long each = AccumulatorBound.check(input, one, 1, 0, new int[1]);
    return (int) ((limit - 1) / each);
  }

  @Test
  void isTheLargestOfAllChannels() {
    QuantParams input = new QuantParams(1, 0, -127, 127);
    byte[] weights = {1, 2, -100, 5, 0, 0};

    assertThat(AccumulatorBound.check(input, weights, 3, 0, new int[] {0, -7, 9}))
        .isEqualTo(127 * 105 + 7);
  }

  @Test
  void namesTheChannelThatCouldOverflow() {
    QuantParams input = new QuantParams(1, 0, -127, 127);
    byte[] weights = {1, 1, 2, 2};
    int limit = Integer.MAX_VALUE - 4 * 127;

    assertThat(AccumulatorBound.check(input, weights, 2, 0, new int[] {0, limit}))
        .isEqualTo(Integer.MAX_VALUE);
    assertThatThrownBy(() -> AccumulatorBound.check(input, weights, 2, 0, new int[] {0, limit + 1}))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("channel 1 can reach 2147483648");
    assertThatThrownBy(
            () -> AccumulatorBound.check(input, weights, 2, 0, new int[] {Integer.MIN_VALUE, 0}))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("channel 0");
  }

  @Test
  void boundsPlainSums() {
    assertThat(AccumulatorBound.sum(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
    assertThatThrownBy(() -> AccumulatorBound.sum(1L << 31)).isInstanceOf(QatException.class);
  }
}
