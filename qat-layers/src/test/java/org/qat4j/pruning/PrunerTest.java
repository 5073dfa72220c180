package org.qat4j.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.graph.Match;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.pruning.PruneRule.Except;
import org.qat4j.pruning.PruneRule.Pattern;
import org.qat4j.pruning.PruneRule.Scope;
import org.qat4j.qat.Example;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Scheme;

class PrunerTest {
  private static final PruningSchedule NOW = PruningSchedule.immediately();

  private static double zeros(INDArray values) {
    int zeros = 0;
    for (float v : Floats.read(values)) {
      zeros += v == 0 ? 1 : 0;
    }
    return zeros / (double) values.length();
  }

  private static void prune(Model network, PruneRule rule) {
    new Pruner(network, rule, NOW).step(0);
  }

  private static boolean isWeight(String param) {
    return param.matches(".*_[fb]?R?W");
  }

  @ParameterizedTest
  @EnumSource
  void everyLayerLosesItsShare(Example example) {
    Model network = example.network();
    PruneRule rule =
        new PruneRule(
            new Pattern.Free(),
            Scope.LAYER,
            0.7,
            List.of(
                new Except(new Match.Last(), 0),
                new Except(new Match.NamePattern("conv.*|wide|narrow|both"), 0.5)));
    prune(network, rule);
    for (Map.Entry<String, INDArray> e : Example.params(network).entrySet()) {
      String layer = name(network, e.getKey());
      boolean conv = layer.matches("conv.*|wide|narrow|both");
      double share = layer.equals("out") ? 0 : conv ? 0.5 : 0.7;
      if (isWeight(e.getKey())) {
        assertThat(zeros(e.getValue()))
            .as(layer)
            .isCloseTo(share, within(0.501 / e.getValue().length()));
      }
    }
  }

  private static String name(Model network, String param) {
    String layer = param.substring(0, param.lastIndexOf('_'));
    return network instanceof MultiLayerNetwork net
        ? net.getLayer(Integer.parseInt(layer)).conf().getLayer().getLayerName()
        : layer;
  }

  /** Whatever stays is larger than whatever went. */
  @ParameterizedTest
  @EnumSource
  void theSmallestOfTheNetworkGo(Example example) {
    Model network = example.network();
    Model before = example.network();
    Pruner pruner =
        new Pruner(network, new PruneRule(new Pattern.Free(), Scope.GLOBAL, 0.6, List.of()), NOW);
    pruner.step(0);
    assertThat(pruner.sparsity()).isCloseTo(0.6, within(0.01));
    double largestGone = 0;
    double smallestLeft = Double.POSITIVE_INFINITY;
    for (Map.Entry<String, INDArray> e : Example.params(network).entrySet()) {
      if (isWeight(e.getKey())) {
        float[] was = Floats.read(Example.params(before).get(e.getKey()));
        float[] is = Floats.read(e.getValue());
        for (int i = 0; i < is.length; i++) {
          double size = Math.abs(was[i]);
          largestGone = is[i] == 0 ? Math.max(largestGone, size) : largestGone;
          smallestLeft = is[i] == 0 ? smallestLeft : Math.min(smallestLeft, size);
        }
      }
    }
    assertThat(largestGone).isLessThanOrEqualTo(smallestLeft);
  }

  @ParameterizedTest
  @EnumSource
  void keepsSoManyOfAdjacentWeights(Example example) {
    Model network = example.network();
    prune(network, PruneRule.keep(1, 4));
    for (Map.Entry<String, INDArray> e : Example.params(network).entrySet()) {
      if (!isWeight(e.getKey())) {
        continue;
      }
      INDArray w = e.getValue();
      float[] values = Floats.read(w);
      String layer = name(network, e.getKey());
      boolean table = List.of("embedding", "sum", "mean", "token").contains(layer);
      int nOut = (int) (w.rank() == 4 ? w.size(0) : w.size(1));
      int nIn = (int) (w.rank() == 4 ? w.size(1) : w.size(0));
      int run = table ? nOut : nIn;
      int kept = 0;
      for (float v : values) {
        kept += v == 0 ? 0 : 1;
      }
      int groups = (run + 3) / 4 * (values.length / run);
      assertThat(kept).as(layer).isEqualTo(groups);
      for (int tap = 0; tap < values.length / (nIn * nOut); tap++) {
        for (int i = 0; i < nIn; i++) {
          for (int o = 0; o < nOut; o++) {
            if (values[(tap * nIn + i) * nOut + o] != 0) {
              int from = (table ? o : i) / 4 * 4;
              for (int j = from; j < Math.min(from + 4, run); j++) {
                int other = table ? i * nOut + j : (tap * nIn + j) * nOut + o;
                assertThat(other == (tap * nIn + i) * nOut + o || values[other] == 0).isTrue();
              }
            }
          }
        }
      }
    }
  }

