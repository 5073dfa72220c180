package org.qat4j.calibration.internal;

import org.qat4j.calibration.Grids;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.RangeRule;
import org.qat4j.calibration.ValueCounts;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.Rounding;

/** Chooses ranges from histograms. */
final class RangeSearch {
  /** Candidates between no range and the whole range, in each of the searches. */
  private static final int CANDIDATES = 100;

  private static final int ROUNDS = 2;

  /** So few values, such as those of a group of weights, are not worth a histogram. */
  private static final int FEW = 256;

  private static final int CANDIDATES_OF_FEW = 50;

  private RangeSearch() {}

  /** The range of a rule that needs a histogram. */
  static Range of(RangeRule rule, Histogram histogram, Grids grids) {
    if (rule instanceof RangeRule.Percentile p) {
      return percentile(histogram, p.percent());
    }
    if (rule instanceof RangeRule.Own own) {
      return OwnObservers.range(own.by(), histogram.points(), grids);
    }
    return rule instanceof RangeRule.Mse
        ? leastSquares(histogram, grids)
        : leastDivergence(histogram, grids);
  }

  /** Between the two quantiles that leave out half of the rest each. */
  static Range percentile(Histogram histogram, double percent) {
    ValueCounts points = histogram.points();
    double cut = points.total() * (100 - percent) / 200;
    double lo = quantile(points, cut, false);
    double hi = quantile(points, cut, true);
    Range all = histogram.extremes();
    return new Range(
        (float) Math.max(all.lo(), Math.min(lo, hi)), (float) Math.min(all.hi(), Math.max(lo, hi)));
  }

  /** The value beyond which {@code cut} values lie, at the upper or the lower end. */
  private static double quantile(ValueCounts points, double cut, boolean upper) {
    double left = cut;
    int n = points.size();
    for (int i = 0; i < n; i++) {
      int bin = upper ? n - 1 - i : i;
      double at = points.at(bin);
      long count = points.count(bin);
      if (left < count) {
        double half = at == 0 ? 0 : points.width() / 2;
        double inside = half * (1 - 2 * left / count);
        return upper ? at + inside : at - inside;
      }
      left -= count;
    }
    return 0;
  }

  /**
   * The range of least mean squared error: both ends together first, then each by itself, because
   * the best scale of a lopsided distribution may clip one end alone.
   */
  static Range leastSquares(Histogram histogram, Grids grids) {
    ValueCounts points = histogram.points();
    Range all = histogram.extremes();
    float lo = Math.min(all.lo(), 0);
    float hi = Math.max(all.hi(), 0);
    Range best = shrink(points, grids, lo, hi, lo, hi);
    for (int round = 0; round < ROUNDS; round++) {
      best = shrink(points, grids, lo, 0, best.lo(), best.hi());
      best = shrink(points, grids, 0, hi, best.lo(), best.hi());
    }
    return best;
  }

  /**
   * Whether {@link #leastSquares(float[], int, int, Grids)} serves: few values, symmetric codes.
   */
  static boolean suitsFew(Grids grids, int n) {
    QuantParams p = grids.covering(-1, 1);
    return n <= FEW && p.qmin() == -p.qmax() && p.zeroPoint() == 0;
  }

  /** The symmetric range of least mean squared error for values[from … to). */
  static Range leastSquares(float[] values, int from, int to, Grids grids) {
    Range all = Range.of(values, from, to);
    float reach = Math.max(Math.abs(all.lo()), Math.abs(all.hi()));
    float best = reach;
    double least = Double.POSITIVE_INFINITY;
    for (int k = CANDIDATES_OF_FEW; k >= 1; k--) {
      float alpha = reach * (k / (float) CANDIDATES_OF_FEW);
      QuantParams p = grids.covering(-alpha, alpha);
      float scale = p.scale();
      float most = p.qmax();
      double e = 0;
      for (int i = from; i < to; i++) {
        float n = Math.max(-most, Math.min(most, values[i] / scale));
        float d = values[i] - scale * Rounding.halfEven(n);
        e += (double) d * d;
      }
      if (e < least) {
        least = e;
        best = alpha;
      }
    }
    return new Range(-best, best);
  }

