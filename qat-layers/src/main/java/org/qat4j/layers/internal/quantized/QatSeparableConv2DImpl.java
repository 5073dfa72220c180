package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.SeparableConvolution2DLayer;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.codes.IntegerImages;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.layers.internal.quantizing.WeightQuantization.Layout;

/**
 * Computes {@link QatSeparableConv2D}: the two products one after the other, where DL4J has one
 * operation for both, so that there is a place between them for a quantizer.
 */
final class QatSeparableConv2DImpl extends SeparableConvolution2DLayer implements QatLayer {
  private static final long serialVersionUID = 1L;

  private static final String DEPTH = SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY;
  private static final String POINT = SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY;
  private static final String BIAS = SeparableConvolutionParamInitializer.BIAS_KEY;

  private final transient LayerQuantizer quantizer = new LayerQuantizer(this);

  /** Between the products, [n·h·w, channels·multiplier], of the pass that was last. */
  private transient INDArray middle;

  QatSeparableConv2DImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
    ((QatSeparableConv2D) conf.getLayer())
        .weightShapes()
        .forEach((key, shape) -> quantizer.weights().add(key, Layout.BY_CHANNEL, shape.rows()));
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
    quantizer.pass().refuseMaskOfImages(mask);
    return super.feedForwardMaskArray(mask, state, minibatchSize);
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
          IntegerImages.separable(quantizer, input, (SeparableConvolution2D) layerConf()));
    }
    input = quantizer.pass().begin(input, null, training, workspaces);
    return quantizer
        .pass()
        .forward(
            training,
            () ->
                workspaces.leverageTo(ArrayType.ACTIVATIONS, super.activate(training, workspaces)));
  }

  @Override
  protected Pair<INDArray, INDArray> preOutput(
      boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
    INDArray deep =
        Nd4j.exec(
            DynamicCustomOp.builder("depthwise_conv2d")
                .addInputs(input, getParam(DEPTH).permute(2, 3, 1, 0))
                .addIntegerArguments(geometry())
                .build())[0];
    INDArray last = deep.permute(0, 2, 3, 1).dup('c');
    middle =
        quantizer
            .pass()
            .within(Slot.MIDDLE, last.reshape('c', -1, last.size(3)), training, forBackprop);
    INDArray rows = middle.mmul(point().transpose());
    if (layerConf().hasBias()) {
      rows.addiRowVector(getParam(BIAS).reshape(rows.size(1)));
    }
    INDArray z =
        rows.dup('c')
            .reshape('c', last.size(0), last.size(1), last.size(2), rows.size(1))
            .permute(0, 3, 1, 2)
            .dup('c');
    return new Pair<>(quantizer.pass().preActivation(z, training, forBackprop), null);
  }

  /** [out, channels·multiplier]. */
  private INDArray point() {
    INDArray w = getParam(POINT);
    return w.reshape('c', w.size(0), w.size(1));
  }

  private int[] geometry() {
    int[] kernel = layerConf().getKernelSize();
    int[] stride = layerConf().getStride();
    int[] padding = layerConf().getPadding();
    int[] dilation = layerConf().getDilation();
    boolean same = layerConf().getConvolutionMode() == ConvolutionMode.Same;
    return new int[] {
      kernel[0],
      kernel[1],
      stride[0],
      stride[1],
      same ? 0 : padding[0],
      same ? 0 : padding[1],
      dilation[0],
      dilation[1],
      same ? 1 : 0,
      0
    };
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return quantizer.pass().backward(epsilon, workspaces, delta -> backprop(delta, workspaces));
  }

  private Pair<Gradient, INDArray> backprop(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    INDArray z = preOutput4d(true, true, workspaces).getFirst();
    INDArray delta = layerConf().getActivationFn().backprop(z, epsilon).getFirst();
    Gradient gradient = new DefaultGradient();
    INDArray rows = delta.permute(0, 2, 3, 1).dup('c').reshape('c', -1, delta.size(1));
    if (layerConf().hasBias()) {
      INDArray bias = gradientViews.get(BIAS);
      bias.assign(rows.sum(0).reshape(bias.shape()));
      gradient.setGradientFor(BIAS, bias);
    }
    INDArray byPoint = gradientViews.get(POINT);
    byPoint.assign(rows.transpose().mmul(middle).reshape('c', byPoint.shape()));

    INDArray between =
        rows.mmul(point())
            .dup('c')
            .reshape('c', delta.size(0), delta.size(2), delta.size(3), middle.size(1));
    INDArray deep =
        quantizer
            .pass()
            .gradient(Slot.MIDDLE, between.reshape('c', middle.shape()), workspaces)
            .reshape('c', between.shape())
            .permute(0, 3, 1, 2)
            .dup('c');
    INDArray below = workspaces.create(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
    INDArray byDepth = gradientViews.get(DEPTH);
    Nd4j.exec(
        DynamicCustomOp.builder("depthwise_conv2d_bp")
            .addInputs(input, getParam(DEPTH).permute(2, 3, 1, 0), deep)
            .addIntegerArguments(geometry())
            .addOutputs(below, byDepth.permute(2, 3, 1, 0))
            .build());
    gradient.setGradientFor(DEPTH, byDepth, 'c');
    gradient.setGradientFor(POINT, byPoint, 'c');
    weightNoiseParams.clear();
    return new Pair<>(gradient, backpropDropOutIfPresent(below));
  }
}
