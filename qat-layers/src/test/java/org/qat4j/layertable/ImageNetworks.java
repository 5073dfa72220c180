package org.qat4j.layertable;

import static org.qat4j.layertable.NetworkCase.images;
import static org.qat4j.layertable.NetworkCase.stack;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CapsuleLayer;
import org.deeplearning4j.nn.conf.layers.CapsuleStrengthLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Rows of docs/networks.md: networks of images and volumes. */
@SuppressWarnings({"deprecation", "rawtypes", "NonCanonicalType"}) // names and builders of DL4J
final class ImageNetworks {
  private static final Layer FIRST = Nets.conv2d(4, 2, Activation.RELU);
  private static final Layer MEAN = Nets.global(PoolingType.AVG);
  private static final Layer OUT = Nets.output();

  private ImageNetworks() {}

  /** An image, a convolution, the layers, the mean of each channel, an output layer. */
  private static NetworkCase image(String name, Layer... layers) {
    Layer[] all = new Layer[layers.length + 3];
    all[0] = FIRST;
    System.arraycopy(layers, 0, all, 1, layers.length);
    all[layers.length + 1] = MEAN;
    all[layers.length + 2] = OUT;
    return images(name, all);
  }

  private static ConvolutionLayer.Builder conv() {
    return new ConvolutionLayer.Builder(3, 2).nOut(5).activation(Activation.RELU);
  }

  private static SubsamplingLayer.Builder pooling(SubsamplingLayer.PoolingType type) {
    return new SubsamplingLayer.Builder(type).kernelSize(3, 2).stride(2, 1);
  }

