package org.qat4j.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.evaluation.Stage;
import org.qat4j.report.CurvePoint;
import org.qat4j.training.TrainingLog;

/** Shows how a training goes, hands on every step, and draws its learning curve from means. */
final class TrainingMonitor implements TrainingLog, AutoCloseable {
  private static final int POINTS_PER_EPOCH = 20;

  private final Stage stage;
  private final Progress progress;
  private final int every;
  private final Consumer<CurvePoint> metrics;
  private final Consumer<CurvePoint> curve;
  private final List<Double> stepSeconds = new ArrayList<>();
  private double loss;
  private double examples;
  private double seconds;
  private int steps;
  private Step last;

  /**
   * @param metrics is given every step, and the validation accuracy after every pass
   * @param curve is given the points of the learning curve, means over some steps
   */
  TrainingMonitor(
      Stage stage,
      Console console,
      int epochs,
      int stepsPerEpoch,
      Consumer<CurvePoint> metrics,
      Consumer<CurvePoint> curve) {
    this.stage = stage;
    this.progress = console.progress("training: " + stage.title(), (long) epochs * stepsPerEpoch);
    this.every = Math.max(1, stepsPerEpoch / POINTS_PER_EPOCH);
    this.metrics = metrics;
    this.curve = curve;
  }

  @Override
  public void step(Step step) {
    progress.step(1);
    last = step;
    metrics.accept(of(step, step.loss(), null, step.examples() / step.seconds()));
    loss += step.loss();
    examples += step.examples();
    seconds += step.seconds();
    stepSeconds.add(step.seconds());
    if (++steps == every) {
      progress.message(String.format(Locale.ROOT, "loss %.4f", loss / steps));
      curve.accept(mean(null));
    }
  }

  private CurvePoint of(Step step, double loss, Double validationAccuracy, double speed) {
    return new CurvePoint(
        stage, step.step(), step.epoch(), loss, validationAccuracy, step.learningRate(), speed);
  }

  /** Mean since the point before; the last step where there was none since. */
  private CurvePoint mean(Double validationAccuracy) {
    CurvePoint point =
        steps == 0
            ? of(last, last.loss(), validationAccuracy, last.examples() / last.seconds())
            : of(last, loss / steps, validationAccuracy, examples / seconds);
    loss = 0;
    examples = 0;
    seconds = 0;
    steps = 0;
    return point;
  }

  @Override
  public void epoch(Epoch epoch) {
    boolean held = !Double.isNaN(epoch.validationAccuracy());
    CurvePoint point = mean(held ? epoch.validationAccuracy() : null);
    curve.accept(point);
    if (held) {
      metrics.accept(point);
      progress.message(
          String.format(
              Locale.ROOT,
              "loss %.4f, validation %.2f %%",
              epoch.trainingLoss(),
              100 * epoch.validationAccuracy()));
    }
  }

  /** Median time of a step in seconds; NaN before the first one. */
  double medianStepSeconds() {
    if (stepSeconds.isEmpty()) {
      return Double.NaN;
    }
    return stepSeconds.stream().sorted().skip(stepSeconds.size() / 2).findFirst().orElseThrow();
  }

  @Override
  public void close() {
    progress.close();
  }
}
