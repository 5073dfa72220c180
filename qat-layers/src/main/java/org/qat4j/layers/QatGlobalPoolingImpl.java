package org.qat4j.layers;

import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.pooling.GlobalPoolingLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Computes {@link QatGlobalPooling}. DL4J's layer has no parameters; here is room for the state.
 */
final class QatGlobalPoolingImpl extends GlobalPoolingLayer implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer;
  private INDArray flattened;
  private INDArray gradients;
  private Map<String, INDArray> table = Map.of();

  QatGlobalPoolingImpl(NeuralNetConfiguration conf, DataType type) {
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
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    if (quantizer.integer(training)) {
      return workspaces.leverageTo(
          ArrayType.ACTIVATIONS, IntegerLayers.globalAverage(quantizer, input));
    }
    input = quantizer.begin(input, training, workspaces);
    return quantizer.quantize(Slot.OUTPUT, super.activate(training, workspaces), training);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    INDArray delta = quantizer.gradient(Slot.OUTPUT, epsilon, workspaces);
    Pair<Gradient, INDArray> back = super.backpropGradient(delta, workspaces);
    back.setSecond(quantizer.gradient(Slot.INPUT, back.getSecond(), workspaces));
    return back;
  }

  @Override
  public INDArray params() {
    return flattened;
  }

  @Override
  public INDArray getParam(String key) {
    return table.get(key);
  }

  @Override
  public void setParam(String key, INDArray value) {
    table.get(key).assign(value);
  }

  @Override
  public void setParams(INDArray params) {
    if (params != flattened) {
      flattened.assign(params);
    }
  }

  @Override
  public void setParamsViewArray(INDArray params) {
    flattened = params;
  }

  @Override
  public INDArray getGradientsViewArray() {
    return gradients;
  }

  @Override
  public void setBackpropGradientsViewArray(INDArray view) {
    gradients = view;
  }

  @Override
  public void setParamTable(Map<String, INDArray> params) {
    table = params;
  }

  @Override
  public Map<String, INDArray> paramTable() {
    return table;
  }

  @Override
  public Map<String, INDArray> paramTable(boolean backpropParamsOnly) {
    return table;
  }

  @Override
  public long numParams() {
    return QuantStateInitializer.SIZE;
  }

  @Override
  public long numParams(boolean backwards) {
    return numParams();
  }
}
