package org.qat4j.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.deeplearning4j.datasets.iterator.IteratorDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.qat4j.graph.LayerInfo;
import org.qat4j.graph.Match;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Schedule;
import org.qat4j.runtime.Sample;

/**
 * Random stacks of recurrent layers, attention, normalization, convolutions and pooling, of both
 * network types, with and without masks: trained, frozen, and not one value differs.
 */
class RandomSequencesTest {
  private static final int EXAMPLES = 12;
  private static final Set<String> WIDE =
      Set.of(
          "Convolution1DLayer",
          "DenseLayer",
          "OutputLayer",
          "RnnOutputLayer",
          "MultiHeadAttentionLayer",
          "LayerNormLayer");
  private static final Schedule LATER = Schedule.of(1_000_000, 1_000_000);

  @Test
  void notOneValueOfRandomStacksDiffers() {
    for (long seed = 0; seed < 25; seed++) {
      compare(seed);
    }
    compare(103); // its output layer reads the last step of two directions with 9 bits
    compare(167); // its mean over time is rounded otherwise with a mask of ones than without one
  }

  @Test
  @Tag("slow")
  void notOneValueOfManyRandomStacksDiffers() {
    for (long seed = 25; seed < 400; seed++) {
      compare(seed);
    }
  }

  /** In every second network some of the layers that can have more than 8 bits. */
  private static QuantSpec widened(QuantSpec spec, Model network, long seed) {
    Random random = new Random(seed);
    QuantSpec widened = spec;
    for (LayerInfo layer : Qat.layers(network)) {
      int wide = 9 + random.nextInt(8);
      if (seed % 2 == 1 && WIDE.contains(layer.type()) && random.nextInt(3) > 0) {
        widened =
            widened.with(
                new Match.Name(layer.name()),
                s -> s.withActivations(s.activations().withBits(wide)));
      }
    }
    return widened;
  }

  private static void compare(long seed) {
    RandomSequenceNetworks draw = new RandomSequenceNetworks(seed);
    int bits = 4 + (int) (seed % 5);
    Model network = draw.network(seed);
    QuantSpec spec = widened(QuantSpec.of(LayerSpec.of(bits, bits)), network, seed);
    Model notYet = Qat.prepare(network, spec.withSchedule(LATER)).network();
    DataSet seen = draw.data(8);
    assertThat(output(notYet, seen).distance1(output(network, seen)))
        .as("seed %d, before anything is rounded", seed)
        .isLessThan(1e-4);
    QatNetwork qat = Qat.prepare(network, spec);
    List<DataSet> batches = new ArrayList<>(List.of(draw.data(8), draw.data(8)));
    qat.calibrate(new IteratorDataSetIterator(batches.iterator(), 8), 2);
    for (int step = 0; step < 2; step++) {
      if (qat.network() instanceof ComputationGraph graph) {
        graph.fit(draw.data(8));
      } else {
        ((MultiLayerNetwork) qat.network()).fit(draw.data(8));
      }
    }
    DataSet test = draw.data(EXAMPLES);
    IntegerModel model = qat.freeze(FreezeInfo.named("random"), test.getFeatures());
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < EXAMPLES; i++) {
      Sample all = SampleArrays.of(model, i, test.getFeatures());
      if (model.inputs().size() == 2) { // real sequences and their mask
        int[] mask = test.getFeaturesMaskArray().getRow(i).toIntVector();
        all = Sample.of(new int[][] {null, mask}, new float[][] {all.reals(0), null});
      }
      samples.add(all);
    }
    VerifyReport report = Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples);
    assertThat(report.layers())
        .as("seed %d", seed)
        .allSatisfy(
            layer -> {
              assertThat(layer.javaVsOnnx()).isZero();
              assertThat(layer.qatVsJava()).isZero();
            });
    assertThat(report.argmaxFlips()).as("seed %d", seed).isZero();
  }

  /** As in a training step. */
  private static INDArray output(Model network, DataSet data) {
    INDArray mask = data.getFeaturesMaskArray();
    if (network instanceof ComputationGraph graph) {
      INDArray[] masks = mask == null ? null : new INDArray[] {mask};
      return graph.output(true, new INDArray[] {data.getFeatures()}, masks, null)[0];
    }
    return ((MultiLayerNetwork) network).output(data.getFeatures(), true, mask, null);
  }
}
