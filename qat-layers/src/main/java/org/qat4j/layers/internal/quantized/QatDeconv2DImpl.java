package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.Deconvolution2DLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.codes.IntegerImages;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;

/** Computes {@link QatDeconv2D}. */
final class QatDeconv2DImpl extends Deconvolution2DLayer implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer =
      LayerQuantizer.ofDeconvolution(this, layerConf());

  QatDeconv2DImpl(NeuralNetConfiguration conf, DataType type) {
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
  public Pair<INDArray, MaskState> feedForwardMaskArray(
      INDArray mask, MaskState state, int minibatchSize) {
    quantizer.pass().refuseMaskOfImages(mask);
    return super.feedForwardMaskArray(mask, state, minibatchSize);
  }

  @Override
  public INDArray getParam(String key) {
    return quantizer.pass().param(key, super.getParam(key));
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    if (quantizer.pass().integer(training)) {
      return workspaces.leverageTo(
          ArrayType.ACTIVATIONS,
          IntegerImages.deconvolution(quantizer, input, params, layerConf()));
    }
    input = quantizer.pass().begin(input, null, training, workspaces);
    return quantizer.pass().forward(training, () -> super.activate(training, workspaces));
  }

  @Override
  protected Pair<INDArray, INDArray> preOutput(
      boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
    Pair<INDArray, INDArray> z = super.preOutput(training, forBackprop, workspaces);
    z.setFirst(quantizer.pass().preActivation(z.getFirst(), training, forBackprop));
    return z;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return quantizer
        .pass()
        .backward(epsilon, workspaces, delta -> super.backpropGradient(delta, workspaces));
  }
}
