package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Integer weights that are kept between evaluations are those of the parameters as they are now.
 */
class EvaluationCacheTest {

  @ParameterizedTest
  @EnumSource(Example.class)
  void everyChangeOfAParameterCounts(Example example) {
    QatNetwork qat = example.prepare(QuantSpec.int8());
    INDArray[] x = example.features(new Random(4), 5, DataType.FLOAT);
    INDArray first = qat.output(x);
    assertThat(qat.output(x)).isEqualTo(first);

    Example.params(qat.network())
        .forEach(
            (key, p) -> {
              if (key.endsWith("_W") || key.endsWith("_b")) {
                INDArray before = p.dup();
                p.addi(0.03f);
                p.putScalar(0, p.getFloat(0) - 0.2f);
                assertThat(qat.output(x)).as(key).isEqualTo(unused(qat).output(x));
                p.assign(before);
              }
            });
    assertThat(qat.output(x)).isEqualTo(first);

    Example.fit(qat, example.data(3, 2));
    assertThat(qat.output(x)).isEqualTo(unused(qat).output(x)).isNotEqualTo(first);
  }

  /** A copy that has not evaluated anything yet. */
  private static QatNetwork unused(QatNetwork qat) {
    return Qat.resume(
        qat.network() instanceof ComputationGraph graph
            ? graph.clone()
            : ((MultiLayerNetwork) qat.network()).clone());
  }
}
