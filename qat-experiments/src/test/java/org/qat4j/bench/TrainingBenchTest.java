package org.qat4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.dataset.DataSet;
import org.qat4j.QatException;
import org.qat4j.bench.TrainingSpec.Body;

class TrainingBenchTest {
  private static final int STEPS = 9;

  /** Java objects that a step makes do not grow with the model: here 400 kB and 12 MB of words. */
  @Test
  void garbageDoesNotGrowWithTheModel() {
    assertThat(garbage(TrainingVariant.QAT, 30_000))
        .isLessThan(garbage(TrainingVariant.QAT, 1_000) + 100_000);
  }

  private static double garbage(TrainingVariant variant, int vocabulary) {
    TrainingSpec spec = new TrainingSpec(Body.CNN, List.of(20), 16, vocabulary, 3);
    List<DataSet> data = TrainingVariant.data(spec, 20);
    MultiLayerNetwork network = variant.network(spec, 20, data);
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double[] bytes = new double[STEPS];
    for (int i = -STEPS; i < STEPS; i++) {
      long before = thread.getCurrentThreadAllocatedBytes();
      network.fit(data.get(Math.floorMod(i, data.size())));
      if (i >= 0) {
        bytes[i] = thread.getCurrentThreadAllocatedBytes() - before;
      }
    }
    return Bench.quantile(bytes, 0.5);
  }

  @ParameterizedTest
  @EnumSource
  void everyNetworkTakesSteps(Body body) {
    TrainingSpec spec = new TrainingSpec(body, List.of(6), 4, 30, 3);
    List<DataSet> data = TrainingVariant.data(spec, 6);
    for (TrainingVariant variant : TrainingVariant.values()) {
      MultiLayerNetwork network = variant.network(spec, 6, data);
      double before = network.score(data.get(0));
      for (int i = 0; i < 20; i++) {
        network.fit(data.get(0));
      }
      assertThat(network.score(data.get(0))).as(variant.label()).isLessThan(before);
    }
  }

  @Test
  void impossibleMeasurementsAreRefused() {
    assertThatThrownBy(() -> new TrainingSpec(Body.CNN, List.of(100, 4), 64, 100, 3))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("at least 5 words");
    assertThatThrownBy(() -> new TrainingSpec(Body.CNN, List.of(100), 0, 100, 3))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("at least 1 text");
    assertThatThrownBy(() -> new TrainingSpec(Body.CNN, List.of(100), 64, 1, 3))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("at least 2 words");
    assertThatThrownBy(() -> new TrainingSpec(Body.CNN, List.of(100), 64, 100, 2))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("at least 3 rounds");
  }
}
