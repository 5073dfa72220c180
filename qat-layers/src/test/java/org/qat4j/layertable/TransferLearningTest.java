package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.SampleArrays;
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
      samples.add(SampleArrays.of(model, i, batch.getFeatures()));
    }
    Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples).requireExact();
    MultiLayerNetwork plain = (MultiLayerNetwork) qat.toFloat();
    assertThat(plain.paramTable().get("1_W")).isEqualTo(kernel);
    assertThat(plain.paramTable().get("3_W"))
        .isEqualTo(qat.multiLayerNetwork().paramTable().get("3_W"));
    assertThat(plain.getLayerWiseConfigurations().getConf(1).getLayer())
        .isInstanceOf(FrozenLayer.class);
  }

  /** As in the discriminator behind a generator: the gradient goes through, nothing changes. */
  @Test
  void gradientsPassLayersThatAreFrozenWithBackpropagation() {
    MultiDataSet batch = Nets.images(new Random(1), 16, DataType.FLOAT);
    DataSet data = new DataSet(batch.getFeatures(0), batch.getLabels(0));
    List<INDArray> changes = new ArrayList<>();
    for (boolean framed : new boolean[] {false, true}) {
      QatNetwork qat =
          Qat.prepare(generator(framed), QuantSpec.int8().withSchedule(Schedule.immediately()));
      qat.calibrate(new ListDataSetIterator<>(data.asList(), 16), 1);
      MultiLayerNetwork network = qat.multiLayerNetwork();
      INDArray before = network.paramTable().get("0_W").dup();
      INDArray kept = network.paramTable().get("1_W").dup();
      INDArray shift = network.paramTable().get("2_b").dup();
      network.fit(data);
      changes.add(network.paramTable().get("0_W").sub(before));
      assertThat(network.paramTable().get("1_W").equals(kept)).isEqualTo(framed);
      assertThat(network.paramTable().get("2_b").equals(shift)).isEqualTo(framed);
      network.fit(data);
      IntegerModel model = qat.freeze(FreezeInfo.named("m"), batch.getFeatures());
      Verifier.verify(
              qat,
              model,
              OnnxOptions.DEFAULT,
              List.of(SampleArrays.of(model, 3, batch.getFeatures())))
          .requireExact();
      MultiLayerNetwork plain = (MultiLayerNetwork) qat.toFloat();
      assertThat(
              plain.getLayerWiseConfigurations().getConf(1).getLayer()
                  instanceof FrozenLayerWithBackprop)
          .isEqualTo(framed);
    }
    double difference = changes.get(0).distance2(changes.get(1));
    assertThat(difference).isLessThan(0.05 * changes.get(0).norm2Number().doubleValue());
  }

  private static MultiLayerNetwork generator(boolean framed) {
    Layer conv = Nets.conv2d(5, 2, Activation.TANH);
    Layer dense = Nets.dense(6, Activation.RELU);
    NeuralNetConfiguration.ListBuilder list =
        Nets.builder(DataType.FLOAT)
            .updater(new Sgd(0.1))
            .list()
            .layer(Nets.conv2d(4, 2, Activation.RELU));
    for (Layer layer : List.of(conv, dense)) {
      list.layer(framed ? new FrozenLayerWithBackprop(layer) : layer);
    }
    list.layer(Nets.output())
        .setInputType(InputType.convolutional(Nets.HEIGHT, Nets.WIDTH, Nets.PLANES));
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    return network;
  }

  @Test
  void aRecurrentLayerThatIsFrozenWithBackpropagationIsRefused() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            Nets.builder(DataType.FLOAT)
                .list()
                .layer(Nets.conv(6, 3, Activation.TANH))
                .layer(new FrozenLayerWithBackprop(new LSTM.Builder().nIn(6).nOut(5).build()))
                .layer(new GlobalPoolingLayer())
                .layer(Nets.output())
                .setInputType(InputType.recurrent(Nets.CHANNELS, Nets.STEPS))
                .build());
    network.init();
    assertThat(Qat.describe(network, QuantSpec.int8()).problems())
        .anySatisfy(problem -> assertThat(problem).contains("LSTM", "NoOp"));
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
