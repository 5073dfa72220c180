package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.deeplearning4j.datasets.iterator.IteratorMultiDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.Verifier;
import org.qat4j.verify.VerifyReport;

/**
 * Networks drawn from a seed, of both types: after a few steps under quantization, network, Java
 * runtime and ONNX Runtime give the same codes.
 */
class RandomNetworksTest {
  private static final int EXAMPLES = 12;

  static LongStream few() {
    return LongStream.range(0, 16);
  }

  static LongStream many() {
    return LongStream.range(16, 240);
  }

  @ParameterizedTest
  @MethodSource("few")
  void aFewAgree(long seed) {
    verify(seed);
    verifyGraph(seed);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("many")
  void manyAgree(long seed) {
    verify(seed);
    verifyGraph(seed);
  }

  /** The seeds reach both types of networks, and every kind of input. */
  @Test
  void everyKindIsDrawn() {
    List<String> kinds = new ArrayList<>();
    few().forEach(seed -> kinds.add(new RandomNetwork(seed).kind()));
    assertThat(kinds).contains("images", "sequences", "vectors");
  }

  private static void verify(long seed) {
    RandomNetwork drawn = new RandomNetwork(seed);
    verify(seed, drawn.create(), drawn.data());
  }

  private static void verifyGraph(long seed) {
    RandomGraph drawn = new RandomGraph(seed);
    verify(seed, drawn.create(), drawn.data());
  }

  private static void verify(long seed, Model network, LayerCase.Batches data) {
    int bits = 3 + (int) (seed % 6);
    QatNetwork qat = Qat.prepare(network, QuantSpec.of(LayerSpec.of(bits, 8)));
    Random random = new Random(seed);
    MultiDataSet[] sets = new MultiDataSet[3];
    for (int i = 0; i < sets.length; i++) {
      sets[i] = data.draw(random, EXAMPLES, DataType.FLOAT);
    }
    qat.calibrate(
        new IteratorMultiDataSetIterator(
            List.<org.nd4j.linalg.dataset.api.MultiDataSet>of(sets).iterator(), EXAMPLES),
        sets.length);
    for (MultiDataSet set : sets) {
      Both.fit(qat.network(), set);
    }
    check(seed, qat, sets[0]);
    if (qat.network() instanceof MultiLayerNetwork net) {
      check(seed, Qat.resume(net.toComputationGraph()), sets[0]);
    }
  }

  private static void check(long seed, QatNetwork qat, MultiDataSet batch) {
    IntegerModel model = qat.freeze(FreezeInfo.named("seed " + seed), batch.getFeatures());
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < EXAMPLES; i++) {
      samples.add(SampleArrays.of(model, i, batch.getFeatures()));
    }
    VerifyReport report = Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples);
    assertThat(report.requireExact().exact()).as("seed %d", seed).isTrue();
    assertThat(report.qatVsJavaCodes()).as("seed %d", seed).isZero();
  }
}
