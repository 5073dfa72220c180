package org.qat4j.tune.search;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.SplittableRandom;
import org.qat4j.QatException;

/** The values of one dimension, and how often each is tried. */
public sealed interface Distribution {
  /** Digits of a real value: more would tell apart what makes no difference. */
  MathContext DIGITS = new MathContext(4);

  /** A random value. */
  Object sample(SplittableRandom random);

  /**
   * A random value near another one.
   *
   * @param radius share of the whole width, in (0, 1]
   */
  Object near(Object value, double radius, SplittableRandom random);

  /** All values, or an empty list where they are too many to list. */
  List<Object> all();

  /** Real numbers, all equally likely. */
  record Uniform(double min, double max) implements Distribution {
    public Uniform {
      checkOrder(min, max);
    }

    @Override
    public Object sample(SplittableRandom random) {
      return rounded(min + (max - min) * random.nextDouble());
    }

    @Override
    public Object near(Object value, double radius, SplittableRandom random) {
      double step = radius * (max - min) * gaussian(random);
      return rounded(clamp(((Number) value).doubleValue() + step, min, max));
    }

    @Override
    public List<Object> all() {
      return List.of();
    }
  }

  /** Real numbers above 0 whose logarithms are all equally likely. */
  record LogUniform(double min, double max) implements Distribution {
    public LogUniform {
      checkOrder(min, max);
      if (!(min > 0)) {
        throw new QatException("log-uniform values lie above 0, but the smallest is " + min);
      }
    }

    @Override
    public Object sample(SplittableRandom random) {
      return rounded(min * Math.pow(max / min, random.nextDouble()));
    }

    @Override
    public Object near(Object value, double radius, SplittableRandom random) {
      double factor = Math.exp(radius * Math.log(max / min) * gaussian(random));
      return rounded(clamp(((Number) value).doubleValue() * factor, min, max));
    }

    @Override
    public List<Object> all() {
      return List.of();
    }
  }

  /** Whole numbers from {@code min} to {@code max}, all equally likely. */
  record Ints(int min, int max) implements Distribution {
    private static final int MANY = 1000;

    public Ints {
      checkOrder(min, max);
    }

    @Override
    public Object sample(SplittableRandom random) {
      return (int) random.nextLong(min, max + 1L);
    }

    @Override
    public Object near(Object value, double radius, SplittableRandom random) {
      double step = radius * ((double) max - min) * gaussian(random);
      long whole = Math.round(step);
      if (whole == 0) {
        whole = step < 0 ? -1 : 1;
      }
      return (int) clamp(((Number) value).doubleValue() + whole, min, max);
    }

    @Override
    public List<Object> all() {
      return (long) max - min >= MANY
          ? List.of()
          : java.util.stream.IntStream.rangeClosed(min, max).boxed().map(i -> (Object) i).toList();
    }
  }

  /** Named values without an order, all equally likely. */
  record Categorical(List<String> values) implements Distribution {
    public Categorical {
      values = List.copyOf(values);
      if (values.isEmpty()) {
        throw new QatException("a categorical dimension needs at least one value");
      }
      if (values.stream().distinct().count() < values.size()) {
        throw new QatException("a value stands twice in " + values);
      }
    }

    @Override
    public Object sample(SplittableRandom random) {
      return values.get(random.nextInt(values.size()));
    }

    @Override
    public Object near(Object value, double radius, SplittableRandom random) {
      return sample(random);
    }

    @Override
    public List<Object> all() {
      return List.copyOf(values);
    }
  }

  private static void checkOrder(double min, double max) {
    if (!(min < max) || Double.isInfinite(max - min)) {
      throw new QatException(
          "a range goes from a smaller to a larger number, not " + min + " to " + max);
    }
  }

  private static double clamp(double value, double min, double max) {
    return Math.max(min, Math.min(max, value));
  }

  private static Double rounded(double value) {
    return new BigDecimal(value).round(DIGITS).doubleValue();
  }

  /** Standard normal, by the polar method (Marsaglia and Bray, 1964). */
  private static double gaussian(SplittableRandom random) {
    double u;
    double s;
    do {
      u = 2 * random.nextDouble() - 1;
      double v = 2 * random.nextDouble() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s == 0);
    return u * StrictMath.sqrt(-2 * StrictMath.log(s) / s);
  }
}
