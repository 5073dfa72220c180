package org.qat4j.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.report.CurvePoint;
import org.qat4j.report.Stage;
import org.qat4j.training.TrainingLog;

/** Shows how a training goes and keeps its learning curve. */
final class TrainingMonitor implements TrainingLog, AutoCloseable {
  private static final int POINTS_PER_EPOCH = 20;

  private final Stage stage;
  private final Progress progress;
  private final int every;
  private final Consumer<CurvePoint> sink;
  private final List<Double> stepSeconds = new ArrayList<>();
  private double loss;
  private double examples;
  private double seconds;
  private int steps;
  private Step last;

  /**
   * @param sink is given every point of the learning curve
   */
  TrainingMonitor(
      Stage stage, Console console, int epochs, int stepsPerEpoch, Consumer<CurvePoint> sink) {
    this.stage = stage;
    this.progress = console.progress("training: " + stage.title(), (long) epochs * stepsPerEpoch);
    this.every = Math.max(1, stepsPerEpoch / POINTS_PER_EPOCH);
    this.sink = sink;
  }

  @Override
  public void step(Step step) {
    progress.step(1);
    last = step;
    loss += step.loss();
    examples += step.examples();
    seconds += step.seconds();
    stepSeconds.add(step.seconds());
    if (++steps == every) {
      progress.message(String.format(Locale.ROOT, "loss %.4f", loss / steps));
      point(null);
    }
  }

  private void point(Double validationAccuracy) {
    if (last == null) {
      return;
    }
    double n = Math.max(1, steps);
    sink.accept(
        new CurvePoint(
            stage,
            last.step(),
            last.epoch(),
            steps == 0 ? last.loss() : loss / n,
            validationAccuracy,
            last.learningRate(),
            seconds == 0 ? 0 : examples / seconds));
    loss = 0;
    examples = 0;
    seconds = 0;
    steps = 0;
  }

  @Override
  public void epoch(Epoch epoch) {
    boolean held = !Double.isNaN(epoch.validationAccuracy());
    point(held ? epoch.validationAccuracy() : null);
    if (held) {
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
