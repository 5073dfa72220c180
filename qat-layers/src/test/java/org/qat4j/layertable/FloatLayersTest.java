package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.qat4j.QatException;
import org.qat4j.layers.internal.quantized.QatConv2D;
import org.qat4j.numerics.QuantParams;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Preflight;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.Unsupported;

/** A layer that cannot be quantized is refused, or stays in float where that was asked for. */
class FloatLayersTest {
  private static Model network() {
    Model network =
        Nets.images(
            DataType.FLOAT,
            new LocalResponseNormalization.Builder().build(),
            Nets.conv2d(3, 2, Activation.RELU));
    network.init();
    return network;
  }

  @Test
  void itIsRefusedByNameUnlessToldOtherwise() {
    assertThatThrownBy(() -> Qat.prepare(network(), QuantSpec.int8()))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("layer \"subject\"")
        .hasMessageContaining("LocalResponseNormalization cannot be quantized");
  }

  @Test
  void itStaysInFloatBetweenQuantizedLayers() {
    Model network = network();
    QuantSpec spec = QuantSpec.int8().withUnsupported(Unsupported.FLOAT);
    Preflight preflight = Qat.describe(network, spec);
    assertThat(preflight.isFine()).isTrue();
    assertThat(preflight.inFloat())
        .singleElement()
        .asString()
        .startsWith("layer \"subject\": LocalResponseNormalization cannot be quantized");
    assertThat(preflight.toString()).contains("IN FLOAT: LocalResponseNormalization");

    QatNetwork qat = Qat.prepare(network, spec);
    assertThat(qat.inFloat()).isEqualTo(preflight.inFloat());
    MultiLayerNetwork net = qat.multiLayerNetwork();
    assertThat(net.getLayerWiseConfigurations().getConf(0).getLayer())
        .isInstanceOf(QatConv2D.class);
    assertThat(net.getLayerWiseConfigurations().getConf(1).getLayer())
        .isExactlyInstanceOf(LocalResponseNormalization.class);
    assertThat(net.getLayerWiseConfigurations().getConf(2).getLayer())
        .isInstanceOf(QatConv2D.class);

    MultiDataSet batch = Nets.images(new Random(1), 16, DataType.FLOAT);
    DataSet data = new DataSet(batch.getFeatures(0), batch.getLabels(0));
    qat.calibrate(new ListDataSetIterator<>(data.asList(), 16), 1);
    for (int i = 0; i < 4; i++) {
      net.fit(data);
    }
    Map<String, INDArray> values = qat.activations(batch.getFeatures());
    assertThat(distanceToCodes(qat, "layer0", values.get("layer0"))).isZero();
    assertThat(distanceToCodes(qat, "layer0", values.get("subject"))).isPositive();
    assertThat(distanceToCodes(qat, "layer2", values.get("layer2"))).isZero();
    assertThatThrownBy(() -> qat.freeze(FreezeInfo.named("m"), batch.getFeatures()))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("layers stay in float, so that there is no integer model")
        .hasMessageContaining("layer \"subject\": LocalResponseNormalization");
    assertThat(((MultiLayerNetwork) qat.toFloat()).numParams())
        .isEqualTo(((MultiLayerNetwork) network).numParams());
  }

  /** How far values are from those that a layer's codes stand for, at most. */
  private static double distanceToCodes(QatNetwork qat, String layer, INDArray values) {
    QuantParams p = qat.ranges().get(layer).output();
    double largest = 0;
    for (double v : values.dup('c').data().asDouble()) {
      largest = Math.max(largest, Math.abs(v - p.fakeQuantize((float) v)));
    }
    return largest;
  }

  /** So does a layer that is supported, but not as it is configured. */
  @Test
  void soDoesAConfigurationWithoutAnIntegerForm() {
    Model network = network();
    ConvolutionLayer conv =
        (ConvolutionLayer)
            ((MultiLayerNetwork) network).getLayerWiseConfigurations().getConf(2).getLayer();
    conv.setLayerName("conv");
    conv.setActivationFn(new ActivationSoftmax());
    QuantSpec spec = QuantSpec.int8().withUnsupported(Unsupported.FLOAT);
    assertThat(Qat.prepare(network, spec).inFloat())
        .hasSize(2)
        .anySatisfy(line -> assertThat(line).startsWith("layer \"conv\": the activation function"));
  }
}
