package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.qat4j.quantizer.Schedule;

/**
 * Before fake quantization starts a prepared network is smooth: its gradients in every layer are
 * those of finite differences, in double precision.
 */
public class SmoothGradientTest {
  private static final double STEP = 1e-6;

  @ParameterizedTest
  @EnumSource
  void gradientsAreThoseOfFiniteDifferences(Example example) {
    QuantSpec spec = QuantSpec.int8().withSchedule(Schedule.of(1_000_000, 1_000_000));
    Model network = Qat.prepare(example.network(DataType.DOUBLE), spec).network();
    withoutDropout(network);
    MultiDataSet batch = example.batch(new Random(5), 6, DataType.DOUBLE);

    score(network, batch);
    INDArray gradient = network.gradient().gradient().dup();
    SoftAssertions softly = new SoftAssertions();
    int at = 0;
    int checked = 0;
    for (Map.Entry<String, INDArray> param : Example.params(network).entrySet()) {
      INDArray values = param.getValue();
      int n = (int) values.length();
      if (!param.getKey().contains("quant")) {
        for (int i = 0; i < n; i += Math.max(1, n / 8)) {
          double there = network.params().getDouble(at + i);
          network.params().putScalar(at + i, there + STEP);
          double up = score(network, batch);
          network.params().putScalar(at + i, there - STEP);
          double down = score(network, batch);
          network.params().putScalar(at + i, there);
          double expected = (up - down) / (2 * STEP);
          double actual = gradient.getDouble(at + i) / 6;
          softly
              .assertThat(Math.abs(actual - expected))
              .as("%s[%s]: %s, by differences %s", param.getKey(), i, actual, expected)
              .isLessThan(1e-7 + 1e-4 * Math.abs(expected));
          checked++;
        }
      }
      at += n;
    }
    softly.assertAll();
    assertThat(checked).isGreaterThan(40);
  }

  /** Runs a step without its update. */
  public static double score(Model network, org.nd4j.linalg.dataset.api.MultiDataSet batch) {
    if (network instanceof ComputationGraph graph) {
      graph.setInputs(batch.getFeatures());
      graph.setLabels(batch.getLabels());
      graph.computeGradientAndScore();
    } else {
      MultiLayerNetwork net = (MultiLayerNetwork) network;
      net.setInput(batch.getFeatures(0));
      net.setLabels(batch.getLabels(0));
      net.computeGradientAndScore();
    }
    return network.score();
  }

  public static void withoutDropout(Model network) {
    Layer[] layers =
        network instanceof ComputationGraph graph
            ? graph.getLayers()
            : ((MultiLayerNetwork) network).getLayers();
    for (Layer layer : layers) {
      layer.conf().getLayer().setIDropout(null);
    }
  }
}
