package org.qat4j.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes {@link QatDense}. */
final class QatDenseImpl extends DenseLayer implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer;
  private transient INDArray weights;

  QatDenseImpl(NeuralNetConfiguration conf, DataType type) {
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
    return weights != null && DefaultParamInitializer.WEIGHT_KEY.equals(key)
        ? weights
        : super.getParam(key);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    if (quantizer.integer(training)) {
      return workspaces.leverageTo(
          ArrayType.ACTIVATIONS,
          IntegerLayers.dense(quantizer, input, params, layerConf().getActivationFn(), hasBias()));
    }
    input = quantizer.begin(input, training, workspaces);
    try {
      substitute(training);
      return quantizer.quantize(Slot.OUTPUT, super.activate(training, workspaces), training);
    } finally {
      weights = null;
    }
  }

  @Override
  protected Pair<INDArray, INDArray> preOutputWithPreNorm(
      boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
    Pair<INDArray, INDArray> z = super.preOutputWithPreNorm(training, forBackprop, workspaces);
    z.setFirst(quantizer.quantize(Slot.PRE, z.getFirst(), training));
    return z;
  }

  private void substitute(boolean training) {
    INDArray w = super.getParam(DefaultParamInitializer.WEIGHT_KEY);
    weights = quantizer.weights(w, (int) w.size(1), false, training);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    INDArray delta = quantizer.gradient(Slot.OUTPUT, epsilon, workspaces);
    delta = quantizer.gradient(Slot.PRE, delta, workspaces);
    try {
      weights = quantizer.sameWeights(super.getParam(DefaultParamInitializer.WEIGHT_KEY));
      Pair<Gradient, INDArray> back = super.backpropGradient(delta, workspaces);
      back.setSecond(quantizer.gradient(Slot.INPUT, back.getSecond(), workspaces));
      return back;
    } finally {
      weights = null;
    }
  }
}
