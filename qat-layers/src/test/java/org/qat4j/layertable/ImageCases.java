package org.qat4j.layertable;

import java.util.List;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** Layers over images. */
@SuppressWarnings("rawtypes") // builders of DL4J that give their type to nobody
final class ImageCases {
  private ImageCases() {}

  static List<LayerCase> all() {
    return List.of(
        image("ConvolutionLayer", "format NHWC", () -> conv(ConvolutionMode.Truncate, 2, 1)),
        image(
            "ConvolutionLayer, Same, stride",
            "format NHWC",
            () -> conv(ConvolutionMode.Same, 1, 2)),
        image("DepthwiseConvolution2D", "format NHWC", ImageCases::depthwise),
        image("SeparableConvolution2D", "format NHWC", ImageCases::separable),
        image(
            "Deconvolution2D",
            "format NHWC, dilation",
            () -> deconvolution(ConvolutionMode.Truncate, Activation.RELU)),
        image(
            "Deconvolution2D, Same",
            "format NHWC, dilation, strides beyond the kernel",
            () -> deconvolution(ConvolutionMode.Same, Activation.TANH)),
        image(
            "SubsamplingLayer, MAX",
            "format NHWC, dilation",
            () -> pooling(SubsamplingLayer.PoolingType.MAX, ConvolutionMode.Same)),
        image(
            "SubsamplingLayer, AVG",
            "format NHWC, dilation",
            () -> pooling(SubsamplingLayer.PoolingType.AVG, ConvolutionMode.Truncate)),
        image(
            "SubsamplingLayer, AVG, Same",
            "format NHWC, dilation",
            () -> pooling(SubsamplingLayer.PoolingType.AVG, ConvolutionMode.Same)),
        LayerCase.of(
            "GlobalPoolingLayer of an image, MAX",
            "",
            t -> global(t, PoolingType.MAX),
            Nets::images),
        LayerCase.of(
            "GlobalPoolingLayer of an image, AVG",
            "",
            t -> global(t, PoolingType.AVG),
            Nets::images),
        LayerCase.of(
            "GlobalPoolingLayer of an image, SUM",
            "",
            t -> global(t, PoolingType.SUM),
            Nets::images),
        image("ZeroPaddingLayer", "", () -> new ZeroPaddingLayer.Builder(1, 0, 2, 1).build()),
        image("Cropping2D", "", () -> new Cropping2D.Builder(1, 0, 1, 2).build()),
        LayerCase.of("SpaceToDepthLayer", "format NHWC", ImageCases::deep, Nets::images),
        image("Upsampling2D", "format NHWC", () -> new Upsampling2D.Builder(2).build()),
        LayerCase.of(
            "BatchNormalization behind a convolution",
            "format NHWC",
            ImageCases::normalized,
            Nets::images),
        image(
            "BatchNormalization by itself",
            "format NHWC",
            () -> new BatchNormalization.Builder().build()),
        LayerCases.vector(
            "BatchNormalization of vectors", "", () -> new BatchNormalization.Builder().build()),
        LayerCase.of("DenseLayer behind an image", "", ImageCases::flattened, Nets::images));
  }

  private static LayerCase image(String layer, String limits, Supplier<Layer> make) {
    return LayerCase.of(layer, limits, type -> Nets.images(type, make.get()), Nets::images);
  }

  private static Layer conv(ConvolutionMode mode, int dilation, int stride) {
    return new ConvolutionLayer.Builder(3, 2)
        .nOut(5)
        .stride(stride, stride)
        .dilation(dilation, dilation)
        .convolutionMode(mode)
        .activation(Activation.RELU)
        .build();
  }

  private static Layer deconvolution(ConvolutionMode mode, Activation f) {
    return new Deconvolution2D.Builder(3, 4)
        .nOut(5)
        .stride(2, 3)
        .padding(1, 0)
        .convolutionMode(mode)
        .activation(f)
        .build();
  }

  private static Layer depthwise() {
    return new DepthwiseConvolution2D.Builder(2, 3)
        .depthMultiplier(2)
        .nOut(8)
        .activation(Activation.RELU)
        .build();
  }

  private static Layer separable() {
    return new SeparableConvolution2D.Builder(2, 3)
        .depthMultiplier(2)
        .nOut(5)
        .stride(2, 1)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.TANH)
        .build();
  }

  private static Layer pooling(SubsamplingLayer.PoolingType type, ConvolutionMode mode) {
    return new SubsamplingLayer.Builder(type)
        .kernelSize(3, 2)
        .stride(2, 1)
        .convolutionMode(mode)
        .build();
  }

  private static Model network(DataType type, Layer... layers) {
    ListBuilder list = Nets.builder(type).list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    list.setInputType(InputType.convolutional(Nets.HEIGHT, Nets.WIDTH, Nets.PLANES));
    return new MultiLayerNetwork(list.build());
  }

  /** Of 6 rows and columns. */
  private static Model deep(DataType type) {
    return network(
        type,
        new ConvolutionLayer.Builder(2, 1).nOut(4).activation(Activation.TANH).build(),
        Nets.subject(new SpaceToDepthLayer.Builder(3, CNN2DFormat.NCHW).build()),
        Nets.conv2d(3, 2, Activation.RELU),
        Nets.global(PoolingType.AVG),
        Nets.output());
  }

  private static Model global(DataType type, PoolingType pooling) {
    return network(
        type,
        Nets.conv2d(4, 2, Activation.TANH),
        Nets.subject(Nets.global(pooling)),
        Nets.output());
  }

  private static Model normalized(DataType type) {
    return network(
        type,
        Nets.conv2d(4, 2, Activation.IDENTITY),
        Nets.subject(new BatchNormalization.Builder().build()),
        Nets.conv2d(3, 2, Activation.RELU),
        Nets.global(PoolingType.AVG),
        Nets.output());
  }

  private static Model flattened(DataType type) {
    return network(
        type,
        Nets.conv2d(4, 2, Activation.TANH),
        Nets.subject(Nets.dense(6, Activation.RELU)),
        Nets.output());
  }
}
