package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.training.CenterLossOutputLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.codes.IntegerLayers;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;
import org.qat4j.layers.internal.quantizing.WeightQuantization.Layout;

/** Computes {@link QatCenterLoss}. DL4J enters it again for the gradient and for the score. */
final class QatCenterLossImpl extends CenterLossOutputLayer implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer =
      LayerQuantizer.ofProduct(this, Layout.BY_CHANNEL, layerConf().getNOut());

  QatCenterLossImpl(NeuralNetConfiguration conf, DataType type) {
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
  protected Pair<INDArray, INDArray> preOutputWithPreNorm(
      boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    if (quantizer.pass().integer(training)) {
      INDArray logits = IntegerLayers.logits(quantizer, input, params, hasBias());
      return new Pair<>(workspaces.leverageTo(ArrayType.ACTIVATIONS, logits), null);
    }
    input = quantizer.pass().begin(input, null, training, workspaces);
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
