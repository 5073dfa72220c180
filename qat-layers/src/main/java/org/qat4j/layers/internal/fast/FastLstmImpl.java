package org.qat4j.layers.internal.fast;

import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.recurrent.LSTM;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes {@link FastLstm}. */
final class FastLstmImpl extends LSTM {
  private static final long serialVersionUID = 1L;

  private final transient LstmLoops loops = new LstmLoops();

  /** Whether the last forward pass was made here, which has kept what backward needs. */
  private transient boolean fast;

  FastLstmImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  @Override
  public Pair<INDArray, MaskState> feedForwardMaskArray(
      INDArray mask, MaskState state, int examples) {
    if (Maskable.leavesOut(layerConf())) {
      setMaskArray(mask);
    }
    return super.feedForwardMaskArray(mask, state, examples);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    fast =
        layerConf().getRnnDataFormat() == RNNFormat.NCW
            && input.dataType() == dataType
            && LstmLoops.supports(
                layerConf().getGateActivationFn(), layerConf().getActivationFn(), dataType);
    if (!fast) {
      return super.activate(training, workspaces);
    }
    applyDropOutIfNecessary(training, workspaces);
    INDArray states =
        loops.forward(
            input,
            getParamWithNoise(RecurrentPass.WEIGHTS, training, workspaces),
            getParamWithNoise(RecurrentPass.RECURRENT, training, workspaces),
            getParamWithNoise(RecurrentPass.BIAS, training, workspaces),
            null,
            null,
            maskArray,
            null);
    return workspaces.dup(ArrayType.ACTIVATIONS, states, 'f');
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    if (!fast) {
      return super.backpropGradient(epsilon, workspaces);
    }
    Gradient gradient = RecurrentPass.noGradient(gradientsFlattened, gradientViews);
    INDArray below =
        loops.backward(
            epsilon,
            getParamWithNoise(RecurrentPass.WEIGHTS, true, workspaces),
            getParamWithNoise(RecurrentPass.RECURRENT, true, workspaces),
            gradient.gradientForVariable(),
            -1,
            false,
            workspaces);
    weightNoiseParams.clear();
    return new Pair<>(gradient, backpropDropOutIfPresent(below));
  }
}
