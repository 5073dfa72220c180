package org.qat4j.layers.internal.quantized;

import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;

/**
 * A layer of DL4J that has no parameters, with quantizers around it, whose state needs some. DL4J's
 * own object computes in training; evaluation is done on codes.
 */
public final class ParameterlessImpl extends AbstractLayer<org.deeplearning4j.nn.conf.layers.Layer>
    implements QatLayer {
  private static final long serialVersionUID = 1L;

  /** The layer in evaluation: from real values that stand for codes to the same. */
  @FunctionalInterface
  public interface OnCodes {
    /**
     * @param mask [n, t], 0 where a step is padding; or null
     */
    INDArray compute(LayerQuantizer quantizer, INDArray x, INDArray mask);
  }

  private final transient Layer inner;
  private final transient OnCodes onCodes;
  private final transient LayerQuantizer quantizer;
  private INDArray flattened;
  private INDArray gradients;
  private transient Map<String, INDArray> table = Map.of();

  public ParameterlessImpl(
      NeuralNetConfiguration conf, DataType type, Layer inner, OnCodes onCodes) {
    super(conf, type);
    this.inner = inner;
    this.onCodes = onCodes;
    this.quantizer = new LayerQuantizer(this);
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
    Pair<INDArray, MaskState> out = inner.feedForwardMaskArray(mask, state, minibatchSize);
    quantizer.pass().setMask(out == null ? null : out.getFirst());
    return out;
  }

  @Override
  public void setMaskArray(INDArray mask) {
    super.setMaskArray(mask);
    inner.setMaskArray(mask);
  }

  @Override
  public void clear() {
    super.clear();
    inner.clear();
    quantizer.pass().setMask(null);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    if (quantizer.pass().integer(training)) {
      return workspaces.leverageTo(
          ArrayType.ACTIVATIONS, onCodes.compute(quantizer, input, maskArray));
    }
    input = quantizer.pass().begin(input, maskArray, training, workspaces);
    // Where a graph ends DL4J opens no workspace for what its last layer reads.
    boolean open = workspaces.isWorkspaceOpen(ArrayType.INPUT);
    inner.setInput(input, open ? workspaces : LayerWorkspaceMgr.noWorkspaces());
    return quantizer.pass().forward(training, () -> inner.activate(training, workspaces));
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return quantizer
        .pass()
        .backward(epsilon, workspaces, delta -> inner.backpropGradient(delta, workspaces));
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void clearNoiseWeightParams() {
    // There are no weights.
  }

  @Override
  public Type type() {
    return inner.type();
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
  public Map<String, INDArray> paramTable(boolean backpropParamsOnly) {
    return table;
  }

  @Override
  public long numParams() {
    return flattened.length();
  }
}