  /** Through training, saving, cloning, preparation and training under quantization. */
  @ParameterizedTest
  @EnumSource
  void whatIsPrunedStays(Example example) throws IOException {
    Model network = example.network();
    PruningSchedule gradual = new PruningSchedule(0, 8, 3);
    Pruner pruner = new Pruner(network, PruneRule.weights(0.75), gradual);
    var data = example.data(3, 12);
    for (int step = 0; data.hasNext(); step++) {
      pruner.step(step);
      assertThat(pruner.sparsity()).isCloseTo(gradual.sparsity(0.75, step), within(0.02));
      Example.fit(network, data.next());
    }
    Model again = saved(network);
    Model clone =
        again instanceof ComputationGraph g ? g.clone() : ((MultiLayerNetwork) again).clone();
    Example.fit(clone, example.data(4, 4));
    assertSameZeros(network, clone);

    for (LayerSpec spec :
        List.of(
            LayerSpec.of(2, 8),
            LayerSpec.int8()
                .withWeights(
                    LayerSpec.int8().weights().withGranularity(new Granularity.Tensor())))) {
      QatNetwork qat = Qat.prepare(clone, QuantSpec.of(spec));
      qat.calibrate(example.data(1, 4), 4);
      Example.fit(qat, example.data(5, 6));
      Model loaded = saved(qat.network());
      Example.fit(loaded, example.data(6, 3));
      assertSameZeros(network, loaded);
      assertThat(loaded.params().equals(qat.network().params())).isFalse();
      double zeros =
          zeroShare(
              Qat.resume(loaded)
                  .freeze(
                      FreezeInfo.named("m"),
                      example.features(
                          new java.util.Random(1), 8, org.nd4j.linalg.api.buffer.DataType.FLOAT)));
      assertThat(zeros).isGreaterThanOrEqualTo(0.74);
    }
  }

  /** Masks were seen to be lost in what Bidirectional wraps. */
  /** A layer that is kept as it is (transfer learning) may be pruned all the same. */
  @Test
  void frozenLayers() throws IOException {
    MultiLayerNetwork network =
        new TransferLearning.Builder((MultiLayerNetwork) Example.SEQUENCES.network())
            .setFeatureExtractor(0)
            .build();
    prune(network, PruneRule.weights(0.5));
    Example.fit(network, Example.SEQUENCES.data(3, 4));
    QatNetwork qat = Qat.prepare(saved(network), QuantSpec.int8());
    qat.calibrate(Example.SEQUENCES.data(1, 4), 4);
    Example.fit(qat, Example.SEQUENCES.data(5, 6));
    assertSameZeros(network, qat.network());
    assertThat(zeroShare(qat.freeze())).isGreaterThanOrEqualTo(0.49);
  }

  private static double zeroShare(IntegerModel model) {
    return QuantizedTensor.zeroShare(
        model.ops().stream().flatMap(op -> op.tensors().stream()).toList());
  }

  private static Model saved(Model network) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, bytes, true);
    ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
    return network instanceof ComputationGraph
        ? ModelSerializer.restoreComputationGraph(in, true)
        : ModelSerializer.restoreMultiLayerNetwork(in, true);
  }

  private static void assertSameZeros(Model expected, Model actual) {
    for (Map.Entry<String, INDArray> e : Example.params(expected).entrySet()) {
      if (isWeight(e.getKey())) {
        INDArray there = e.getValue().neq(0);
        INDArray here = Example.params(actual).get(e.getKey()).neq(0);
        assertThat(here).as(e.getKey()).isEqualTo(there);
      }
    }
  }

  /** Real 0 has a code of its own in asymmetric weights too. */
  @Test
  void asymmetricWeights() {
    Model network = Example.SEQUENCES.network();
    prune(network, PruneRule.weights(0.8));
    LayerSpec spec =
        LayerSpec.int8()
            .withWeights(
                LayerSpec.int8()
                    .weights()
                    .withGranularity(new Granularity.Tensor())
                    .withScheme(Scheme.ASYMMETRIC));
    QatNetwork qat = Qat.prepare(network, QuantSpec.of(spec));
    qat.calibrate(Example.SEQUENCES.data(1, 4), 4);
    Example.fit(qat, Example.SEQUENCES.data(5, 6));
    assertThat(zeroShare(qat.freeze())).isGreaterThanOrEqualTo(0.79);
  }

  @Test
  void exceptionsForNothing() {
    PruneRule rule =
        new PruneRule(
            new Pattern.Free(), Scope.LAYER, 0.5, List.of(new Except(new Match.Name("cnv"), 0.1)));
    assertThatThrownBy(() -> new Pruner(Example.SEQUENCES.network(), rule, NOW))
        .isInstanceOf(QatException.class)
        .hasMessage(
            "the exception for layer \"cnv\" matches no layer with weights; there are [conv, dense,"
                + " linear, out]");
  }
}
