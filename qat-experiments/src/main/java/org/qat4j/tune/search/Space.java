package org.qat4j.tune.search;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.qat4j.QatException;

/**
 * All that may be chosen.
 *
 * @param dimensions a condition names one that stands before
 */
public record Space(List<Dimension> dimensions) {
  /** Dimensions of a random point that are as they were: none, half, or most of them. */
  private static final double[] KEPT = {0, 0.5, 0.8};

  /** How often a step goes back to what was, and how often it changes one dimension more. */
  private static final double BACK = 0.15;

  private static final double MORE = 0.5;

  public Space {
    dimensions = List.copyOf(dimensions);
    Set<String> names = new HashSet<>();
    for (Dimension d : dimensions) {
      if (d.when() != null && !names.contains(d.when().dimension())) {
        throw new QatException(
            "dimension \""
                + d.name()
                + "\" depends on \""
                + d.when().dimension()
                + "\", which does not stand before it; there are "
                + names);
      }
      if (!names.add(d.name())) {
        throw new QatException("two dimensions are called \"" + d.name() + "\"");
      }
    }
  }

  /** A random point, which changes all, half or few of the dimensions. */
  public Point sample(SplittableRandom random) {
    double kept = KEPT[random.nextInt(KEPT.length)];
    Point point = Point.UNTUNED;
    for (Dimension d : dimensions) {
      boolean keep = random.nextDouble() < kept;
      if (!keep && d.isActive(point)) {
        point = point.with(d.name(), d.values().sample(random));
      }
    }
    return point;
  }

  /**
   * A random point near another: one dimension is changed, or a few.
   *
   * @param radius size of a step as a share of the width of a dimension, in (0, 1]
   */
  public Point near(Point from, double radius, SplittableRandom random) {
    Point point = from;
    do {
      Dimension d = dimensions.get(random.nextInt(dimensions.size()));
      if (d.isActive(point)) {
        point = point.with(d.name(), step(d, point.get(d.name()), radius, random));
      }
    } while (random.nextDouble() < MORE);
    return consistent(point);
  }

  private static Object step(Dimension d, Object now, double radius, SplittableRandom random) {
    if (now == null) {
      return d.values().sample(random);
    }
    return random.nextDouble() < BACK ? null : d.values().near(now, radius, random);
  }

  /** The same without values that have no meaning there. */
  Point consistent(Point point) {
    Point rest = point;
    for (Dimension d : dimensions) {
      if (rest.get(d.name()) != null && !d.isActive(rest)) {
        rest = rest.with(d.name(), null);
      }
    }
    return rest;
  }

  /** All points, if they are at most so many; an empty list where they are more. */
  public List<Point> all(int most) {
    List<Point> points = new ArrayList<>(List.of(Point.UNTUNED));
    for (Dimension d : dimensions) {
      List<Object> values = d.values().all();
      List<Point> longer = new ArrayList<>();
      for (Point p : points) {
        if (!d.isActive(p)) {
          longer.add(p);
        } else if (values.isEmpty() || longer.size() + values.size() > most) {
          return List.of();
        } else {
          values.forEach(v -> longer.add(p.with(d.name(), v)));
        }
      }
      points = longer;
    }
    return points;
  }
}
