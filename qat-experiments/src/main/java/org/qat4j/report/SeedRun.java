package org.qat4j.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.qat4j.QatException;
import org.qat4j.diagnostics.LayerReport;
import org.qat4j.diagnostics.LayerSize;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.qat.Diagnosis;

/**
 * Everything that one seed produced.
 *
 * @param seed of everything random
 * @param predictions of each stage on the test set
 * @param curves learning curves, in the order of time
 * @param layers of the quantized network, after calibration (PTQ) and after training (QAT)
 * @param pruning every pruning, in the order of time
 * @param sizes of the layers
 * @param inFloat layers that stay in float, each with its reason
 * @param diagnoses faults of the quantized network that its training does not show
 * @param bytes sizes, or null
 * @param verification the engines side by side, or null
 * @param tuning the search, or null
 * @param seconds time of each phase
 * @param totalSeconds from start to end
 * @param microsPerText time in which each stage answered a test text, in microseconds
 * @param qatStepOverFloatStep cost of a step, or null where there was no QAT
 */
public record SeedRun(
    long seed,
    Map<Stage, Predictions> predictions,
    List<CurvePoint> curves,
    Map<Stage, LayerReport> layers,
    List<PruneStep> pruning,
    List<LayerSize> sizes,
    List<String> inFloat,
    List<Diagnosis> diagnoses,
    ModelBytes bytes,
    Verification verification,
    TuningReport tuning,
    Map<Phase, Double> seconds,
    double totalSeconds,
    Map<Stage, Double> microsPerText,
    Double qatStepOverFloatStep) {
  public SeedRun {
    predictions = copy(predictions, Stage.class);
    curves = List.copyOf(curves);
    layers = copy(layers, Stage.class);
    pruning = List.copyOf(pruning);
    sizes = List.copyOf(sizes);
    inFloat = List.copyOf(inFloat);
    diagnoses = List.copyOf(diagnoses);
    seconds = copy(seconds, Phase.class);
    microsPerText = copy(microsPerText, Stage.class);
  }

  /**
   * The folds of a cross-validation as one run: answers on all test sets, times added up; curves,
   * layers and sizes of the first fold.
   *
   * @param folds one or more, of the same seed
   */
  public static SeedRun ofFolds(List<SeedRun> folds) {
    SeedRun first = folds.get(0);
    if (folds.size() == 1) {
      return first;
    }
    Map<Stage, Predictions> predictions = new EnumMap<>(Stage.class);
    first
        .predictions()
        .keySet()
        .forEach(
            stage ->
                predictions.put(
                    stage,
                    Predictions.join(
                        folds.stream().map(f -> f.predictions().get(stage)).toList())));
    Map<Phase, Double> seconds = new EnumMap<>(Phase.class);
    folds.forEach(fold -> fold.seconds().forEach((p, s) -> seconds.merge(p, s, Double::sum)));
    return new SeedRun(
        first.seed(),
        predictions,
        first.curves(),
        first.layers(),
        first.pruning(),
        first.sizes(),
        first.inFloat(),
        first.diagnoses(),
        first.bytes(),
        folds.stream()
            .map(SeedRun::verification)
            .filter(Objects::nonNull)
            .reduce(Verification::plus)
            .orElse(null),
        first.tuning(),
        seconds,
        folds.stream().mapToDouble(SeedRun::totalSeconds).sum(),
        first.microsPerText(),
        first.qatStepOverFloatStep());
  }

  /** The same with the answers of further stages, which take no part of its time. */
  public SeedRun with(Map<Stage, Predictions> further) {
    Map<Stage, Predictions> all = new EnumMap<>(Stage.class);
    all.putAll(predictions);
    all.putAll(further);
    return with(all, curves, layers, seconds, totalSeconds);
  }

  /** The same with a phase that was no part of it; the total grows by what it was waited for. */
  public SeedRun with(Phase phase, double took, double waited) {
    Map<Phase, Double> all = new EnumMap<>(Phase.class);
    all.putAll(seconds);
    all.merge(phase, took, Double::sum);
    return with(predictions, curves, layers, all, totalSeconds + waited);
  }

  /** The same without learning curves and layers. */
  public SeedRun withoutDetails() {
    return with(predictions, List.of(), Map.of(), seconds, totalSeconds);
  }

  private SeedRun with(
      Map<Stage, Predictions> newPredictions,
      List<CurvePoint> newCurves,
      Map<Stage, LayerReport> newLayers,
      Map<Phase, Double> newSeconds,
      double newTotalSeconds) {
    return new SeedRun(
        seed,
        newPredictions,
        newCurves,
        newLayers,
        pruning,
        sizes,
        inFloat,
        diagnoses,
        bytes,
        verification,
        tuning,
        newSeconds,
        newTotalSeconds,
        microsPerText,
        qatStepOverFloatStep);
  }

  private static <K extends Enum<K>, V> Map<K, V> copy(Map<K, V> map, Class<K> type) {
    Map<K, V> copy = new EnumMap<>(type);
    copy.putAll(map);
    return Collections.unmodifiableMap(copy);
  }

  /** Collects the parts of a run; the clock starts now. */
  public static Builder builder(long seed) {
    return new Builder(seed);
  }

  /** Collects the parts of a run. Not thread-safe. */
  public static final class Builder {
    private final long started = System.nanoTime();
    private final long seed;
    private final Map<Stage, Predictions> predictions = new EnumMap<>(Stage.class);
    private final List<CurvePoint> curves = new ArrayList<>();
    private final Map<Stage, LayerReport> layers = new EnumMap<>(Stage.class);
    private final Map<Phase, Double> seconds = new EnumMap<>(Phase.class);
    private final Map<Stage, Double> microsPerText = new EnumMap<>(Stage.class);
    private final List<PruneStep> pruning = new ArrayList<>();
    private List<LayerSize> sizes = List.of();
    private List<String> inFloat = List.of();
    private List<Diagnosis> diagnoses = List.of();
    private ModelBytes bytes;
    private Verification verification;
    private TuningReport tuning;
    private Double qatStepOverFloatStep;

    private Builder(long seed) {
      this.seed = seed;
    }

    /** Answers of a stage on the test set. */
    public Builder predictions(Stage stage, Predictions answers) {
      if (predictions.put(stage, answers) != null) {
        throw new QatException("the predictions of " + stage.key() + " were given twice");
      }
      return this;
    }

    /** One more point of a learning curve. */
    public Builder curve(CurvePoint point) {
      curves.add(point);
      return this;
    }

    /** Layers of the quantized network as it is at a stage: PTQ or QAT. */
    public Builder layers(Stage stage, LayerReport report) {
      layers.put(stage, report);
      return this;
    }

    /** More prunings. */
    public Builder pruning(List<PruneStep> steps) {
      pruning.addAll(steps);
      return this;
    }

    /** What each layer takes. */
    public Builder sizes(List<LayerSize> ofLayers) {
      this.sizes = ofLayers;
      return this;
    }

    /** Layers that stay in float, each with its reason. */
    public Builder inFloat(List<String> layers) {
      this.inFloat = layers;
      return this;
    }

    /** What the quantized network shows that its training does not. */
    public Builder diagnoses(List<Diagnosis> faults) {
      this.diagnoses = faults;
      return this;
    }

    public Builder bytes(ModelBytes sizes) {
      this.bytes = sizes;
      return this;
    }

    public Builder verification(Verification result) {
      this.verification = result;
      return this;
    }

    /** How the search went. */
    public Builder tuning(TuningReport search) {
      this.tuning = search;
      return this;
    }

    /** Time in which a stage answered a test text, in microseconds. */
    public Builder microsPerText(Stage stage, double micros) {
      microsPerText.put(stage, micros);
      return this;
    }

    /** Time of a QAT step as a multiple of that of a float step. */
    public Builder qatStepOverFloatStep(double ratio) {
      this.qatStepOverFloatStep = ratio;
      return this;
    }

    /** Adds to the time of a phase. */
    public Builder seconds(Phase phase, double more) {
      seconds.merge(phase, more, Double::sum);
      return this;
    }

    /** The run, whose total time ends now. */
    public SeedRun build() {
      return new SeedRun(
          seed,
          predictions,
          curves,
          layers,
          pruning,
          sizes,
          inFloat,
          diagnoses,
          bytes,
          verification,
          tuning,
          seconds,
          (System.nanoTime() - started) / 1e9,
          microsPerText,
          qatStepOverFloatStep);
    }
  }
}
