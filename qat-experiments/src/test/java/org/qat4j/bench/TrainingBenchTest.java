package org.qat4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.dataset.DataSet;
import org.qat4j.QatException;
import org.qat4j.bench.TrainingSpec.Body;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QuantSpec;

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
    Model network = variant.network(spec, 20, data);
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double[] bytes = new double[STEPS];
    for (int i = -STEPS; i < STEPS; i++) {
      long before = thread.getCurrentThreadAllocatedBytes();
      TrainingVariant.fit(network, data.get(Math.floorMod(i, data.size())));
      if (i >= 0) {
        bytes[i] = thread.getCurrentThreadAllocatedBytes() - before;
      }
    }
    return Bench.quantile(bytes, 0.5);
  }

  @ParameterizedTest
  @EnumSource(names = {"CNN", "LSTM", "DENSE", "SMALL"})
  void everyNetworkTakesSteps(Body body) {
    TrainingSpec spec = new TrainingSpec(body, List.of(6), 4, 30, 3);
    int length = spec.lengths().get(0);
    List<DataSet> data = TrainingVariant.data(spec, length);
    for (TrainingVariant variant : TrainingVariant.values()) {
      Model network = variant.network(spec, length, data);
      double before = ((MultiLayerNetwork) network).score(data.get(0));
      for (int i = 0; i < 20; i++) {
        TrainingVariant.fit(network, data.get(0));
      }
      assertThat(((MultiLayerNetwork) network).score(data.get(0)))
          .as(variant.label())
          .isLessThan(before);
    }
  }

  /** As large as they are published, apart from the classes; and quantized when they are narrow. */
  @Test
  void networksOfImagesAreThoseOfTheArticles() {
    assertThat(convolutions(TrainingNetworks.vgg16(32, 16, 10))).isEqualTo(13);
    assertThat(convolutions(TrainingNetworks.resnet50(32, 16, 10))).isEqualTo(53);
    TrainingSpec spec = new TrainingSpec(Body.RESNET50, List.of(32), 2, 30, 3);
    DataSet batch = TrainingVariant.data(spec, 32).get(0);
    Model qat = Qat.prepare(TrainingNetworks.resnet50(32, 16, 10), QuantSpec.int8()).network();
    TrainingVariant.fit(qat, batch);
    assertThat(qat.score()).isFinite();
  }

  private static int convolutions(Model network) {
    return (int)
        Qat.layers(network).stream()
            .filter(layer -> layer.type().equals("ConvolutionLayer"))
            .count();
  }

  @Test
  void impossibleMeasurementsAreRefused() {
    assertThatThrownBy(() -> new TrainingSpec(Body.CNN, List.of(100, 4), 64, 100, 3))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("at least 5 words");
    assertThatThrownBy(() -> new TrainingSpec(Body.VGG16, List.of(31), 64, 100, 3))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("at least 32 pixels");
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
