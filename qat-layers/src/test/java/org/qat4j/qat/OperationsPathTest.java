package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.calibration.RangeRule;
import org.qat4j.layers.internal.quantizing.Operations;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.Ste;

/**
 * Quantization by operations of ND4J, as on a GPU, is quantization by loops in Java, bit for bit:
 * weights, ranges and answers of a training are the same. Both with DL4J's own layers, since {@code
 * FastLayersTest} and {@code RecurrentPassTest} compare the faster ones.
 */
class OperationsPathTest {

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource
  void bothPathsGiveTheSameBits(Example example, String name, QuantSpec spec) {
    QatNetwork loops = Operations.withoutFastLayers(() -> train(example, spec));
    QatNetwork operations =
        Operations.withoutFastLayers(() -> Operations.only(() -> train(example, spec)));
    Map<String, INDArray> expected = Example.params(loops.network());
    Example.params(operations.network())
        .forEach((key, p) -> assertThat(bits(p)).as(key).isEqualTo(bits(expected.get(key))));
    INDArray[] x = example.features(new Random(4), 9, DataType.FLOAT);
    INDArray answers = loops.output(x);
    assertThat(Operations.only(() -> operations.output(x))).isEqualTo(answers);
  }

  private static float[] bits(INDArray p) {
    return p.reshape(p.length()).toFloatVector();
  }

  private static QatNetwork train(Example example, QuantSpec spec) {
    QatNetwork qat = example.prepare(spec);
    Nd4j.getRandom().setSeed(5);
    Example.fit(qat, example.data(2, 5));
    assertThat(qat.trainingSteps()).isEqualTo(5);
    return qat;
  }

  static Stream<Arguments> bothPathsGiveTheSameBits() {
    LayerSpec low = LayerSpec.of(2, 4);
    Map<String, QuantSpec> specs =
        Map.of(
            "W8A8", QuantSpec.int8().withSchedule(Schedule.of(0, 3)),
            "W2A4, searched, clipped",
                QuantSpec.of(
                    low.withWeights(low.weights().withRange(new RangeRule.Mse()))
                        .withActivations(
                            low.activations().withRange(new RangeRule.Percentile(90)))),
            "stochastic",
                QuantSpec.of(
                    low.withWeights(low.weights().withSte(Ste.STOCHASTIC))
                        .withActivations(low.activations().withSte(Ste.STOCHASTIC))));
    return specs.entrySet().stream()
        .flatMap(
            s -> Stream.of(Example.values()).map(e -> Arguments.of(e, s.getKey(), s.getValue())));
  }
}
