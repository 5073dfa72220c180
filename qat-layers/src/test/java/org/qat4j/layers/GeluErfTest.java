package org.qat4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GeluErfTest {
  /** Φ by Simpson's rule from 0. */
  private static double distribution(double x) {
    int n = 2000;
    double h = x / n;
    double sum = 1 + Math.exp(-x * x / 2);
    for (int i = 1; i < n; i++) {
      sum += (i % 2 == 1 ? 4 : 2) * Math.exp(-(i * h) * (i * h) / 2);
    }
    return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI);
  }

  @Test
  void isTheIntegralInDouble() {
    for (double x = -8; x <= 8; x += 0.05) {
      assertThat(GeluErf.apply(x)).isCloseTo(x * distribution(x), within(1e-12));
    }
    assertThat(GeluErf.apply(0)).isZero();
    assertThat(GeluErf.apply(-40)).isCloseTo(0, within(1e-300));
    assertThat(GeluErf.apply(40)).isEqualTo(40);
  }

  @Test
  void isTheSameInArraysWithItsDerivative() {
    INDArray x = Nd4j.linspace(-6, 6, 241).castTo(Nd4j.dataType()).reshape(1, 241);
    INDArray y = new GeluErf().getActivation(x.dup(), false);
    INDArray slope = new GeluErf().backprop(x.dup(), Nd4j.onesLike(x).muli(2)).getFirst();
    for (int i = 0; i < 241; i++) {
      double at = x.getFloat(i);
      assertThat(y.getDouble(i)).isCloseTo(GeluErf.apply(at), within(1e-6));
      double numeric = (GeluErf.apply(at + 1e-5) - GeluErf.apply(at - 1e-5)) / 2e-5;
      assertThat(slope.getDouble(i)).isCloseTo(2 * numeric, within(3e-6));
    }
  }

  @Test
  void areKeptInTheJsonOfALayer() throws Exception {
    LayerNormLayer norm = new LayerNormLayer(3, 1e-12);
    assertThat(((LayerNormLayer) again(norm)).getEpsilon()).isEqualTo(1e-12);
    Layer gelu = again(new ActivationLayer(new GeluErf()));
    assertThat(((ActivationLayer) gelu).getActivationFn()).isEqualTo(new GeluErf());
  }

  private static Layer again(Layer layer) throws Exception {
    String json = NeuralNetConfiguration.mapper().writeValueAsString(layer);
    return NeuralNetConfiguration.mapper().readValue(json, Layer.class);
  }
}
