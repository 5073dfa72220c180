package org.qat4j.tune;

import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.data.TextBatches;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.QuantizeSpec;
import org.qat4j.model.IntegerModel;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.training.Regime;
import org.qat4j.training.Trainer;
import org.qat4j.training.TrainingLog;
import org.qat4j.training.TrainingPlan;

/** Trains a candidate for a few steps under quantization. */
final class ShortTraining {
  /** A training draws from ND4J's one random generator, and uses all processors by itself. */
  private static final Object ONE_AT_A_TIME = new Object();

  private final Model network;
  private final Workload workload;

  ShortTraining(Model network, Workload workload) {
    this.network = network;
    this.workload = workload;
  }

  /**
   * The frozen model of a candidate after the first steps of its training, at whose end the
   * schedule of the experiment is as in a whole one.
   */
  IntegerModel train(Experiment candidate) {
    synchronized (ONE_AT_A_TIME) {
      return trained(candidate);
    }
  }

  private IntegerModel trained(Experiment candidate) {
    QuantizeSpec quantize = candidate.quantize();
    QuantizeSpec.Qat plan = quantize.qat();
    QatNetwork qat = Qat.prepare(network, quantize.toQuantSpec(workload.train().batches()));
    workload.train().seek(new TextBatches.Position(0, 0));
    qat.calibrate(workload.train(), quantize.calibrationBatches());
    Trainer.fit(
        qat.network(),
        new TrainingPlan(1, plan.learningRate(), plan.schedule(), false, workload.seed())
            .in(Regime.of(candidate.train())),
        workload.train(),
        null,
        TrainingLog.SILENT);
    return qat.freeze(FreezeInfo.named("candidate"), first());
  }

  private INDArray[] first() {
    return workload.train().first(1);
  }
}
