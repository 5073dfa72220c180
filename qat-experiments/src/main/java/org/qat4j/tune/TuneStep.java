package org.qat4j.tune;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Hashes;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Predictions;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentWriter;
import org.qat4j.experiment.TuneSpec;
import org.qat4j.network.TextNetwork;
import org.qat4j.qat.Calibration;
import org.qat4j.runtime.Sample;
import org.qat4j.task.Classification;
import org.qat4j.task.Task;
import org.qat4j.training.Evaluate;
import org.qat4j.tune.search.Examples;

/**
 * The step of an experiment that searches: calibrates the float network, encodes the validation
 * texts, and tries candidates on them.
 *
 * @param experiment has a section {@code tune}
 * @param seed of the search
 * @param data whose validation texts candidates are tried on
 * @param text the trained float network
 * @param train texts that calibrate
 * @param validation in order
 */
public record TuneStep(
    Experiment experiment,
    long seed,
    Dataset data,
    TextNetwork text,
    TextBatches train,
    TextBatches validation) {

  public TuneStep {
    if (!(Task.of(data) instanceof Classification)) {
      throw new QatException(
          "tune searches for networks that give each text one class; leave the section tune out");
    }
    if (experiment.tune() == null) {
      throw new QatException(
          "the experiment has no section tune; add one, for example\ntune:\n  trials: 400");
    }
  }

  /** Where calibrations begin: on a pass of its own, so that all of them see the same texts. */
  public static TextBatches.Position calibrationTexts(Experiment experiment) {
    return new TextBatches.Position(experiment.quantize().qat().epochs(), 0);
  }

  /**
   * Searches.
   *
   * @param journal file of the trials; one that is there is gone on with
   * @throws QatException if the untuned setting fails, or the journal is of another search
   */
  public Tuner.Result run(Path journal, Console console) {
    return Tuner.run(workload(), journal, console);
  }

  /** All that the workers need. */
  Workload workload() {
    return workload(Latency.MEASURED);
  }

  /** The same with a latency that is not that of this machine. */
  Workload workload(Latency latency) {
    Model network = text.network();
    TuneSpec tune = experiment.tune();
    train.seek(calibrationTexts(experiment));
    Calibration calibration =
        Calibration.of(
            network, train, experiment.quantize().calibrationBatches(), validation.first(1));
    return new Workload(
        ExperimentWriter.toYaml(experiment),
        identity(network),
        seed,
        new SavedNetwork(network),
        calibration,
        examples(network),
        tune.qatSteps() == 0 ? null : shortTraining(tune.qatSteps()),
        tune.maxMicros() == null ? null : latency);
  }

  private String identity(Model network) {
    MessageDigest digest = Hashes.digest();
    Hashes.update(digest, data.sha256());
    for (float p : network.params().toFloatVector()) {
      Hashes.update(digest, Float.floatToIntBits(p));
    }
    return Hashes.hex(digest.digest());
  }

  /** The validation texts in an order of which every part is a fair sample. */
  private Examples examples(Model network) {
    Predictions floats = Evaluate.predict(network, validation);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < validation.size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(seed));
    List<Sample> samples = new ArrayList<>();
    int encoders = text.encoders().size();
    for (int i : order) {
      int[][] ids = new int[encoders][];
      for (int e = 0; e < encoders; e++) {
        ids[e] = validation.ids(e, i);
      }
      samples.add(Sample.ofTokens(ids));
    }
    return new Examples(
        samples,
        order.stream().mapToInt(validation::label).toArray(),
        order.stream().mapToInt(floats::predicted).toArray());
  }

  /** As many training texts as short trainings have steps for. */
  private TextBatches shortTraining(int steps) {
    int batch = experiment.train().batch();
    List<Example> some = new ArrayList<>(data.train());
    Collections.shuffle(some, new Random(seed));
    return TextBatches.shuffled(
        some.subList(0, (int) Math.min(some.size(), (long) steps * batch)),
        text.inputs(),
        data.labels().size(),
        batch,
        seed,
        experiment.train().tokenDropout());
  }
}
