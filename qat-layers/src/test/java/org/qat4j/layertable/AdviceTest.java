package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QuantSpec;

/** What is said to answer the same as a layer that is refused does, and is not refused. */
@SuppressWarnings("deprecation") // GravesLSTM and what is made of two
class AdviceTest {
  private static final InputType VECTOR = InputType.feedForward(Nets.FEATURES);

  private static MultiLayerNetwork network(InputType input, Layer... layers) {
    ListBuilder list = Nets.builder(DataType.FLOAT).list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerNetwork network =
        new MultiLayerNetwork(list.layer(Nets.output()).setInputType(input).build());
    network.init();
    return network;
  }

  private static void same(
      MultiLayerNetwork refused,
      MultiLayerNetwork instead,
      Map<String, String> names,
      INDArray features) {
    assertThat(Qat.describe(refused, QuantSpec.int8()).problems()).isNotEmpty();
    assertThat(Qat.describe(instead, QuantSpec.int8()).problems()).isEmpty();
    names.forEach((to, from) -> instead.getParam(to).assign(refused.getParam(from)));
    assertThat(instead.output(features)).isEqualTo(refused.output(features));
  }

  @Test
  void twoDirectionsWithPeepholesAreAdded() {
    InputType input = InputType.recurrent(Nets.CHANNELS, Nets.STEPS);
    MultiLayerNetwork refused =
        network(
            input,
            new GravesBidirectionalLSTM.Builder().nOut(5).activation(Activation.TANH).build(),
            Nets.global(PoolingType.AVG));
    Layer graves = new GravesLSTM.Builder().nOut(5).activation(Activation.TANH).build();
    MultiLayerNetwork instead =
        network(
            input, new Bidirectional(Bidirectional.Mode.ADD, graves), Nets.global(PoolingType.AVG));
    Map<String, String> names =
        Map.of(
            "0_fW", "0_WF", "0_fRW", "0_RWF", "0_fb", "0_bF", "0_bW", "0_WB", "0_bRW", "0_RWB",
            "0_bb", "0_bB", "2_W", "2_W", "2_b", "2_b");
    same(refused, instead, names, Nets.sequences(new Random(1), 6, DataType.FLOAT).getFeatures(0));
  }

  @Test
  void anEncoderIsDenseLayers() {
    MultiLayerNetwork refused =
        network(
            VECTOR,
            new VariationalAutoencoder.Builder()
                .encoderLayerSizes(6)
                .decoderLayerSizes(6)
                .activation(Activation.TANH)
                .pzxActivationFunction(Activation.SIGMOID)
                .nOut(4)
                .build());
    MultiLayerNetwork instead =
        network(VECTOR, Nets.dense(6, Activation.TANH), Nets.dense(4, Activation.SIGMOID));
    Map<String, String> names =
        Map.of(
            "0_W",
            "0_e0W",
            "0_b",
            "0_e0b",
            "1_W",
            "0_pZXMeanW",
            "1_b",
            "0_pZXMeanb",
            "2_W",
            "1_W",
            "2_b",
            "1_b");
    same(refused, instead, names, Nets.vectors(new Random(1), 6, DataType.FLOAT).getFeatures(0));
  }

  @Test
  void anAutoEncoderIsDense() {
    MultiLayerNetwork refused =
        network(VECTOR, new AutoEncoder.Builder().nOut(5).activation(Activation.TANH).build());
    MultiLayerNetwork instead = network(VECTOR, Nets.dense(5, Activation.TANH));
    Map<String, String> names = Map.of("0_W", "0_W", "0_b", "0_b", "1_W", "1_W", "1_b", "1_b");
    same(refused, instead, names, Nets.vectors(new Random(1), 6, DataType.FLOAT).getFeatures(0));
  }
}
