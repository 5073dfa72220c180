package org.qat4j.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class StatisticsTest {
  private static final long SEED = 7;

  @Test
  void meanAndStandardDeviationOfASample() {
    double[] values = {2, 4, 4, 4, 5, 5, 7, 9};
    assertThat(Statistics.mean(values)).isEqualTo(5);
    assertThat(Statistics.standardDeviation(values)).isCloseTo(Math.sqrt(32 / 7.0), within(1e-12));
    assertThat(Statistics.standardDeviation(3)).isZero();
    assertThatThrownBy(Statistics::mean).isInstanceOf(QatException.class);
  }

  /** R: quantile(c(1, 2, 3, 4, 10), c(0.1, 0.9), type = 7) is 1.4 and 7.6. */
  @Test
  void quantilesAreThoseOfType7() {
    Interval interval = Statistics.percentileInterval(new double[] {10, 3, 1, 4, 2}, 0.8);
    assertThat(interval.lo()).isCloseTo(1.4, within(1e-12));
    assertThat(interval.hi()).isCloseTo(7.6, within(1e-12));
  }

  /** R: binom.test(1, 10)$p.value is 0.02148438; binom.test(3, 12)$p.value is 0.1459961. */
  @Test
  void mcNemarIsTheExactBinomialTest() {
    assertThat(Statistics.mcNemar(1, 9)).isCloseTo(0.021484375, within(1e-12));
    assertThat(Statistics.mcNemar(9, 3)).isCloseTo(0.14599609375, within(1e-12));
    assertThat(Statistics.mcNemar(0, 0)).isEqualTo(1);
    assertThat(Statistics.mcNemar(5_000, 5_000)).isEqualTo(1);
    assertThat(Statistics.mcNemar(5_000, 6_000)).isPositive().isLessThan(1e-15);
    assertThatThrownBy(() -> Statistics.mcNemar(-1, 2)).hasMessageContaining("-1");
  }

  @Property(tries = 200, seed = "1")
  void mcNemarEqualsTheSumOfBinomialCoefficients(
      @ForAll @IntRange(max = 80) int a, @ForAll @IntRange(max = 80) int b) {
    int n = a + b;
    BigInteger term = BigInteger.ONE;
    BigInteger sum = BigInteger.ONE;
    for (int k = 1; k <= Math.min(a, b); k++) {
      term = term.multiply(BigInteger.valueOf(n - k + 1)).divide(BigInteger.valueOf(k));
      sum = sum.add(term);
    }
    double exact =
        new BigDecimal(sum.multiply(BigInteger.TWO))
            .divide(new BigDecimal(BigInteger.TWO.pow(n)), MathContext.DECIMAL64)
            .doubleValue();
    double p = Statistics.mcNemar(a, b);
    assertThat(p).isCloseTo(Math.min(1, exact), within(1e-12 + 1e-10 * exact));
    assertThat(p).isEqualTo(Statistics.mcNemar(b, a));
  }

  /** The normal approximation p ± 1.96·√(p(1−p)/n) is good for 20,000 items. */
  @Test
  void accuracyIntervalIsTheBinomialOne() {
    int n = 20_000;
    Interval interval = Statistics.accuracy(firstOf(17_000), n, SEED);
    double halfWidth = 1.96 * Math.sqrt(0.85 * 0.15 / n);
    assertThat(interval.lo()).isCloseTo(0.85 - halfWidth, within(0.1 * halfWidth));
    assertThat(interval.hi()).isCloseTo(0.85 + halfWidth, within(0.1 * halfWidth));
  }

  /**
   * Of two classifiers that alone are right on b and on c of n items, the difference has the
   * variance (b + c − (b − c)²/n) / n² (Agresti, Categorical Data Analysis, section 10.1).
   */
  @Test
  void differenceIntervalIsThePairedOne() {
    int n = 20_000;
    int b = 300;
    int c = 200;
    BitSet a = firstOf(16_000);
    BitSet other = (BitSet) a.clone();
    other.clear(0, b);
    other.set(16_000, 16_000 + c);
    Interval interval = Statistics.difference(a, other, n, SEED);
    double mean = (b - c) / (double) n;
    double halfWidth = 1.96 * Math.sqrt(b + c - (b - c) * (double) (b - c) / n) / n;
    assertThat(interval.lo()).isCloseTo(mean - halfWidth, within(0.1 * halfWidth));
    assertThat(interval.hi()).isCloseTo(mean + halfWidth, within(0.1 * halfWidth));
  }

  @Test
  void theIntervalCoversTheTruthAsOftenAsItSays() {
    Random random = new Random(SEED);
    int covered = 0;
    int experiments = 300;
    for (int e = 0; e < experiments; e++) {
      BitSet correct = new BitSet();
      for (int i = 0; i < 200; i++) {
        correct.set(i, random.nextDouble() < 0.8);
      }
      covered += Statistics.accuracy(correct, 200, e).contains(0.8) ? 1 : 0;
    }
    // 95 % of 300 are 285 ± 3.8; the percentile bootstrap covers a little less.
    assertThat(covered).isBetween(270, 296);
  }

  @Property(tries = 60, seed = "1")
  void intervalsKeepToWhatCanBe(@ForAll @Size(min = 1, max = 60) boolean[] a, @ForAll long seed) {
    BitSet correct = bits(a);
    Interval interval = Statistics.accuracy(correct, a.length, seed);
    double accuracy = correct.cardinality() / (double) a.length;
    assertThat(interval.lo()).isBetween(0.0, accuracy);
    assertThat(interval.hi()).isBetween(accuracy, 1.0);
    assertThat(Statistics.accuracy(correct, a.length, seed)).isEqualTo(interval);
    assertThat(Statistics.difference(correct, correct, a.length, seed))
        .isEqualTo(new Interval(0, 0));
  }

  @Property(tries = 60, seed = "1")
  void theDifferenceTheOtherWayRoundIsItsNegative(
      @ForAll @Size(50) boolean[] a, @ForAll @Size(50) boolean[] b, @ForAll long seed) {
    Interval ab = Statistics.difference(bits(a), bits(b), 50, seed);
    Interval ba = Statistics.difference(bits(b), bits(a), 50, seed);
    assertThat(ba.lo()).isCloseTo(-ab.hi(), within(1e-12));
    assertThat(ba.hi()).isCloseTo(-ab.lo(), within(1e-12));
  }

  /** With the same answers for all seeds, only the items are a matter of chance. */
  @Test
  void seedsThatAgreeAddNoUncertainty() {
    BitSet correct = firstOf(900);
    Interval one = new Bootstrap(answers(1_000, new BitSet[] {correct}), SEED).score(0);
    BitSet[][] five = {{correct}, {correct}, {correct}, {correct}, {correct}};
    Interval all = new Bootstrap(answers(1_000, five), SEED).score(0);
    double width = one.hi() - one.lo();
    assertThat(all.hi() - all.lo()).isCloseTo(width, within(0.1 * width));
  }

  /**
   * Seeds with the accuracies 0.6 and 0.8 on the same many items: the mean of two draws is 0.6, 0.7
   * or 0.8, with the probabilities ¼, ½, ¼.
   */
  @Test
  void seedsThatDisagreeWidenTheInterval() {
    int n = 10_000;
    BitSet[][] two = {{firstOf(6_000)}, {firstOf(8_000)}};
    Interval interval = new Bootstrap(answers(n, two), SEED).score(0);
    assertThat(interval.lo()).isCloseTo(0.6, within(0.015));
    assertThat(interval.hi()).isCloseTo(0.8, within(0.015));
  }

  /** A difference that all seeds share stays sharp although the seeds themselves differ. */
  @Test
  void differencesArePairedWithinSeeds() {
    int n = 10_000;
    BitSet[][] two = {{firstOf(6_000), firstOf(6_100)}, {firstOf(8_000), firstOf(8_100)}};
    Interval interval = new Bootstrap(answers(n, two), SEED).difference(1, 0);
    double halfWidth = 1.96 * Math.sqrt(0.01 * 0.99 / n);
    assertThat(interval.lo()).isBetween(0.01 - 1.1 * halfWidth, 0.01);
    assertThat(interval.hi()).isBetween(0.01, 0.01 + 1.1 * halfWidth);
  }

  @Property(tries = 100, seed = "1")
  void anIntervalHoldsWhatLiesBetweenItsEnds(
      @ForAll @DoubleRange(min = -10, max = 10) double a,
      @ForAll @DoubleRange(min = -10, max = 10) double b) {
    Interval interval = new Interval(Math.min(a, b), Math.max(a, b));
    assertThat(interval.contains(a)).isTrue();
    assertThat(interval.contains((a + b) / 2)).isTrue();
    assertThat(interval.contains(interval.hi() + 1e-3)).isFalse();
    assertThatThrownBy(() -> new Interval(interval.hi() + 1, interval.lo()))
        .isInstanceOf(QatException.class);
  }

  /** (seed, stage). */
  private static Predictions[][] answers(int items, BitSet[]... correct) {
    return Arrays.stream(correct)
        .map(
            seed ->
                Arrays.stream(seed)
                    .map(stage -> Statistics.rightAt(stage, items))
                    .toArray(Predictions[]::new))
        .toArray(Predictions[][]::new);
  }

  /** An F-measure of three kinds of items: its interval is that of the delta method. */
  @Test
  void intervalOfAnFMeasure() {
    int n = 6_000;
    double[][] counts = new double[n][];
    for (int i = 0; i < n; i++) {
      counts[i] = new double[][] {{1, 1, 1}, {0, 1, 1}, {1, 2, 1}}[i % 3];
    }
    List<String> texts = Collections.nCopies(n, "");
    Predictions p = Predictions.of(Metric.SPAN_F1, texts, texts, counts, new float[n]);
    assertThat(p.score()).isCloseTo(4 / 7.0, within(1e-12));
    assertThat(p.parts().get("precision")).isCloseTo(0.5, within(1e-12));
    assertThat(p.parts().get("recall")).isCloseTo(2 / 3.0, within(1e-12));
    // F = 2A/B with A, B means over items of {1, 0, 1} and {2, 2, 3}.
    double meanB = 7 / 3.0;
    double f = 4 / 7.0;
    double variance = 0;
    for (double[] ab : new double[][] {{1, 2}, {0, 2}, {1, 3}}) {
      variance += Math.pow((2 * ab[0] - f * ab[1]) / meanB, 2) / 3;
    }
    double halfWidth = 1.96 * Math.sqrt(variance / n);
    assertThat(p.interval().lo()).isCloseTo(f - halfWidth, within(0.1 * halfWidth));
    assertThat(p.interval().hi()).isCloseTo(f + halfWidth, within(0.1 * halfWidth));
  }

  private static BitSet firstOf(int right) {
    BitSet set = new BitSet();
    set.set(0, right);
    return set;
  }

  private static BitSet bits(boolean[] values) {
    BitSet set = new BitSet();
    for (int i = 0; i < values.length; i++) {
      set.set(i, values[i]);
    }
    return set;
  }
}
