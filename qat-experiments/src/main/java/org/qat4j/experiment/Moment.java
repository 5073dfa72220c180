package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qat4j.QatException;

/**
 * A point of a training, always with its unit: {@code 50%} of its steps, or {@code 200 steps}.
 *
 * @param amount ≥ 0; at most 100 for a percentage, a whole number for steps
 * @param unit of the amount
 */
public record Moment(double amount, Unit unit) {
  /** How a moment is written, as a regular expression of Java and of JSON Schema. */
  static final String SYNTAX = "([0-9]+(?:\\.[0-9]+)?) ?(%|steps?)";

  private static final Pattern PATTERN = Pattern.compile(SYNTAX);

  /** What a moment is measured in. */
  public enum Unit {
    /** Share of all steps of the training. */
    PERCENT,
    /** Steps from the start of the training. */
    STEPS
  }

  public Moment {
    amount += 0.0; // -0.0 becomes 0.0
    boolean valid =
        switch (unit) {
          case PERCENT -> amount >= 0 && amount <= 100;
          case STEPS -> amount >= 0 && amount <= Integer.MAX_VALUE && amount == Math.rint(amount);
        };
    if (!valid) {
      throw new QatException(
          "a moment is a percentage from 0% to 100%, or a whole number of steps, not "
              + text(amount)
              + (unit == Unit.PERCENT ? "%" : " steps"));
    }
  }

  /** A share of the training, 0 to 100. */
  public static Moment percent(double amount) {
    return new Moment(amount, Unit.PERCENT);
  }

  /** A number of steps from the start. */
  public static Moment steps(long amount) {
    return new Moment(amount, Unit.STEPS);
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws QatException if the text has another form
   */
  @JsonCreator
  public static Moment parse(String text) {
    Matcher matcher = PATTERN.matcher(text);
    if (!matcher.matches()) {
      throw new QatException(
          "a moment is a share of the training such as 50%, or a count such as 200 steps, not \""
              + text
              + "\"");
    }
    return new Moment(
        Double.parseDouble(matcher.group(1)),
        matcher.group(2).equals("%") ? Unit.PERCENT : Unit.STEPS);
  }

  /**
   * Steps from the start until this moment, in a training of {@code total} steps; may be more than
   * that.
   */
  public long toSteps(long total) {
    return unit == Unit.STEPS ? (long) amount : Math.round(total * amount / 100);
  }

  @Override
  @JsonValue
  public String toString() {
    return text(amount) + (unit == Unit.PERCENT ? "%" : amount == 1 ? " step" : " steps");
  }

  private static String text(double amount) {
    return Double.isFinite(amount)
        ? BigDecimal.valueOf(amount).stripTrailingZeros().toPlainString()
        : String.valueOf(amount);
  }
}
