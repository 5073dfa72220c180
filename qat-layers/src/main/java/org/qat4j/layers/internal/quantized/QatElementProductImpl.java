package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.elementwise.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.codes.IntegerImages;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;
import org.qat4j.layers.internal.quantizing.WeightQuantization.Layout;

/** Computes {@link QatElementProduct}. */
final class QatElementProductImpl extends ElementWiseMultiplicationLayer implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer =
      LayerQuantizer.ofProduct(this, Layout.BY_CHANNEL, layerConf().getNOut());

  /** Whether DL4J computes its forward pass again to go back. */
  private transient boolean again;

  QatElementProductImpl(NeuralNetConfiguration conf, DataType type) {
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
      return workspaces.leverageTo(
          ArrayType.ACTIVATIONS,
          IntegerImages.elementProduct(quantizer, input, params, layerConf()));
    }
    input = quantizer.pass().begin(input, maskArray, training, workspaces);
    return quantizer.pass().forward(training, () -> super.activate(training, workspaces));
  }

  @Override
  public INDArray preOutput(boolean training, LayerWorkspaceMgr workspaces) {
    return quantizer.pass().preActivation(super.preOutput(training, workspaces), training, again);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    again = true;
    try {
      return quantizer
          .pass()
          .backward(epsilon, workspaces, delta -> super.backpropGradient(delta, workspaces));
    } finally {
      again = false;
    }
  }
}
