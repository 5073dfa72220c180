package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.codes.IntegerLayers;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.Normalization;
import org.qat4j.layers.internal.quantizing.QatLayer;

/** Computes {@link QatBatchNorm}. */
final class QatBatchNormImpl extends BatchNormalization implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer = new LayerQuantizer(this);

  QatBatchNormImpl(NeuralNetConfiguration conf, DataType type) {
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
      boolean folded = quantizer.settings().foldRef() != null;
      return workspaces.leverageTo(
          ArrayType.ACTIVATIONS,
          folded ? input.dup() : IntegerLayers.normalization(quantizer, input));
    }
    input = quantizer.pass().begin(input, null, training, workspaces);
    return quantizer
        .pass()
        .forward(
            training,
            () ->
                training && quantizer.pass().statisticsFrozen()
                    ? workspaces.leverageTo(ArrayType.ACTIVATIONS, withRunningStatistics())
                    : super.activate(training, workspaces));
  }

  private INDArray withRunningStatistics() {
    Normalization n = quantizer.weights().normalization();
    INDArray rows = rows(input).mulRowVector(row(n.factors())).addiRowVector(row(n.shifts()));
    return back(rows, input);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return quantizer
        .pass()
        .backward(
            epsilon,
            workspaces,
            delta ->
                quantizer.pass().statisticsFrozen()
                    ? gradientWithRunningStatistics(delta, workspaces)
                    : super.backpropGradient(delta, workspaces));
  }

  private Pair<Gradient, INDArray> gradientWithRunningStatistics(
      INDArray epsilon, LayerWorkspaceMgr workspaces) {
    Normalization n = quantizer.weights().normalization();
    INDArray delta = rows(epsilon);
    Gradient gradient = new DefaultGradient();
    for (String key : gradientViews.keySet()) {
      if (!key.startsWith("quant")) {
        gradientViews.get(key).assign(0);
        gradient.setGradientFor(key, gradientViews.get(key));
      }
    }
    if (!layerConf().isLockGammaBeta()) {
      INDArray normalized =
          rows(input).subRowVector(row(n.means())).muliRowVector(row(n.inverseDeviations()));
      put(BatchNormalizationParamInitializer.GAMMA, delta.mul(normalized).sum(0));
      put(BatchNormalizationParamInitializer.BETA, delta.sum(0));
    }
    INDArray back = back(delta.mulRowVector(row(n.factors())), epsilon);
    return new Pair<>(gradient, workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, back));
  }

  private void put(String key, INDArray gradient) {
    INDArray view = gradientViews.get(key);
    view.assign(gradient.reshape(view.shape()));
  }

  private INDArray row(float[] values) {
    return Nd4j.create(values, new long[] {values.length}, 'c').castTo(dataType);
  }

  /** [n, c] or [n, c, h, w] as rows of channels. */
  private static INDArray rows(INDArray x) {
    return x.rank() == 2 ? x : x.permute(0, 2, 3, 1).dup('c').reshape('c', -1, x.size(1));
  }

  private static INDArray back(INDArray rows, INDArray like) {
    return like.rank() == 2
        ? rows
        : rows.reshape('c', like.size(0), like.size(2), like.size(3), like.size(1))
            .permute(0, 3, 1, 2)
            .dup('c');
  }
}
