package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.IteratorMultiDataSetIterator;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.WeightSpec;
import org.qat4j.verify.Verifier;

/** An LSTM with peepholes within other layers, and with other weights than those of the table. */
@SuppressWarnings("deprecation") // GravesLSTM
class PeepholesTest {
  private static final int EXAMPLES = 8;

  private static Layer graves() {
    return new GravesLSTM.Builder().nOut(6).activation(Activation.TANH).build();
  }

  static Stream<Arguments> within() {
    return Stream.<Supplier<Layer>>of(
            PeepholesTest::graves,
            () -> new Bidirectional(graves()),
            () -> new MaskZeroLayer(graves(), 0),
            () -> new LastTimeStep(new MaskZeroLayer(graves(), 0)))
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("within")
  void areExactWithinOtherLayers(Supplier<Layer> layer) {
    Layer made = layer.get();
    ListBuilder list = Nets.builder(DataType.FLOAT).list().layer(made);
    if (made instanceof LastTimeStep) {
      list.layer(Nets.output());
    } else {
      list.layer(new RnnOutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build());
    }
    list.setInputType(InputType.recurrent(Nets.CHANNELS, Nets.STEPS));
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    WholeWay.of(network, batch(made instanceof LastTimeStep));
  }

  private static MultiDataSet batch(boolean vector) {
    Random random = new Random(3);
    INDArray features = Nets.reals(random, DataType.FLOAT, EXAMPLES, Nets.CHANNELS, Nets.STEPS);
    for (int i = 0; i < EXAMPLES; i++) { // zeros behind, as MaskZeroLayer reads them
      for (int t = Nets.STEPS - i; t < Nets.STEPS; t++) {
        for (int c = 0; c < Nets.CHANNELS; c++) {
          features.putScalar(i, c, t, 0);
        }
      }
    }
    return vector
        ? Nets.classes(random, EXAMPLES, DataType.FLOAT, features)
        : new MultiDataSet(
            features,
            Nets.reals(random, DataType.FLOAT, EXAMPLES, 2, Nets.STEPS)
                .gt(0)
                .castTo(DataType.FLOAT));
  }

  static Stream<WeightSpec> weights() {
    WeightSpec eight = LayerSpec.of(8, 8).weights();
    WeightSpec tensor = eight.withGranularity(new Granularity.Tensor());
    return Stream.of(tensor, tensor.withScheme(Scheme.ASYMMETRIC), LayerSpec.of(3, 8).weights());
  }

  @ParameterizedTest
  @MethodSource("weights")
  void haveTheScalesOfTheirWeights(WeightSpec weights) {
    QatNetwork qat =
        Qat.prepare(steps(null), QuantSpec.of(LayerSpec.of(8, 8).withWeights(weights)));
    MultiDataSet batch = batch(false);
    qat.calibrate(
        new IteratorMultiDataSetIterator(
            List.<org.nd4j.linalg.dataset.api.MultiDataSet>of(batch).iterator(), EXAMPLES),
        1);
    Both.fit(qat.network(), batch);
    IntegerModel model = qat.freeze(FreezeInfo.named("model"), batch.getFeatures());
    Verifier.verify(
            qat,
            model,
            OnnxOptions.DEFAULT,
            List.of(SampleArrays.of(model, 1, batch.getFeatures())))
        .requireExact();
    Op.Recurrent op =
        model.ops().stream()
            .filter(Op.Recurrent.class::isInstance)
            .map(Op.Recurrent.class::cast)
            .findFirst()
            .orElseThrow();
    QuantizedTensor peepholes = op.cell().peepholes();
    assertThat(peepholes.shape()).containsExactly(3, 6);
    assertThat(peepholes.zeroPoint()).isEqualTo(op.recurrent().zeroPoint());
    assertThat(peepholes.bits()).isEqualTo(weights.bits());
  }

  /** In parts of a sequence, where state and cell go on. */
  @Test
  void trainWithTruncatedBackpropagation() {
    MultiLayerNetwork network = steps(BackpropType.TruncatedBPTT);
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    MultiDataSet batch = batch(false);
    qat.calibrate(
        new IteratorMultiDataSetIterator(
            List.<org.nd4j.linalg.dataset.api.MultiDataSet>of(batch).iterator(), EXAMPLES),
        1);
    INDArray before = qat.network().params().dup();
    for (int i = 0; i < 3; i++) {
      Both.fit(qat.network(), batch);
    }
    assertThat(qat.network().params()).isNotEqualTo(before);
    qat.freeze(FreezeInfo.named("model"), batch.getFeatures());
  }

  @Test
  void areRefusedWithWeightsByGroup() {
    WeightSpec group = LayerSpec.of(4, 8).weights().withGranularity(new Granularity.Group(4));
    QuantSpec spec = QuantSpec.of(LayerSpec.of(4, 8).withWeights(group));
    assertThat(Qat.describe(steps(null), spec).problems())
        .anySatisfy(p -> assertThat(p).contains("peepholes", "\"channel\""));
  }

  private static MultiLayerNetwork steps(BackpropType type) {
    ListBuilder list =
        Nets.builder(DataType.FLOAT)
            .list()
            .layer(graves())
            .layer(new RnnOutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build())
            .setInputType(InputType.recurrent(Nets.CHANNELS, Nets.STEPS));
    if (type != null) {
      list.backpropType(type).tBPTTLength(4);
    }
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    return network;
  }
}
