package org.qat4j.layers.internal.plain;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.qat4j.layers.LayerNormLayer;

/** Computes {@link LayerNormLayer}. Each step of each example is a row. */
public class LayerNormImpl extends BaseLayer<LayerNormLayer> {
  private static final long serialVersionUID = 1L;

  public LayerNormImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    applyDropOutIfNecessary(training, workspaces);
    INDArray rows = normalized().getFirst();
    rows.muliRowVector(row(LayerNormParams.GAIN)).addiRowVector(row(LayerNormParams.BIAS));
    return workspaces.leverageTo(ArrayType.ACTIVATIONS, shaped(rows));
  }

  private INDArray row(String key) {
    INDArray param = params.get(key);
    return param.reshape(param.length());
  }

  /** (x − μ) / √(σ² + ε) by rows, and 1 / √(σ² + ε) of each. */
  private Pair<INDArray, INDArray> normalized() {
    INDArray rows = rows(input);
    rows.subiColumnVector(rows.mean(true, 1));
    INDArray variance = rows.mul(rows).mean(true, 1);
    INDArray factor = Transforms.sqrt(variance.addi(layerConf().getEpsilon()), false).rdivi(1);
    return new Pair<>(rows.muliColumnVector(factor), factor);
  }

  /** [n, c] or [n, c, t] to [n·t, c], a copy. */
  private static INDArray rows(INDArray x) {
    INDArray last = x.rank() == 3 ? x.permute(0, 2, 1) : x;
    return last.dup('c').reshape('c', x.length() / x.size(1), x.size(1));
  }

  private INDArray shaped(INDArray rows) {
    return input.rank() == 3
        ? rows.reshape('c', input.size(0), input.size(2), input.size(1)).permute(0, 2, 1).dup('c')
        : rows;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    Pair<INDArray, INDArray> forward = normalized();
    INDArray x = forward.getFirst();
    INDArray e = rows(epsilon);
    Gradient gradient = new DefaultGradient();
    put(gradient, LayerNormParams.GAIN, e.mul(x).sum(0));
    put(gradient, LayerNormParams.BIAS, e.sum(0));
    e.muliRowVector(row(LayerNormParams.GAIN));
    INDArray along = e.mul(x).mean(true, 1);
    e.subiColumnVector(e.mean(true, 1)).subi(x.muliColumnVector(along));
    INDArray below = shaped(e.muliColumnVector(forward.getSecond()));
    return new Pair<>(
        gradient,
        backpropDropOutIfPresent(workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, below)));
  }

  private void put(Gradient gradient, String key, INDArray value) {
    INDArray view = gradientViews.get(key);
    gradient.gradientForVariable().put(key, view.assign(value.reshape(view.shape())));
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public boolean hasBias() {
    return true;
  }

  @Override
  public void clearNoiseWeightParams() {
    // Weight noise is not applied to gains.
  }
}
