package org.qat4j.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.Convolution1DLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes {@link QatConv1D}. */
final class QatConv1DImpl extends Convolution1DLayer implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer;
  private transient INDArray weights;

  QatConv1DImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
    this.quantizer = new LayerQuantizer(LayerSetup.settings(this));
  }

  @Override
  public LayerQuantizer quantizer() {
    return quantizer;
  }

  @Override
  public void setInput(INDArray input, LayerWorkspaceMgr workspaces) {
    super.setInput(input, workspaces);
    quantizer.newInput();
  }

  @Override
  public INDArray getParam(String key) {
    return weights != null && ConvolutionParamInitializer.WEIGHT_KEY.equals(key)
        ? weights
        : super.getParam(key);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    if (quantizer.integer(training)) {
      return workspaces.leverageTo(
          ArrayType.ACTIVATIONS, IntegerLayers.conv1d(quantizer, input, params, layerConf()));
    }
    input = quantizer.begin(input, training, workspaces);
    try {
      INDArray w = super.getParam(ConvolutionParamInitializer.WEIGHT_KEY);
      weights = quantizer.weights(w, (int) layerConf().getNOut(), true, training);
      return quantizer.quantize(Slot.OUTPUT, super.activate(training, workspaces), training);
    } finally {
      weights = null;
    }
  }

  @Override
  protected Pair<INDArray, INDArray> preOutput(
      boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
    Pair<INDArray, INDArray> z = super.preOutput(training, forBackprop, workspaces);
    z.setFirst(quantizer.quantize(Slot.PRE, z.getFirst(), training || forBackprop));
    return z;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    INDArray delta = quantizer.gradient(Slot.OUTPUT, epsilon, workspaces);
    delta = quantizer.gradient(Slot.PRE, delta, workspaces);
    try {
      weights = quantizer.sameWeights(super.getParam(ConvolutionParamInitializer.WEIGHT_KEY));
      Pair<Gradient, INDArray> back = super.backpropGradient(delta, workspaces);
      back.setSecond(quantizer.gradient(Slot.INPUT, back.getSecond(), workspaces));
      return back;
    } finally {
      weights = null;
    }
  }
}
