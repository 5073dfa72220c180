package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.LayerNorm;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.codes.IntegerLayers;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.layers.internal.quantizing.WeightQuantization.Layout;

/** Computes {@link QatDense}. */
final class QatDenseImpl extends DenseLayer implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer =
      LayerQuantizer.ofProduct(this, Layout.BY_CHANNEL, layerConf().getNOut());

  QatDenseImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  @Override
  public LayerQuantizer quantizer() {
    return quantizer;
  }

  @Override
  public void setInput(INDArray input, LayerWorkspaceMgr workspaces) {
    super.setInput(input, workspaces);
    quantizer.pass().newInput();
  }

  @Override
  public INDArray getParam(String key) {
    return quantizer.pass().param(key, super.getParam(key));
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    if (quantizer.pass().integer(training)) {
      if (hasLayerNorm()) {
        return workspaces.leverageTo(
            ArrayType.ACTIVATIONS,
            IntegerLayers.normalizedDense(
                quantizer, input, (int) layerConf().getNOut(), layerConf().getActivationFn()));
      }
      boolean real = !quantizer.settings().makesCodes(); // in front of a LossLayer
      return workspaces.leverageTo(
          ArrayType.ACTIVATIONS,
          real
              ? IntegerLayers.logits(quantizer, input, params, hasBias())
              : IntegerLayers.dense(
                  quantizer, input, params, layerConf().getActivationFn(), hasBias()));
    }
    input = quantizer.pass().begin(input, maskArray, training, workspaces);
    return quantizer.pass().forward(training, () -> super.activate(training, workspaces));
  }

  @Override
  protected Pair<INDArray, INDArray> preOutputWithPreNorm(
      boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
    if (hasLayerNorm()) {
      return normalized(training, forBackprop, workspaces);
    }
    Pair<INDArray, INDArray> z = super.preOutputWithPreNorm(training, forBackprop, workspaces);
    z.setFirst(quantizer.pass().preActivation(z.getFirst(), training, forBackprop));
    return z;
  }

  /** As DL4J computes it, with the product rounded before it is normalized. */
  private Pair<INDArray, INDArray> normalized(
      boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
    INDArray w = getParamWithNoise(DefaultParamInitializer.WEIGHT_KEY, training, workspaces);
    INDArray gain = getParam(DefaultParamInitializer.GAIN_KEY);
    long[] shape = {input.size(0), w.size(1)};
    INDArray z = workspaces.createUninitialized(ArrayType.ACTIVATIONS, w.dataType(), shape);
    input.castTo(w.dataType()).mmuli(w, z);
    quantizer.pass().within(Slot.MIDDLE, z, training, forBackprop);
    INDArray product = forBackprop ? z.dup(z.ordering()) : z;
    Nd4j.getExecutioner().exec(new LayerNorm(product, gain, z, true, 1));
    if (hasBias()) {
      z.addiRowVector(getParam(DefaultParamInitializer.BIAS_KEY));
    }
    quantizer.pass().preActivation(z, training, forBackprop);
    return new Pair<>(z, product);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return quantizer
        .pass()
        .backward(epsilon, workspaces, delta -> super.backpropGradient(delta, workspaces));
  }
}