  static List<NetworkCase> layers() {
    List<NetworkCase> all = new ArrayList<>();
    all.add(image("convolutions"));
    for (ConvolutionMode mode :
        List.of(ConvolutionMode.Truncate, ConvolutionMode.Same, ConvolutionMode.Strict)) {
      all.add(image("convolution, " + mode, conv().convolutionMode(mode).build()));
    }
    all.add(
        image(
            "convolution with stride",
            conv().stride(2, 2).convolutionMode(ConvolutionMode.Same).build()));
    all.add(image("convolution with dilation", conv().dilation(2, 1).build()));
    all.add(image("convolution with padding", conv().padding(1, 1).build()));
    all.add(image("convolution without bias", conv().hasBias(false).build()));
    all.add(
        image(
            "convolution with dropout of channels",
            conv().dropOut(new SpatialDropout(0.7)).build()));
    all.add(
        images(
            "Convolution2D by name",
            new Convolution2D.Builder(2, 2).nOut(3).activation(Activation.RELU).build(),
            MEAN,
            OUT));
    all.add(
        image(
            "depthwise convolution",
            new DepthwiseConvolution2D.Builder(2, 2)
                .depthMultiplier(2)
                .activation(Activation.RELU)
                .build()));
    all.add(
        image(
            "separable convolution",
            new SeparableConvolution2D.Builder(2, 2).nOut(5).activation(Activation.RELU).build()));
    all.add(
        image(
            "deconvolution",
            new Deconvolution2D.Builder(2, 2).nOut(3).activation(Activation.RELU).build()));
    all.add(
        image(
            "deconvolution with stride",
            new Deconvolution2D.Builder(3, 3)
                .stride(2, 2)
                .nOut(3)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.RELU)
                .build()));
    all.add(
        image(
            "locally connected",
            new LocallyConnected2D.Builder()
                .kernelSize(2, 2)
                .stride(1, 1)
                .setInputSize(6, 5)
                .nOut(3)
                .activation(Activation.RELU)
                .build()));
    for (SubsamplingLayer.PoolingType type : SubsamplingLayer.PoolingType.values()) {
      all.add(image("pooling, " + type, pooling(type).pnorm(2).build()));
      all.add(
          image(
              "pooling, " + type + ", Same",
              pooling(type).pnorm(2).convolutionMode(ConvolutionMode.Same).build()));
    }
    all.add(
        image(
            "pooling, AVG, padded",
            pooling(SubsamplingLayer.PoolingType.AVG).padding(1, 1).build()));
    for (SubsamplingLayer.PoolingType type :
        List.of(SubsamplingLayer.PoolingType.MAX, SubsamplingLayer.PoolingType.AVG)) {
      all.add(
          image(
              "pooling, " + type + ", of windows larger than the image",
              pooling(type).kernelSize(Nets.HEIGHT, Nets.WIDTH).stride(6, 6).build()));
    }
    all.add(
        image(
            "pooling, MAX, of padding alone",
            pooling(SubsamplingLayer.PoolingType.MAX).padding(3, 1).build()));
    all.add(
        image(
            "pooling, MAX, dilated",
            pooling(SubsamplingLayer.PoolingType.MAX).dilation(2, 2).build()));
    all.add(
        image(
            "Pooling2D by name",
            new Pooling2D.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(1, 1)
                .build()));
    for (PoolingType type : PoolingType.values()) {
      all.add(
          images(
              "global pooling, " + type,
              FIRST,
              new org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer.Builder(type)
                  .pnorm(2)
                  .build(),
              OUT));
    }
    all.add(
        image(
            "batch normalization behind a convolution",
            Nets.conv2d(4, 2, Activation.IDENTITY),
            new BatchNormalization(),
            new ActivationLayer(Activation.RELU)));
    all.add(image("batch normalization by itself", new BatchNormalization()));
    all.add(
        image(
            "batch normalization with the variance's logarithm",
            new BatchNormalization.Builder().useLogStd(true).build()));
    all.add(
        image("local response normalization", new LocalResponseNormalization.Builder().build()));
    all.add(image("zero padding", new ZeroPaddingLayer.Builder(1, 1).build()));
    all.add(
        images("zero padding first", new ZeroPaddingLayer.Builder(1, 1).build(), FIRST, MEAN, OUT));
    all.add(image("cropping", new Cropping2D.Builder(1, 1).build()));
    all.add(image("upsampling", new Upsampling2D.Builder(2).build()));
    all.add(
        image(
            "space to depth",
            new ZeroPaddingLayer.Builder(0, 0, 1, 0).build(),
            new SpaceToDepthLayer.Builder(2, SpaceToDepthLayer.DataFormat.NCHW).build()));
    all.add(image("space to batch", new SpaceToBatchLayer.Builder(new int[] {2, 1}).build()));
    all.add(image("PReLU of an image", new PReLULayer.Builder().inputShape(4, 6, 5).build()));
    all.add(
        image(
            "PReLU with one slope for each channel",
            new PReLULayer.Builder().inputShape(4, 6, 5).sharedAxes(1, 2).build()));
    all.add(image("dropout of an image", new DropoutLayer(0.8)));
    all.add(images("an image flattened", FIRST, Nets.dense(6, Activation.RELU), OUT));
    all.add(images("an image into an output layer", FIRST, OUT));
    all.add(
        images(
            "an image read by an LSTM",
            FIRST,
            new LSTM.Builder().nOut(4).activation(Activation.TANH).build(),
            MEAN,
            OUT));
    all.add(
        stack(
                "pixels in a row",
                InputType.convolutionalFlat(4, 5, 2),
                Nets.conv2d(3, 2, Activation.RELU),
                OUT)
            .reading(() -> NetworkCase.drawn(InputType.feedForward(40))[0]));
    all.add(
        stack(
            "channels last",
            InputType.convolutional(7, 6, 2, CNN2DFormat.NHWC),
            conv().dataFormat(CNN2DFormat.NHWC).build(),
            MEAN,
            OUT));
    all.add(
        images(
            "capsules",
            FIRST,
            new PrimaryCapsules.Builder(4, 2).kernelSize(2, 2).stride(2, 2).build(),
            new CapsuleLayer.Builder(3, 4, 2).build(),
            new CapsuleStrengthLayer.Builder().build(),
            new ActivationLayer(Activation.SOFTMAX),
            new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.IDENTITY).build()));
    all.add(
        images(
            "a class for each pixel",
            FIRST,
            Nets.conv2d(3, 1, Activation.IDENTITY),
            loss(Activation.SOFTMAX)));
    all.add(
        images(
            "a mask of pixels",
            FIRST,
            Nets.conv2d(1, 1, Activation.IDENTITY),
            loss(Activation.SIGMOID)));
    all.add(
        images(
            "a mask of pixels behind sigmoid",
            FIRST,
            Nets.conv2d(1, 1, Activation.SIGMOID),
            loss(Activation.IDENTITY)));
    all.add(
        images(
            "an image behind relu",
            FIRST,
            Nets.conv2d(2, 1, Activation.RELU),
            loss(Activation.IDENTITY)));
    all.add(
        images(
            "an image behind upsampling",
            FIRST,
            Nets.conv2d(1, 1, Activation.IDENTITY),
            new Upsampling2D.Builder(2).build(),
            loss(Activation.SIGMOID)));
    all.add(
        images(
                "YOLO2",
                Nets.conv2d(2 * (5 + 3), 2, Activation.IDENTITY),
                new Yolo2OutputLayer.Builder()
                    .boundingBoxPriors(Nd4j.create(new double[][] {{1, 1}, {2, 2}}))
                    .build())
            .answering(ImageNetworks::boxes));
    return all;
  }

  private static Layer loss(Activation f) {
    return new CnnLossLayer.Builder(
            f == Activation.SIGMOID
                ? LossFunction.XENT
                : f == Activation.SOFTMAX ? LossFunction.MCXENT : LossFunction.MSE)
        .activation(f)
        .build();
  }

  /** One box of the first class in each image, [n, 4 + classes, h, w]. */
  private static INDArray boxes() {
    INDArray labels = Nd4j.zeros(DataType.FLOAT, NetworkCase.EXAMPLES, 7, 6, 5);
    for (int i = 0; i < NetworkCase.EXAMPLES; i++) {
      float[] corners = {1, 1, 3, 3};
      for (int c = 0; c < 4; c++) {
        labels.putScalar(new int[] {i, c, 2, 2}, corners[c]);
      }
      labels.putScalar(new int[] {i, 4, 2, 2}, 1);
    }
    return labels;
  }

  static List<NetworkCase> volumes() {
    InputType type = InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 4, 4, 4, 2);
    Layer first =
        new Convolution3D.Builder(2, 2, 2)
            .nOut(3)
            .dataFormat(Convolution3D.DataFormat.NCDHW)
            .activation(Activation.RELU)
            .build();
    Layer voxels =
        new Convolution3D.Builder(1, 1, 1)
            .nOut(2)
            .dataFormat(Convolution3D.DataFormat.NCDHW)
            .build();
    Layer loss3d =
        new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW)
            .lossFunction(LossFunction.XENT)
            .activation(Activation.SIGMOID)
            .build();
    return List.of(
        stack("3D convolution", type, first, OUT),
        stack(
            "3D pooling",
            type,
            first,
            new Subsampling3DLayer.Builder(Subsampling3DLayer.PoolingType.MAX)
                .kernelSize(2, 2, 2)
                .stride(1, 1, 1)
                .dataFormat(Convolution3D.DataFormat.NCDHW)
                .build(),
            OUT),
        stack(
            "3D upsampling",
            type,
            first,
            new Upsampling3D.Builder(2).dataFormat(Convolution3D.DataFormat.NCDHW).build(),
            voxels,
            loss3d),
        stack("3D padding", type, new ZeroPadding3DLayer.Builder(1).build(), first, voxels, loss3d),
        stack("3D cropping", type, first, new Cropping3D.Builder(1, 1, 1).build(), voxels, loss3d),
        stack(
            "3D deconvolution",
            type,
            new Deconvolution3D.Builder()
                .kernelSize(2, 2, 2)
                .stride(1, 1, 1)
                .nOut(2)
                .dataFormat(Convolution3D.DataFormat.NCDHW)
                .build(),
            OUT),
        stack("a class for each voxel", type, first, voxels, loss3d));
  }
}
