package org.qat4j.report;

import java.util.Comparator;
import java.util.List;

/** The point of a curve of accuracy against size beyond which more bytes buy little. */
final class Knee {
  private Knee() {}

  /**
   * A model.
   *
   * @param bytes its size
   * @param accuracy or another figure of which more is better
   */
  record Point(double bytes, double accuracy) {}

  /**
   * Points that no other beats: none is as small and more accurate, or smaller and as accurate.
   *
   * @return from the smallest to the largest
   */
  static List<Point> front(List<Point> points) {
    return points.stream()
        .distinct()
        .filter(p -> points.stream().noneMatch(q -> beats(q, p)))
        .sorted(Comparator.comparingDouble(Point::bytes))
        .toList();
  }

  private static boolean beats(Point q, Point p) {
    return q.bytes <= p.bytes
        && q.accuracy >= p.accuracy
        && (q.bytes < p.bytes || q.accuracy > p.accuracy);
  }

  /**
   * The point of the front farthest above the line from its smallest to its largest point, both
   * axes scaled to [0, 1] (Satopää et al., "Finding a Kneedle in a Haystack", 2011, definition in
   * section III). Of a front of one or two points the smallest.
   *
   * @param points one or more
   */
  static Point of(List<Point> points) {
    List<Point> front = front(points);
    Point first = front.get(0);
    Point last = front.get(front.size() - 1);
    double width = last.bytes - first.bytes;
    double height = last.accuracy - first.accuracy;
    return front.stream()
        .max(
            Comparator.comparingDouble(
                p ->
                    width == 0 || height == 0
                        ? 0
                        : (p.accuracy - first.accuracy) / height - (p.bytes - first.bytes) / width))
        .map(best -> front.size() < 3 ? first : best)
        .orElseThrow();
  }
}
