package org.qat4j.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.qat4j.evaluation.Difference;
import org.qat4j.evaluation.Interval;

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

  /** A difference of shares with its interval as "+0.12 [−0.05, +0.29]", in percentage points. */
  public static String points(Difference d) {
    return points(d.mean(), d.interval());
  }

  /** A difference of shares with its interval, in percentage points. */
  public static String points(double mean, Interval interval) {
    return points(mean) + " [" + points(interval.lo()) + ", " + points(interval.hi()) + "]";
  }

  /** A difference of shares as "+0.12", in percentage points. */
  public static String points(double difference) {
    String text = String.format(Locale.ROOT, "%+.2f", 100 * difference);
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
