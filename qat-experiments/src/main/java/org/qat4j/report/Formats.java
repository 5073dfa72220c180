package org.qat4j.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.qat4j.evaluation.Difference;
import org.qat4j.evaluation.Interval;
import org.qat4j.evaluation.Metric;

/** Figures for people, the same in every locale. */
public final class Formats {
  /** What stands where there is no figure. */
  public static final String NONE = "–";

  private Formats() {}

  /** A share as "85.31 %". */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  /** An interval of shares as "[84.90, 85.72]", in percent. */
  public static String percent(Interval interval) {
    return String.format(Locale.ROOT, "[%.2f, %.2f]", 100 * interval.lo(), 100 * interval.hi());
  }

  /** A score in the unit of its metric: "85.31 %" or "0.513". */
  public static String score(Metric metric, double score) {
    return metric.isShare() ? percent(score) : decimals(score, 3);
  }

  /** An interval of scores in the unit of their metric, in percent where they are shares. */
  public static String score(Metric metric, Interval interval) {
    return metric.isShare()
        ? percent(interval)
        : String.format(Locale.ROOT, "[%.3f, %.3f]", interval.lo(), interval.hi());
  }

  /** A standard deviation of scores, in percentage points where they are shares. */
  public static String deviation(Metric metric, double deviation) {
    return metric.isShare() ? decimals(100 * deviation, 2) : decimals(deviation, 3);
  }

  /** How much better a score is, as "+0.12" in percentage points or "+0.012". */
  public static String gain(Metric metric, double gain) {
    return metric.isShare() ? points(gain) : signed(String.format(Locale.ROOT, "%+.3f", gain));
  }

  /** What differences are, in a sentence. */
  public static String gains(Metric metric) {
    return metric.isShare()
        ? "in percentage points"
        : "in the unit of the numbers, positive where better";
  }

  /** What a column of gains over a stage is called. */
  public static String gainTitle(Metric metric, String stage) {
    return metric.isShare() ? "to " + stage + ", points" : "gain over " + stage;
  }

  /**
   * A difference with its interval as "+0.12 [−0.05, +0.29]", in percentage points where scores are
   * shares and otherwise in their unit; positive is better.
   */
  public static String gain(Difference d) {
    return gain(d.metric(), d.mean())
        + " ["
        + gain(d.metric(), d.interval().lo())
        + ", "
        + gain(d.metric(), d.interval().hi())
        + "]";
  }

  /** The same for a sentence that goes on with "points"; the metric is named where need be. */
  public static String points(Difference d) {
    return gain(d) + (d.metric().isShare() ? "" : " " + d.metric().title());
  }

  /** A difference of shares with its interval, in percentage points. */
  public static String points(double mean, Interval interval) {
    return points(mean) + " [" + points(interval.lo()) + ", " + points(interval.hi()) + "]";
  }

  /** A difference of shares as "+0.12", in percentage points. */
  public static String points(double difference) {
    return signed(String.format(Locale.ROOT, "%+.2f", 100 * difference));
  }

  private static String signed(String text) {
    return (text.matches("[+-]0\\.0+") ? text.substring(1) : text).replace('-', '−');
  }

  /** "1,234,567". */
  public static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /** Bytes as "1.23 MB", of 10⁶. */
  public static String bytes(long bytes) {
    return bytes < 10_000
        ? String.format(Locale.ROOT, "%,d B", bytes)
        : bytes < 1_000_000
            ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
            : String.format(Locale.ROOT, "%.2f MB", bytes / 1e6);
  }

  /** Seconds as "12.3 s" or "4 min 05 s". */
  public static String seconds(double s) {
    long whole = Math.round(s);
    return s < 100
        ? String.format(Locale.ROOT, "%.1f s", s)
        : String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
  }

  /** Three significant digits, without zeros at the end. */
  public static String number(double v) {
    return new BigDecimal(v)
        .round(new MathContext(3, RoundingMode.HALF_EVEN))
        .stripTrailingZeros()
        .toString()
        .replace('-', '−');
  }

  /** As many decimals as asked for; {@link #NONE} for null and NaN. */
  public static String decimals(Double v, int decimals) {
    return v == null || v.isNaN()
        ? NONE
        : Double.isInfinite(v) ? "∞" : String.format(Locale.ROOT, "%." + decimals + "f", v);
  }
}
