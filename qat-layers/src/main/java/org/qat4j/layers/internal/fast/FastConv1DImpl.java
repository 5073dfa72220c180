package org.qat4j.layers.internal.fast;

import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.Convolution1DLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Broadcast;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.host.StepMajorGradient;

/** Computes {@link FastConv1D}. */
public class FastConv1DImpl extends Convolution1DLayer {
  private static final long serialVersionUID = 1L;

  private transient ConvolutionKernel kernel;

  /** Whether the last forward pass was made by the kernel, which has kept what backward needs. */
  private transient boolean fast;

  public FastConv1DImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    fast = supported();
    if (!fast) {
      return super.activate(training, workspaces);
    }
    if (kernel == null) {
      kernel = new ConvolutionKernel(layerConf());
    }
    long[] shape = kernel.outputShape(input);
    INDArray y =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, input.dataType(), shape, 'c');
    kernel.forward(
        input,
        getParam(ConvolutionParamInitializer.WEIGHT_KEY),
        hasBias() ? getParam(ConvolutionParamInitializer.BIAS_KEY) : null,
        y,
        training);
    if (maskArray != null) {
      INDArray mask = feedForwardMaskArray(maskArray, MaskState.Active, (int) shape[0]).getFirst();
      Broadcast.mul(y, mask, y, 0, 2);
    }
    return y;
  }

  /** Masks that a MergeVertex joined are boolean, which DL4J's reduction of a mask refuses. */
  @Override
  public Pair<INDArray, MaskState> feedForwardMaskArray(
      INDArray mask, MaskState state, int examples) {
    return super.feedForwardMaskArray(
        mask == null ? null : mask.castTo(DataType.FLOAT), state, examples);
  }

  private boolean supported() {
    return Floats.fastLayers()
        && input.rank() == 3
        && input.dataType() == DataType.FLOAT
        && dataType == DataType.FLOAT
        && layerConf().getRnnDataFormat() == RNNFormat.NCW
        && layerConf().getIDropout() == null
        && isReluOrNone(layerConf().getActivationFn());
  }

  private static boolean isReluOrNone(IActivation f) {
    return f instanceof ActivationIdentity || (f instanceof ActivationReLU r && isPlain(r));
  }

  private static boolean isPlain(ActivationReLU relu) {
    return (relu.getMax() == null || relu.getMax() == 0)
        && (relu.getThreshold() == null || relu.getThreshold() == 0)
        && (relu.getNegativeSlope() == null || relu.getNegativeSlope() == 0);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    if (!fast) {
      return super.backpropGradient(epsilon, workspaces);
    }
    INDArray weights = gradientViews.get(ConvolutionParamInitializer.WEIGHT_KEY);
    INDArray bias = hasBias() ? gradientViews.get(ConvolutionParamInitializer.BIAS_KEY) : null;
    INDArray rows =
        workspaces.createUninitialized(
            ArrayType.ACTIVATION_GRAD,
            input.dataType(),
            new long[] {input.size(0), input.size(2), input.size(1)},
            'c');
    kernel.backward(
        Floats.rowMajor(epsilon),
        getParam(ConvolutionParamInitializer.WEIGHT_KEY),
        weights,
        bias,
        rows);
    Gradient gradient = new DefaultGradient();
    if (bias != null) {
      gradient.setGradientFor(ConvolutionParamInitializer.BIAS_KEY, bias);
    }
    gradient.setGradientFor(ConvolutionParamInitializer.WEIGHT_KEY, weights, 'c');
    return new Pair<>(gradient, StepMajorGradient.of(rows));
  }
}
