package org.qat4j.tune;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.data.Dataset;
import org.qat4j.data.TextBatches;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.network.TextNetwork;
import org.qat4j.zoo.TinyTexts;
import org.qat4j.zoo.Zoo;

class TuneStepTest {
  @Test
  void shortTrainingsReadMasksWhereTheNetworkDoes() {
    Experiment e =
        ExperimentReader.parse(
            """
            schemaVersion: 1
            name: tiny
            data: langid
            model: {kind: bilstm, length: 50, dimension: 6, units: 5}
            train: {epochs: 1, batch: 16}
            tune: {trials: 10, qatSteps: 2}
            """);
    Dataset data = TinyTexts.of(48, 1);
    TextNetwork text = Zoo.build(e.model(), data, e.train(), 1);
    TextBatches train = TextBatches.shuffled(data, text.inputs(), 16, 1, 0);
    TextBatches validation = TextBatches.inOrder(data, data.validation(), text.inputs(), 16);

    Workload workload = new TuneStep(e, 1, data, text, train, validation).workload();

    INDArray mask = workload.train().next().getFeaturesMaskArray(0);
    assertThat(mask.minNumber().intValue()).isZero();
    assertThat(mask.maxNumber().intValue()).isOne();
  }
}
