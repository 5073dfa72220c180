package org.qat4j.pipeline;

import java.util.function.Consumer;
import org.qat4j.evaluation.Stage;
import org.qat4j.report.CurvePoint;

/** Is told every step of every training. */
interface Metrics extends Consumer<CurvePoint> {
  /** Does nothing with them. */
  Metrics NONE = point -> {};

  /**
   * A training begins, or goes on where one that was stopped had been kept.
   *
   * @param step steps that are done; what was told of later ones comes again
   */
  default void from(Stage stage, long step) {}
}
