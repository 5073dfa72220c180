package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.codes.TransformerCodes;
import org.qat4j.layers.internal.plain.LayerNormImpl;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;

/** Computes {@link QatLayerNorm}. */
final class QatLayerNormImpl extends LayerNormImpl implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer = new LayerQuantizer(this);

  QatLayerNormImpl(NeuralNetConfiguration conf, DataType type) {
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
    setMaskArray(mask);
    return new Pair<>(mask, state);
  }

  @Override
  public void setMaskArray(INDArray mask) {
    super.setMaskArray(mask);
    quantizer.pass().setMask(mask);
  }

  @Override
  public void clear() {
    super.clear();
    quantizer.pass().setMask(null);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    if (quantizer.pass().integer(training)) {
      return workspaces.leverageTo(
          ArrayType.ACTIVATIONS, TransformerCodes.layerNorm(quantizer, input));
    }
    input = quantizer.pass().begin(input, maskArray, training, workspaces);
    return quantizer.pass().forward(training, () -> super.activate(training, workspaces));
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return quantizer
        .pass()
        .backward(epsilon, workspaces, delta -> super.backpropGradient(delta, workspaces));
  }
}
