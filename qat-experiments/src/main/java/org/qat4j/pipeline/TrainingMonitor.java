package org.qat4j.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.evaluation.Stage;
import org.qat4j.report.CurvePoint;
import org.qat4j.training.TrainingLog;

/** Shows how a training goes, hands on every step, and draws its learning curve from means. */
final class TrainingMonitor implements TrainingLog, AutoCloseable {
  private static final int POINTS_PER_EPOCH = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Stage stage;
  private final Progress progress;
  private final int every;
  private final Metrics metrics;
  private final List<Double> stepSeconds = new ArrayList<>();
  private final List<CurvePoint> points = new ArrayList<>();
  private final Stopwatch watch = new Stopwatch();
  private double secondsBefore;
  private double loss;
  private double examples;
  private double seconds;
  private int steps;
  private Step last;
  private CodeChanges codes; // null where no weights are quantized

  /**
   * @param metrics is given every step, and the validation accuracy after every pass
   */
  TrainingMonitor(Stage stage, Console console, int epochs, int stepsPerEpoch, Metrics metrics) {
    this.stage = stage;
    this.progress = console.progress("training: " + stage.title(), (long) epochs * stepsPerEpoch);
    this.every = Math.max(1, stepsPerEpoch / POINTS_PER_EPOCH);
    this.metrics = metrics;
  }

  /** Tells with every pass how many codes it changed. */
  void watch(CodeChanges changes) {
    codes = changes;
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
      points.add(mean(null));
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
    if (codes != null) {
      point = point.withCodesChanged(codes.next());
    }
    points.add(point);
    if (held || point.codesChanged() != null) {
      metrics.accept(point);
    }
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

  /** Which training it is. */
  Stage stage() {
    return stage;
  }

  /** The learning curve. */
  List<CurvePoint> curve() {
    return List.copyOf(points);
  }

  /** Time of the training in seconds. */
  double seconds() {
    return secondsBefore + watch.seconds();
  }

  /**
   * What a training that goes on has to know.
   *
   * @param curve points so far
   * @param loss sum since the last of them
   * @param examples sum since then
   * @param seconds sum since then
   * @param steps since then
   * @param last step, or null
   * @param medianStepSeconds of a step
   * @param trainingSeconds of all of them
   */
  private record Memento(
      List<CurvePoint> curve,
      double loss,
      double examples,
      double seconds,
      int steps,
      Step last,
      double medianStepSeconds,
      double trainingSeconds) {}

  /** For {@link #restore}, as JSON. */
  byte[] memento() throws IOException {
    return JSON.writeValueAsBytes(
        new Memento(points, loss, examples, seconds, steps, last, medianStepSeconds(), seconds()));
  }

  /** The training begins. */
  void begin() {
    metrics.from(stage, 0);
  }

  /** The training goes on where another process stopped. */
  void restore(byte[] memento) throws IOException {
    Memento m = JSON.readValue(memento, Memento.class);
    if (codes != null) {
      codes.forget();
    }
    points.addAll(m.curve());
    loss = m.loss();
    examples = m.examples();
    seconds = m.seconds();
    steps = m.steps();
    last = m.last();
    secondsBefore = m.trainingSeconds();
    if (!Double.isNaN(m.medianStepSeconds())) {
      stepSeconds.add(m.medianStepSeconds());
    }
    int done = last == null ? 0 : last.step();
    progress.step(done);
    metrics.from(stage, done);
  }

  @Override
  public void close() {
    progress.close();
  }
}
