package org.qat4j.tune;

import java.util.Locale;
import org.qat4j.console.Progress;
import org.qat4j.tune.search.Goal;
import org.qat4j.tune.search.Outcome;

/** Shows how a search goes. */
final class Watcher {
  private final Goal goal;
  private final int examples;
  private final Progress progress;
  private Outcome best;
  private int failed;

  /**
   * @param examples all that there are
   */
  Watcher(Goal goal, int examples, Progress progress) {
    this.goal = goal;
    this.examples = examples;
    this.progress = progress;
  }

  void accept(Outcome o) {
    failed += o.succeeded() ? 0 : 1;
    boolean full = o.succeeded() && o.trial().examples() == examples;
    if (full && (best == null || goal.isBetter(o, best))) {
      best = o;
    }
    if (best != null) {
      progress.message(
          String.format(
              Locale.ROOT,
              "best: loss %.4f, %.2f %%, %.0f kB%s",
              best.score().loss(),
              100 * best.score().accuracy(),
              best.score().bytes() / 1000.0,
              failed == 0 ? "" : ", " + failed + " failed"));
    }
    progress.step(1);
  }
}
