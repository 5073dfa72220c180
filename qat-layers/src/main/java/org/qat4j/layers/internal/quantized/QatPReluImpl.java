package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.PReLU;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.codes.Slopes;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;

/** Computes {@link QatPRelu}. */
final class QatPReluImpl extends PReLU implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer = new LayerQuantizer(this);

  QatPReluImpl(NeuralNetConfiguration conf, DataType type) {
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
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    if (quantizer.pass().integer(training)) {
      return workspaces.leverageTo(ArrayType.ACTIVATIONS, Slopes.apply(quantizer, input));
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
