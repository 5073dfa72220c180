package org.qat4j.tune;

import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.experiment.TunedSettings;
import org.qat4j.format.ModelFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Requantizer;
import org.qat4j.runtime.Sample;
import org.qat4j.tune.search.Evaluator;
import org.qat4j.tune.search.Examples;
import org.qat4j.tune.search.Point;
import org.qat4j.tune.search.Score;
import org.qat4j.tune.search.StagedRuntime;

/** Tries candidates on the integer model that they would be served as. */
final class CandidateEvaluator implements Evaluator {
  /** For answers of parts that candidates have in common. */
  private static final long KEPT_BYTES = 256L << 20;

  private static final int TIMED = 200;

  private final Workload workload;
  private final Experiment untuned;
  private final Requantizer requantizer;
  private final StagedRuntime runtime;
  private final ShortTraining training;

  /** Bytes of tensors of earlier candidates, as long as these are kept. */
  private final Map<QuantizedTensor, Long> sizes = new WeakHashMap<>();

  CandidateEvaluator(Workload workload) {
    this(workload, runtime(workload));
  }

  /**
   * One of several that try candidates of one search at a time.
   *
   * @param runtime that they share
   */
  CandidateEvaluator(Workload workload, StagedRuntime runtime) {
    this.workload = workload;
    this.untuned = ExperimentReader.parse(workload.experiment());
    Model network = workload.network().load();
    this.requantizer = new Requantizer(network, workload.calibration());
    this.runtime = runtime;
    this.training = workload.train() == null ? null : new ShortTraining(network, workload);
  }

  /** For the examples of a search. */
  static StagedRuntime runtime(Workload workload) {
    return new StagedRuntime(workload.examples().samples(), KEPT_BYTES);
  }

  @Override
  public Score evaluate(Point point, int examples) {
    Experiment candidate = TunedSettings.apply(untuned, point.values());
    IntegerModel model =
        training != null
            ? training.train(candidate)
            : requantizer.freeze(
                candidate.quantize().toPostTrainingSpec(), FreezeInfo.named("candidate"));
    Examples all = workload.examples();
    return all.score(
        runtime.run(model, examples),
        isSoftmax(model),
        ModelFile.size(model, this::bytes),
        bits(model),
        workload.latency() != null ? micros(model) : Double.NaN);
  }

  private long bytes(QuantizedTensor tensor) {
    return sizes.computeIfAbsent(tensor, ModelFile::bytes);
  }

  private static boolean isSoftmax(IntegerModel model) {
    String output = model.outputs().get(0);
    return model.ops().stream().anyMatch(o -> o.name().equals(output) && o instanceof Op.Softmax);
  }

  private static double bits(IntegerModel model) {
    double bits = 0;
    double weights = 0;
    for (Op op : model.ops()) {
      for (QuantizedTensor t : op.tensors()) {
        bits += (double) t.codes().length * t.bits();
        weights += t.codes().length;
      }
    }
    return bits / weights;
  }

  private double micros(IntegerModel model) {
    List<Sample> samples = workload.examples().samples();
    return workload.latency().micros(model, samples.subList(0, Math.min(TIMED, samples.size())));
  }
}
