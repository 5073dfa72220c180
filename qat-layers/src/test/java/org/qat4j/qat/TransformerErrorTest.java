package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.IteratorDataSetIterator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.TransformerEncoder;
import org.qat4j.quantizer.Mode;

/** How far a transformer's blocks are from float, at 8 bits and random weights. */
class TransformerErrorTest {
  private static final int CHANNELS = 32;
  private static final int STEPS = 20;
  private static final int BLOCKS = 3;

  @Test
  void theErrorOfEachBlockIsSmall() {
    QatNetwork qat = Qat.prepare(network(), QuantSpec.int8());
    Random random = new Random(4);
    qat.calibrate(
        new IteratorDataSetIterator(List.of(batch(random), batch(random)).iterator(), 32), 2);
    INDArray x = batch(random).getFeatures();
    Map<String, INDArray> codes = qat.activations(x);
    qat.setMode(Mode.FLOAT);
    Map<String, INDArray> exact = qat.activations(x);
    for (int i = 1; i <= BLOCKS; i++) {
      for (String part : List.of("/norm1", "/attention", "/norm2", "/narrow", "")) {
        String name = "block" + i + part;
        double noise = noise(exact.get(name), codes.get(name));
        assertThat(noise).as("%s: %.1f dB", name, noise).isGreaterThan(20);
      }
    }
  }

  /** Signal to noise in decibels. */
  private static double noise(INDArray exact, INDArray codes) {
    double error = codes.sub(exact).norm2Number().doubleValue();
    return 20 * Math.log10(exact.norm2Number().doubleValue() / error);
  }

  private static ComputationGraph network() {
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .seed(2)
            .activation(Activation.IDENTITY)
            .graphBuilder()
            .addInputs("x")
            .addLayer("conv", new Convolution1DLayer.Builder(1).nOut(CHANNELS).build(), "x");
    TransformerEncoder encoder = new TransformerEncoder(CHANNELS, 4, 2 * CHANNELS, Activation.RELU);
    String last = "conv";
    for (int i = 1; i <= BLOCKS; i++) {
      last = encoder.addTo(graph, "block" + i, last);
    }
    graph
        .addLayer("norm", new LayerNormLayer(CHANNELS), last)
        .addLayer("mean", new GlobalPoolingLayer(PoolingType.AVG), "norm")
        .addLayer(
            "out",
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build(),
            "mean")
        .setOutputs("out")
        .setInputTypes(InputType.recurrent(8, STEPS));
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    return network;
  }

  private static DataSet batch(Random random) {
    float[] x = new float[32 * 8 * STEPS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return new DataSet(Nd4j.create(x, new long[] {32, 8, STEPS}, 'c'), Nd4j.ones(32, 3));
  }
}