  /**
   * The best of a range and of those whose ends are shares of {@code lo} and {@code hi} instead; an
   * end given as 0 stays as it is.
   */
  private static Range shrink(
      ValueCounts points, Grids grids, float lo, float hi, float bestLo, float bestHi) {
    Range best = new Range(bestLo, bestHi);
    double least = error(points, grids.covering(bestLo, bestHi));
    for (int k = CANDIDATES; k >= 1; k--) {
      float share = k / (float) CANDIDATES;
      float a = lo == 0 ? bestLo : lo * share;
      float b = hi == 0 ? bestHi : hi * share;
      double e = error(points, grids.covering(a, b));
      if (e < least) {
        least = e;
        best = new Range(a, b);
      }
    }
    return best;
  }

  private static double error(ValueCounts points, QuantParams p) {
    double low = p.minValue();
    double high = p.maxValue();
    double scale = p.scale();
    double sum = 0;
    for (int i = 0; i < points.size(); i++) {
      double x = points.at(i);
      double d = x - Math.max(low, Math.min(high, scale * Math.rint(x / scale)));
      sum += d * d * points.count(i);
    }
    return sum;
  }

  /**
   * The range of least divergence (Migacz, "8-bit inference with TensorRT", 2017): P are the values
   * clipped to the range, Q the same after each code's share was spread evenly over the bins that
   * it stands for. A range that has fewer bins with values than codes is not tried: Q cannot differ
   * there. Zeros do not count, since real 0 has a code in every range.
   */
  static Range leastDivergence(Histogram histogram, Grids grids) {
    ValueCounts points = histogram.points().withoutZeros();
    Range all = histogram.extremes();
    float lo = Math.min(all.lo(), 0);
    float hi = Math.max(all.hi(), 0);
    Range best = new Range(lo, hi);
    double least = Double.POSITIVE_INFINITY;
    for (int k = CANDIDATES; k >= 1; k--) {
      float share = k / (float) CANDIDATES;
      QuantParams p = grids.covering(lo * share, hi * share);
      int first = firstInside(points, p);
      int last = lastInside(points, p);
      int codes = p.quantize(hi * share) - p.quantize(lo * share) + 1;
      if (last - first + 1 < codes) {
        break;
      }
      double divergence = divergence(points, p, first, last);
      if (divergence < least) {
        least = divergence;
        best = new Range(lo * share, hi * share);
      }
    }
    return best;
  }

  /** The first point that is not clipped. */
  private static int firstInside(ValueCounts points, QuantParams p) {
    int first = 0;
    while (first < points.size() && points.at(first) < p.minValue() - p.scale() / 2) {
      first++;
    }
    return first;
  }

  /** The last point that is not clipped. */
  private static int lastInside(ValueCounts points, QuantParams p) {
    int last = points.size() - 1;
    while (last >= 0 && points.at(last) > p.maxValue() + p.scale() / 2) {
      last--;
    }
    return last;
  }

  private static double divergence(ValueCounts points, QuantParams p, int first, int last) {
    int n = points.size();
    double[] reference = new double[last - first + 1];
    for (int i = 0; i < n; i++) {
      reference[Math.max(first, Math.min(last, i)) - first] += points.count(i);
    }
    double total = points.total();
    double inside = 0;
    for (int i = first; i <= last; i++) {
      inside += points.count(i);
    }
    double sum = 0;
    int from = first;
    while (from <= last) {
      int code = p.quantize((float) points.at(from));
      int to = from;
      double share = 0;
      while (to <= last && p.quantize((float) points.at(to)) == code) {
        share += points.count(to++);
      }
      double q = share / (to - from) / inside;
      for (int i = from; i < to; i++) {
        double r = reference[i - first] / total;
        sum += r * Math.log(r / q);
      }
      from = to;
    }
    return sum;
  }
}
