package org.qat4j.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.qat4j.report.TuningReport;
import org.qat4j.tune.search.Goal;
import org.qat4j.tune.search.Outcome;
import org.qat4j.tune.search.Point;

/** From what one layer at a time with fewer bits costs and saves. */
final class MixedPrecision {
  private MixedPrecision() {}

  /**
   * Points with ever fewer bits: always the layer next of which the least harm comes for the bytes
   * that it saves.
   *
   * @param untuned the setting without changes
   * @param oneByOne outcomes in which one layer alone has other bits
   * @param bits that layers may have
   */
  static List<Point> ladder(
      Outcome untuned, List<Outcome> oneByOne, Goal goal, List<Integer> bits) {
    List<Outcome> moves =
        oneByOne.stream()
            .filter(o -> o.succeeded() && bits.contains(bits(o)) && saved(o, untuned) > 0)
            .sorted(Comparator.comparingDouble(o -> harm(o, untuned, goal) / saved(o, untuned)))
            .toList();
    List<Point> ladder = new ArrayList<>();
    Point point = Point.UNTUNED;
    for (Outcome move : moves) {
      String name = name(move);
      Object now = point.get(name);
      if (now == null || Integer.parseInt((String) now) > bits(move)) {
        point = point.with(move.trial().point());
        ladder.add(point);
      }
    }
    return ladder;
  }

  private static double harm(Outcome o, Outcome untuned, Goal goal) {
    return goal.objective().of(untuned.score()) - goal.objective().of(o.score());
  }

  private static double saved(Outcome o, Outcome untuned) {
    return (double) untuned.score().bytes() - o.score().bytes();
  }

  private static String name(Outcome o) {
    return o.trial().point().values().firstKey();
  }

  private static int bits(Outcome o) {
    return Integer.parseInt((String) o.trial().point().get(name(o)));
  }

  static TuningReport.Sensitivity sensitivity(Outcome o, Outcome untuned) {
    return new TuningReport.Sensitivity(
        name(o).substring(name(o).indexOf('@') + 1),
        bits(o),
        100 * (o.score().accuracy() - untuned.score().accuracy()),
        o.score().loss() - untuned.score().loss(),
        untuned.score().bytes() - o.score().bytes());
  }
}
