package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.codes.IntegerLayers;
import org.qat4j.layers.internal.fast.FastRnnOutputImpl;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;
import org.qat4j.layers.internal.quantizing.WeightQuantization.Layout;

/**
 * Computes {@link QatRnnOutput}. Where {@link FastRnnOutputImpl} leaves it to DL4J, it folds the
 * steps into the batch, [n, k, t] to [n·t, k], for the product, and enters the layer again for the
 * gradient and for the score.
 */
final class QatRnnOutputImpl extends FastRnnOutputImpl implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer =
      LayerQuantizer.ofProduct(this, Layout.BY_CHANNEL, layerConf().getNOut());

  QatRnnOutputImpl(NeuralNetConfiguration conf, DataType type) {
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
    if (!quantizer.pass().integer(training)) {
      input = quantizer.pass().begin(input, null, training, workspaces);
      return quantizer.pass().withWeights(training, () -> super.activate(training, workspaces));
    }
    long steps = input.size(2);
    INDArray logits = IntegerLayers.logits(quantizer, folded(), params, hasBias());
    INDArray y = layerConf().getActivationFn().getActivation(logits, false);
    INDArray made = y.reshape('c', input.size(0), steps, y.size(1)).permute(0, 2, 1);
    return workspaces.dup(ArrayType.ACTIVATIONS, made, 'c');
  }

  /** The steps of all examples, [n·t, k]. */
  private INDArray folded() {
    return input.rank() == 2
        ? input
        : input.permute(0, 2, 1).dup('c').reshape('c', -1, input.size(1));
  }

  @Override
  protected INDArray preOutput2d(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    input = quantizer.pass().begin(input, null, training, workspaces);
    return super.preOutput2d(training, workspaces);
  }

  @Override
  protected Pair<INDArray, INDArray> preOutputWithPreNorm(
      boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
    if (quantizer.pass().integer(training)) {
      INDArray logits = IntegerLayers.logits(quantizer, folded(), params, hasBias());
      return new Pair<>(workspaces.leverageTo(ArrayType.ACTIVATIONS, logits), null);
    }
    return quantizer
        .pass()
        .withWeights(training, () -> super.preOutputWithPreNorm(training, forBackprop, workspaces));
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    input = quantizer.pass().begin(input, null, true, workspaces);
    return quantizer
        .pass()
        .backward(epsilon, workspaces, delta -> super.backpropGradient(delta, workspaces));
  }
}
