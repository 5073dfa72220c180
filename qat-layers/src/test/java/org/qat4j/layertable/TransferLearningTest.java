package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.Samples;
import org.qat4j.quantizer.Schedule;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.Verifier;

/** Frozen layers and frozen statistics under quantization. */
class TransferLearningTest {
  @Test
  void frozenLayersKeepTheirParametersAndAreQuantized() {
    Model whole = Nets.images(DataType.FLOAT, Nets.conv2d(5, 2, Activation.RELU));
    whole.init();
    MultiLayerNetwork frozen =
        new TransferLearning.Builder((MultiLayerNetwork) whole).setFeatureExtractor(1).build();
    QatNetwork qat = Qat.prepare(frozen, QuantSpec.int8());
    MultiDataSet batch = Nets.images(new Random(1), 16, DataType.FLOAT);
    DataSet data = new DataSet(batch.getFeatures(0), batch.getLabels(0));
    qat.calibrate(new ListDataSetIterator<>(data.asList(), 16), 1);
    INDArray kernel = qat.multiLayerNetwork().paramTable().get("1_W").dup();
    INDArray output = qat.multiLayerNetwork().paramTable().get("3_W").dup();
    for (int i = 0; i < 5; i++) {
      qat.multiLayerNetwork().fit(data);
    }
    assertThat(qat.multiLayerNetwork().paramTable().get("1_W")).isEqualTo(kernel);
    assertThat(qat.multiLayerNetwork().paramTable().get("3_W")).isNotEqualTo(output);
    assertThat(qat.trainingSteps()).isEqualTo(5);
    assertThat(qat.multiLayerNetwork().getLayerWiseConfigurations().getConf(1).getLayer())
        .isInstanceOf(FrozenLayer.class);
    IntegerModel model = qat.freeze(FreezeInfo.named("m"), batch.getFeatures());
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      samples.add(Samples.of(model, i, batch.getFeatures()));
    }
    Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples).requireExact();
    MultiLayerNetwork plain = (MultiLayerNetwork) qat.toFloat();
    assertThat(plain.paramTable().get("1_W")).isEqualTo(kernel);
    assertThat(plain.paramTable().get("3_W"))
        .isEqualTo(qat.multiLayerNetwork().paramTable().get("3_W"));
    assertThat(plain.getLayerWiseConfigurations().getConf(1).getLayer())
        .isInstanceOf(FrozenLayer.class);
  }

  /** From the step on that the schedule says, training leaves the running statistics alone. */
  @Test
  void statisticsAreFrozenByTheSchedule() {
    Model network =
        Nets.images(
            DataType.FLOAT, Nets.conv2d(5, 2, Activation.IDENTITY), new BatchNormalization());
    network.init();
    Schedule schedule = Schedule.immediately().withFreezeBatchNormAfter(2);
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8().withSchedule(schedule));
    MultiDataSet batch = Nets.images(new Random(1), 16, DataType.FLOAT);
    DataSet data = new DataSet(batch.getFeatures(0), batch.getLabels(0));
    qat.calibrate(new ListDataSetIterator<>(data.asList(), 16), 1);
    INDArray last = null;
    for (int step = 1; step <= 5; step++) {
      INDArray gamma = qat.multiLayerNetwork().paramTable().get("2_gamma").dup();
      qat.multiLayerNetwork().fit(data);
      INDArray mean = qat.multiLayerNetwork().paramTable().get("2_mean");
      if (step > 1) {
        assertThat(mean.equals(last)).as("step %d", step).isEqualTo(step > 2);
      }
      last = mean.dup();
      assertThat(qat.multiLayerNetwork().paramTable().get("2_gamma")).isNotEqualTo(gamma);
    }
  }
}
