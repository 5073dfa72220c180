package org.qat4j.tune;

import java.util.List;
import org.qat4j.data.Dataset;
import org.qat4j.data.TextBatches;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.network.TextNetwork;
import org.qat4j.training.Trainer;
import org.qat4j.training.TrainingLog;
import org.qat4j.training.TrainingPlan;
import org.qat4j.zoo.TinyTexts;
import org.qat4j.zoo.Zoo;

/** A small trained network to search on; the same each time. */
final class TinySearch {
  static final Dataset DATA = TinyTexts.of(120, 1);
  private static final TextNetwork TEXT = train();

  private TinySearch() {}

  /**
   * An experiment with ternary weights.
   *
   * @param tune keys of the section tune, in one line
   */
  static Experiment experiment(String tune) {
    return ExperimentReader.parse(
        """
        schemaVersion: 1
        name: tiny
        data: langid
        model:
          kind: char-ngram-cnn
          length: 24
          dimension: 8
          filters: 16
          buckets: 300
          bagDimension: 8
        train: {epochs: 2, batch: 16}
        quantize:
          weights: {bits: 2}
          activations: {bits: 4}
          calibrationBatches: 4
        tune: {%s}
        """
            .formatted(tune));
  }

  private static TextNetwork train() {
    Experiment e = experiment("");
    TextNetwork text = Zoo.build(e.model(), DATA, e.train(), 1);
    TrainingPlan plan = new TrainingPlan(2, 0.01, e.train().schedule(), false, 1);
    Trainer.fit(text.network(), plan, batches(e, text, true), null, TrainingLog.SILENT);
    return text;
  }

  private static TextBatches batches(Experiment e, TextNetwork text, boolean training) {
    List<org.qat4j.data.Example> texts = training ? DATA.train() : DATA.validation();
    return training
        ? TextBatches.shuffled(texts, text.inputs(), 3, e.train().batch(), 1, 0)
        : TextBatches.inOrder(texts, text.inputs(), 3, e.train().batch());
  }

  static TuneStep step(String tune) {
    Experiment e = experiment(tune);
    return new TuneStep(e, 1, DATA, TEXT, batches(e, TEXT, true), batches(e, TEXT, false));
  }
}
