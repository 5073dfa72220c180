package org.qat4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.QatException;
import org.qat4j.calibration.internal.Observations;
import org.qat4j.calibration.internal.Observer;
import org.qat4j.numerics.QuantParams;

/** What each rule promises, against the same by brute force. */
class ObserverTest {
  private static final int N = 5_000;

  /** Values as layers make them. */
  enum Values {
    NORMAL(r -> r),
    LOPSIDED(r -> r > 0 ? 3 * r : r),
    RELU(r -> Math.max(0, r)),
    LONG_TAILS(r -> r * r * r),
    FAR_FROM_ZERO(r -> 5 + r),
    SATURATED(r -> Math.tanh(2 * r));

    @SuppressWarnings("ImmutableEnumChecker") // none of them has a state
    private final DoubleUnaryOperator of;

    Values(DoubleUnaryOperator of) {
      this.of = of;
    }

    float[] draw() {
      Random random = new Random(7);
      float[] values = new float[N];
      for (int i = 0; i < N; i++) {
        values[i] = (float) of.applyAsDouble(random.nextGaussian());
      }
      return values;
    }
  }

  private static Grids asymmetric(int bits) {
    return (lo, hi) -> QuantParams.asymmetric(lo, hi, bits);
  }

  private static Grids symmetric(int bits) {
    return (lo, hi) -> QuantParams.symmetric(lo, hi, bits, false, false);
  }

  private static Range observed(RangeRule rule, Grids grids, float[] values) {
    Observer observer = new Observer(rule, grids);
    Observations all = new Observations();
    observer.recordIn(all);
    for (int from = 0; from < values.length; from += 3001) {
      observer.observe(Arrays.copyOfRange(values, from, Math.min(values.length, from + 3001)));
    }
    assertThat(all.range(rule, grids)).as("from what was recorded").isEqualTo(observer.range());
    return observer.range();
  }

