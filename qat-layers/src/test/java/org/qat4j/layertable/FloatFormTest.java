package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.IteratorMultiDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.qat4j.QatException;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.internal.FloatOnnxExporter;
import org.qat4j.onnx.internal.OnnxRunner;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.runtime.Sample;

/** The float ONNX file of every layer of docs/layers.md answers what DL4J answers in float. */
class FloatFormTest {
  private static final int EXAMPLES = 10;
  private static final List<String> TABLES =
      List.of("OwnLayer", "ScaleVertex", "ShiftVertex", "SimpleRnn, leakyrelu");

  /** Layers of one's own, and vertices that scale or shift, are tables that nobody knows. */
  static Stream<LayerCase> layers() {
    return LayerCases.all().stream()
        .filter(c -> c.refusal() == null)
        .filter(c -> TABLES.stream().noneMatch(c.layer()::contains));
  }

  /** Weights of 8 bits are all that differs. */
  @ParameterizedTest
  @MethodSource("layers")
  void isNearToTheNetwork(LayerCase c) {
    Model network = c.create(DataType.FLOAT);
    MultiDataSet batch = c.data().draw(new Random(4), EXAMPLES, DataType.FLOAT);
    IntegerModel model = model(network, batch);
    INDArray expected = SampleArrays.channelsLast(Both.output(network, batch)).dup('c');
    double span = expected.maxNumber().doubleValue() - expected.minNumber().doubleValue();
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < EXAMPLES; i++) {
      samples.add(SampleArrays.of(model, i, batch.getFeatures()));
    }
    try (OnnxRunner runner = new OnnxRunner(model, FloatOnnxExporter.toBytes(model), 1)) {
      float[][] actual = runner.run(samples);
      float[] values = expected.data().asFloat();
      for (int i = 0; i < EXAMPLES; i++) {
        for (int j = 0; j < actual[i].length; j++) {
          assertThat(Math.abs(actual[i][j] - values[i * actual[i].length + j]))
              .as("%s: example %s, output %s", c, i, j)
              .isLessThan((float) (0.03 * span));
        }
      }
    }
  }

  private static IntegerModel model(Model network, MultiDataSet batch) {
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    qat.calibrate(
        new IteratorMultiDataSetIterator(
            List.<org.nd4j.linalg.dataset.api.MultiDataSet>of(batch).iterator(), EXAMPLES),
        1);
    return qat.freeze(FreezeInfo.named("model"), batch.getFeatures());
  }

  @Test
  void aTableThatNobodyKnowsIsNamed() {
    LayerCase shifted =
        LayerCases.all().stream()
            .filter(c -> c.layer().contains("ShiftVertex"))
            .findFirst()
            .orElseThrow();
    MultiDataSet batch = shifted.data().draw(new Random(4), EXAMPLES, DataType.FLOAT);
    IntegerModel model = model(shifted.create(DataType.FLOAT), batch);
    assertThatThrownBy(() -> FloatOnnxExporter.toBytes(model))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("operation \"subject\"");
  }
}
