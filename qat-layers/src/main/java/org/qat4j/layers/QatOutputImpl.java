package org.qat4j.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes {@link QatOutput}. */
final class QatOutputImpl extends OutputLayer implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer;
  private transient INDArray weights;

  QatOutputImpl(NeuralNetConfiguration conf, DataType type) {
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
  protected Pair<INDArray, INDArray> preOutputWithPreNorm(
      boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    if (quantizer.integer(training)) {
      INDArray logits = IntegerLayers.logits(quantizer, input, params, hasBias());
      return new Pair<>(workspaces.leverageTo(ArrayType.ACTIVATIONS, logits), null);
    }
    if (!dropoutApplied) {
      input = quantizer.begin(input, training, workspaces);
    }
    INDArray before = weights;
    try {
      INDArray w = params.get(DefaultParamInitializer.WEIGHT_KEY);
      weights = before != null ? before : quantizer.weights(w, (int) w.size(1), false, training);
      return super.preOutputWithPreNorm(training, forBackprop, workspaces);
    } finally {
      weights = before;
    }
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    try {
      weights = quantizer.sameWeights(params.get(DefaultParamInitializer.WEIGHT_KEY));
      Pair<Gradient, INDArray> back = super.backpropGradient(epsilon, workspaces);
      back.setSecond(quantizer.gradient(Slot.INPUT, back.getSecond(), workspaces));
      return back;
    } finally {
      weights = null;
    }
  }
}
