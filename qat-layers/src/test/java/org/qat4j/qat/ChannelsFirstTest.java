package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks with channels last answer the same when they are put in order. */
class ChannelsFirstTest {
  private static final InputType IMAGES = InputType.convolutional(8, 7, 3, CNN2DFormat.NHWC);

  private static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder()
        .seed(5)
        .updater(new Adam(0.01))
        .activation(Activation.TANH);
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(3)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static DataSet data() {
    Nd4j.getRandom().setSeed(2);
    INDArray labels = Nd4j.zeros(9, 3);
    for (int i = 0; i < 9; i++) {
      labels.putScalar(i, i % 3, 1);
    }
    return new DataSet(Nd4j.randn(9, 8, 7, 3), labels);
  }

  /** Behind the flattened image something for each value, which has to be put in order too. */
  @Test
  void aFlattenedImageIsPutInOrder() {
    MultiLayerNetwork last =
        new MultiLayerNetwork(
            builder()
                .list()
                .layer(new ConvolutionLayer.Builder(3, 2).nOut(4).build())
                .layer(new BatchNormalization())
                .layer(
                    new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .kernelSize(2, 2)
                        .stride(2, 1)
                        .build())
                .layer(new ActivationLayer(Activation.CUBE))
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(output())
                .setInputType(IMAGES)
                .build());
    last.init();
    DataSet data = data();
    for (int i = 0; i < 3; i++) {
      last.fit(data);
    }
    MultiLayerNetwork first = (MultiLayerNetwork) ChannelsFirst.of(last);
    INDArray images = data.getFeatures().permute(0, 3, 1, 2).dup('c');
    assertThat(first.output(images).equalsWithEps(last.output(data.getFeatures()), 1e-5)).isTrue();
    assertThat(first.getLayerWiseConfigurations().toJson()).doesNotContain("NHWC");
    assertThat(Qat.describe(first, QuantSpec.int8()).isFine()).isTrue();
    assertThat(Qat.describe(last, QuantSpec.int8()).problems())
        .anySatisfy(p -> assertThat(p).contains("ChannelsFirst.of(network)"));
  }

  @Test
  void aGraphMergesAlongItsChannels() {
    GraphBuilder graph =
        builder()
            .graphBuilder()
            .addInputs("x")
            .addLayer("left", new ConvolutionLayer.Builder(1, 1).nOut(2).build(), "x")
            .addLayer("right", new ConvolutionLayer.Builder(1, 1).nOut(3).build(), "x")
            .addVertex("both", new MergeVertex(), "left", "right")
            .addLayer("conv", new ConvolutionLayer.Builder(2, 2).nOut(4).build(), "both")
            .addLayer("max", new GlobalPoolingLayer(PoolingType.MAX), "conv")
            .addLayer("out", output(), "max")
            .setOutputs("out")
            .setInputTypes(IMAGES);
    ComputationGraph last = new ComputationGraph(graph.build());
    last.init();
    ComputationGraph first = (ComputationGraph) ChannelsFirst.of(last);
    INDArray images = data().getFeatures();
    INDArray expected = last.outputSingle(images);
    INDArray actual = first.outputSingle(images.permute(0, 3, 1, 2).dup('c'));
    assertThat(actual.equalsWithEps(expected, 1e-5)).isTrue();
  }
}