  private static double squares(float[] values, QuantParams p) {
    double sum = 0;
    for (float x : values) {
      double d = x - p.fakeQuantize(x);
      sum += d * d;
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource
  void minMaxClipsNothing(Values of) {
    float[] values = of.draw();
    assertThat(observed(new RangeRule.MinMax(), asymmetric(8), values))
        .isEqualTo(Range.of(values, 0, N));
  }

  @Test
  void aMovingAverageMovesByItsMomentum() {
    Observer observer = new Observer(new RangeRule.MovingAverage(0.25f), asymmetric(8));
    observer.observe(new float[] {-1, 3, 0});
    assertThat(observer.range()).as("begins with the first batch").isEqualTo(new Range(-1, 3));
    observer.observe(new float[] {-5, 11});
    assertThat(observer.range()).isEqualTo(new Range(-2, 5));
    observer.observe(new float[] {}, new boolean[] {});
    observer.observe(new float[] {100, 2, 6}, new boolean[] {false, true, true});
    assertThat(observer.range()).isEqualTo(new Range(-1, 5.25f));
    assertThat(observer.batches()).isEqualTo(3);
  }

  /**
   * No more than half of the rest is left out at either end, and no less but for a bin's values.
   */
  @ParameterizedTest
  @EnumSource
  void aPercentileLeavesOutWhatItSays(Values of) {
    float[] values = of.draw();
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    double width = 2 * Math.max(-sorted[0], sorted[N - 1]) / 2048;
    for (double percent : new double[] {60, 90, 99, 99.9, 99.99, 100}) {
      Range range = observed(new RangeRule.Percentile(percent), asymmetric(8), values);
      double cut = N * (100 - percent) / 200;
      int below = (int) Math.floor(cut);
      assertThat((double) range.lo()).isCloseTo(sorted[below], within(width));
      assertThat((double) range.hi()).isCloseTo(sorted[N - 1 - below], within(width));
      assertThat(range.lo()).isGreaterThanOrEqualTo(sorted[0]);
      assertThat(range.hi()).isLessThanOrEqualTo(sorted[N - 1]);
    }
    assertThat(observed(new RangeRule.Percentile(100), asymmetric(8), values))
        .isEqualTo(Range.of(values, 0, N));
  }

  /** Within a bin values count as evenly spread. */
  @Test
  void aPercentileInterpolatesInsideABin() {
    float[] values = new float[2048];
    for (int i = 0; i < values.length; i++) {
      values[i] = i < 1024 ? -(0.5f + i / 2048f) / 1024 : 1023.5f / 1024;
    }
    values[0] = 1; // the bins are 1/1024 wide: the first below 0 holds 1023 values
    Range range = observed(new RangeRule.Percentile(75), asymmetric(8), values);
    assertThat(range.lo() * 1024).isCloseTo(-0.75f, within(0.002f));
  }

  /** All pairs of ends of a grid; the width of the bins may cost 1 % of the error. */
  @ParameterizedTest
  @EnumSource
  void theMseRangeHasTheLeastSquaredError(Values of) {
    float[] values = Arrays.copyOf(of.draw(), 2000);
    Range all = Range.of(values, 0, values.length);
    int steps = 16;
    for (int bits : new int[] {2, 4, 8}) {
      for (Grids grids : new Grids[] {asymmetric(bits), symmetric(bits)}) {
        double least = Double.POSITIVE_INFINITY;
        for (int a = 0; a <= steps; a++) {
          for (int b = 0; b <= steps; b++) {
            float lo = Math.min(0, all.lo()) * a / steps;
            float hi = Math.max(0, all.hi()) * b / steps;
            least = Math.min(least, lo == hi ? least : squares(values, grids.covering(lo, hi)));
          }
        }
        Range found = observed(new RangeRule.Mse(), grids, values);
        assertThat(squares(values, grids.covering(found.lo(), found.hi())))
            .as("%d bits, %s", bits, grids.covering(-1, 1))
            .isLessThanOrEqualTo(least * 1.01);
      }
    }
  }

  /** The few values of a group are not put into bins. */
  @Test
  void theMseRangeOfFewValuesHasTheLeastSquaredError() {
    for (Values of : Values.values()) {
      float[] values = Arrays.copyOf(of.draw(), 64);
      Range all = Range.of(values, 0, values.length);
      float reach = Math.max(Math.abs(all.lo()), Math.abs(all.hi()));
      for (int bits : new int[] {2, 4, 8}) {
        double least = Double.POSITIVE_INFINITY;
        for (int k = 1; k <= 50; k++) {
          float alpha = reach * k / 50;
          least = Math.min(least, squares(values, QuantParams.symmetric(alpha, bits)));
        }
        Range found =
            Observer.range(new RangeRule.Mse(), symmetric(bits), values, 0, values.length);
        assertThat(squares(values, QuantParams.symmetric(found.hi(), bits)))
            .as("%s, %d bits", of, bits)
            .isCloseTo(least, within(least * 1e-4));
      }
    }
  }

  /** Bins that a code stands for, as the divergence sees them. */
  private static double divergence(SortedMap<Long, Integer> bins, double width, QuantParams p) {
    double[] at = bins.keySet().stream().mapToDouble(b -> (b + 0.5) * width).toArray();
    int[] n = bins.values().stream().mapToInt(i -> i).toArray();
    int total = IntStream.of(n).sum();
    double low = p.minValue() - p.scale() / 2;
    double high = p.maxValue() + p.scale() / 2;
    int[] inside =
        IntStream.range(0, n.length).filter(i -> at[i] >= low && at[i] <= high).toArray();
    double[] kept = new double[n.length];
    for (int i = 0; i < n.length; i++) {
      kept[Math.max(inside[0], Math.min(inside[inside.length - 1], i))] += n[i];
    }
    int sum = IntStream.of(inside).map(i -> n[i]).sum();
    double divergence = 0;
    Map<Integer, Double> means =
        IntStream.of(inside)
            .boxed()
            .collect(
                Collectors.groupingBy(
                    i -> p.quantize((float) at[i]), Collectors.averagingInt(i -> n[i])));
    for (int i : inside) {
      double q = means.get(p.quantize((float) at[i])) / sum;
      divergence += kept[i] / total * Math.log(kept[i] / total / q);
    }
    return divergence;
  }

  @ParameterizedTest
  @EnumSource
  void theKlRangeHasTheLeastDivergence(Values of) {
    float[] values = of.draw();
    Range all = Range.of(values, 0, N);
    double largest = Math.max(-all.lo(), all.hi());
    double width = Math.scalb(1.0, Math.getExponent(largest / 2048) + 1);
    TreeMap<Long, Integer> bins = new TreeMap<>();
    for (float x : values) {
      if (x != 0) {
        bins.merge((long) Math.floor(x / width), 1, Integer::sum);
      }
    }
    for (Grids grids : new Grids[] {asymmetric(4), asymmetric(6), symmetric(5)}) {
      Range found = observed(new RangeRule.Kl(), grids, values);
      double there = divergence(bins, width, grids.covering(found.lo(), found.hi()));
      for (int k = 10; k <= 100; k += 5) {
        float lo = Math.min(0, all.lo()) * (k / 100f);
        float hi = Math.max(0, all.hi()) * (k / 100f);
        QuantParams p = grids.covering(lo, hi);
        boolean allClipped = p.maxValue() < values[0] && of == Values.FAR_FROM_ZERO;
        assertThat(allClipped ? 9 : divergence(bins, width, p) - there)
            .as("%s, %d %%, found %s", of, k, found)
            .isGreaterThan(-1e-3);
      }
    }
  }

  /** Zeros are exact in every range: padding and ReLU do not narrow it. */
  @ParameterizedTest
  @EnumSource
  void zerosDoNotNarrowTheKlRange(Values of) {
    float[] values = of.draw();
    for (int bits : new int[] {4, 8}) {
      Range range = observed(new RangeRule.Kl(), asymmetric(bits), values);
      assertThat(observed(new RangeRule.Kl(), asymmetric(bits), Arrays.copyOf(values, 4 * N)))
          .isEqualTo(range);
    }
  }

  /** Where all values are clipped to one code, nothing is left to diverge. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void theKlRangeHoldsMostValues(int bits) {
    for (Values of : Values.values()) {
      float[] values = of.draw();
      Range range = observed(new RangeRule.Kl(), asymmetric(bits), values);
      int outside = 0;
      for (float x : values) {
        outside += x < range.lo() || x > range.hi() ? 1 : 0;
      }
      assertThat(outside).as("%s in %s", of, range).isLessThan(N / 2);
    }
  }

  @Test
  void zerosAloneAndOneValueHaveARange() {
    for (RangeRule rule :
        new RangeRule[] {
          new RangeRule.MinMax(),
          new RangeRule.MovingAverage(0.5f),
          new RangeRule.Percentile(99),
          new RangeRule.Mse(),
          new RangeRule.Kl()
        }) {
      Range zero = observed(rule, asymmetric(8), new float[] {0, 0});
      assertThat(zero).as("%s", rule).isEqualTo(new Range(0, 0));
      Range one = observed(rule, asymmetric(8), new float[] {2});
      assertThat(asymmetric(8).covering(one.lo(), one.hi()).fakeQuantize(2))
          .as("%s", rule)
          .isCloseTo(2, within(0.01f));
      assertThatThrownBy(() -> new Observer(rule, asymmetric(8)).range())
          .isInstanceOf(QatException.class)
          .hasMessageContaining("nothing was observed");
    }
  }
}
