package org.qat4j.layertable;

import static org.qat4j.layertable.LayerCase.SUBJECT;

import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Rows of docs/layers.md: values in another shape, and what is refused. */
@SuppressWarnings("deprecation") // GravesBidirectionalLSTM
final class LayoutCases {
  private LayoutCases() {}

  static List<LayerCase> all() {
    return List.of(
        LayerCase.of("ReshapeVertex", "order 'f'", LayoutCases::reshape, Nets::vectors),
        LayerCase.of("PreprocessorVertex", "", LayoutCases::preprocessor, Nets::images),
        LayerCase.of("LastTimeStepVertex", "", LayoutCases::lastStep, Nets::sequences),
        LayerCase.of(
            "RnnToFeedForwardPreProcessor and FeedForwardToRnnPreProcessor",
            "",
            type ->
                stack(
                    type,
                    InputType.recurrent(Nets.CHANNELS, Nets.STEPS),
                    null,
                    new LSTM.Builder().nOut(6).activation(Activation.TANH).build(),
                    Nets.subject(Nets.dense(5, Activation.RELU)),
                    Nets.conv(4, 2, Activation.TANH),
                    Nets.global(PoolingType.AVG)),
            Nets::sequences),
        LayerCase.of(
            "CnnToRnnPreProcessor",
            "images at every step",
            type ->
                stack(
                    type,
                    images(),
                    null,
                    Nets.conv2d(4, 2, Activation.TANH),
                    Nets.subject(new LSTM.Builder().nOut(5).activation(Activation.TANH).build()),
                    Nets.global(PoolingType.AVG)),
            Nets::images),
        LayerCase.of(
            "CnnToFeedForwardPreProcessor",
            "",
            type ->
                stack(
                    type,
                    images(),
                    new CnnToFeedForwardPreProcessor(Nets.HEIGHT - 1, Nets.WIDTH - 1, 4),
                    Nets.conv2d(4, 2, Activation.TANH),
                    Nets.subject(new BatchNormalization.Builder().build())),
            Nets::images),
        LayerCase.of(
            "FeedForwardToCnnPreProcessor",
            "",
            type ->
                stack(
                    type,
                    InputType.feedForward(Nets.FEATURES),
                    new FeedForwardToCnnPreProcessor(3, 2, 2),
                    Nets.dense(12, Activation.TANH),
                    Nets.subject(Nets.conv2d(4, 2, Activation.RELU))),
            Nets::vectors),
        LayerCase.refused(
            "BatchNormalization of sequences",
            "DL4J's BatchNormalization throws on sequences [n, channels, steps]",
            LayoutCases::normalizedSequence),
        LayerCase.refused(
            "SelfAttentionLayer of DL4J and its other SameDiff layers",
            "is a SameDiff layer, which in DL4J 1.0.0-M2.1 hands down twice the gradient",
            type ->
                Nets.sequences(
                    type,
                    new SelfAttentionLayer.Builder().nOut(6).nHeads(2).projectInput(true).build())),
        LayerCase.refused(
            "RnnToCnnPreProcessor",
            "the preprocessor RnnToCnnPreProcessor cannot be quantized",
            LayoutCases::imagesAtEveryStep),
        LayerCase.of(
            "RnnLossLayer",
            "as LossLayer, format NWC",
            LayoutCases::lossOfSteps,
            LayerCases::tagged),
        LayerCase.of(
            "CnnLossLayer",
            "as LossLayer, format NHWC",
            LayoutCases::lossOfPixels,
            LayoutCases::labelledPixels),
        LayerCase.of(
            "GravesBidirectionalLSTM",
            "as GravesLSTM",
            type ->
                Nets.sequences(
                    type,
                    new GravesBidirectionalLSTM.Builder()
                        .nOut(5)
                        .activation(Activation.TANH)
                        .build()),
            Nets::sequences),
        LayerCase.of(
            "VariationalAutoencoder (its encoder)",
            "as DenseLayer",
            type ->
                Nets.vectors(
                    type,
                    new VariationalAutoencoder.Builder()
                        .encoderLayerSizes(6)
                        .decoderLayerSizes(6)
                        .activation(Activation.TANH)
                        .nOut(4)
                        .build()),
            Nets::vectors),
        LayerCase.of(
            "AutoEncoder (its encoder)",
            "as DenseLayer",
            type ->
                Nets.vectors(
                    type, new AutoEncoder.Builder().nOut(5).activation(Activation.SIGMOID).build()),
            Nets::vectors),
        LayerCase.refused(
            "LocallyConnected2D, LocallyConnected1D",
            "a convolution shares its weights among all places",
            type ->
                Nets.images(
                    type,
                    new LocallyConnected2D.Builder()
                        .kernelSize(2, 2)
                        .nOut(3)
                        .setInputSize(Nets.HEIGHT - 1, Nets.WIDTH - 1)
                        .build())),
        LayerCase.of("PReLULayer", "", type -> Nets.vectors(type, slopes(9)), Nets::vectors),
        LayerCase.of(
            "PReLULayer, images",
            "",
            type -> Nets.images(type, slopes(4, Nets.HEIGHT - 1, Nets.WIDTH - 1)),
            Nets::images),
        LayerCase.refused(
            "LocalResponseNormalization, and layers of DL4J that are not named here",
            "it divides by a sum of squares to the power 0.75, and no power is rounded alike in"
                + " Java and in ONNX Runtime",
            type -> Nets.images(type, new LocalResponseNormalization.Builder().build())));
  }

  private static PReLULayer slopes(long... shape) {
    return new PReLULayer.Builder()
        .inputShape(shape)
        .weightInit(new UniformDistribution(-0.2, 0.6))
        .build();
  }

  private static InputType images() {
    return InputType.convolutional(Nets.HEIGHT, Nets.WIDTH, Nets.PLANES);
  }

  /**
   * Layers and an output layer.
   *
   * @param pre of the second layer; null for that which DL4J puts there, as elsewhere
   */
  private static Model stack(
      DataType type, InputType input, InputPreProcessor pre, Layer... layers) {
    ListBuilder list = Nets.builder(type).list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    if (pre != null) {
      list.inputPreProcessor(1, pre);
    }
    return new MultiLayerNetwork(list.layer(Nets.output()).setInputType(input).build());
  }

  /** Twelve values as four steps with three channels. */
  private static Model reshape(DataType type) {
    return graph(
        type,
        InputType.feedForward(Nets.FEATURES),
        Nets.dense(12, Activation.TANH),
        new ReshapeVertex(-1, 3, 4),
        Nets.conv(4, 2, Activation.RELU));
  }

  private static Model preprocessor(DataType type) {
    InputPreProcessor flat = new CnnToFeedForwardPreProcessor(Nets.HEIGHT - 1, Nets.WIDTH - 1, 4);
    return graph(
        type,
        images(),
        Nets.conv2d(4, 2, Activation.TANH),
        new PreprocessorVertex(new ComposableInputPreProcessor(flat)),
        Nets.dense(4, Activation.RELU));
  }

  private static Model lastStep(DataType type) {
    return graph(
        type,
        InputType.recurrent(Nets.CHANNELS, Nets.STEPS),
        Nets.conv(6, 3, Activation.TANH),
        new LastTimeStepVertex("x"),
        Nets.dense(4, Activation.RELU));
  }

  private static Model graph(
      DataType type, InputType input, Layer before, GraphVertex vertex, Layer behind) {
    GraphBuilder graph =
        Nets.builder(type)
            .graphBuilder()
            .addInputs("x")
            .addLayer("before", before, "x")
            .addVertex(SUBJECT, vertex, "before")
            .addLayer("behind", behind, SUBJECT);
    String last = "behind";
    if (behind instanceof Convolution1DLayer) {
      last = "mean";
      graph.addLayer(last, Nets.global(PoolingType.AVG), "behind");
    }
    return new ComputationGraph(
        graph.addLayer("out", Nets.output(), last).setOutputs("out").setInputTypes(input).build());
  }

  private static Model normalizedSequence(DataType type) {
    return new MultiLayerNetwork(
        Nets.builder(type)
            .list()
            .layer(new Convolution1DLayer.Builder(2).nIn(Nets.CHANNELS).nOut(3).build())
            .layer(Nets.subject(new BatchNormalization.Builder().nIn(3).nOut(3).build()))
            .build());
  }

  private static Model lossOfSteps(DataType type) {
    return new MultiLayerNetwork(
        Nets.builder(type)
            .list()
            .layer(Nets.conv(6, 3, Activation.TANH))
            .layer(Nets.conv(Nets.CLASSES, 1, Activation.IDENTITY))
            .layer(
                Nets.subject(
                    new RnnLossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build()))
            .setInputType(InputType.recurrent(Nets.CHANNELS, Nets.STEPS))
            .build());
  }

  private static Model lossOfPixels(DataType type) {
    return new MultiLayerNetwork(
        Nets.builder(type)
            .list()
            .layer(Nets.conv2d(4, 2, Activation.TANH))
            .layer(Nets.conv2d(Nets.CLASSES, 1, Activation.IDENTITY))
            .layer(
                Nets.subject(
                    new CnnLossLayer.Builder(LossFunction.XENT)
                        .activation(Activation.SIGMOID)
                        .build()))
            .setInputType(InputType.convolutional(Nets.HEIGHT, Nets.WIDTH, Nets.PLANES))
            .build());
  }

  /** Images with labels, 0 or 1, for each pixel that the convolution leaves. */
  private static MultiDataSet labelledPixels(Random random, int n, DataType type) {
    INDArray images = Nets.reals(random, type, n, Nets.PLANES, Nets.HEIGHT, Nets.WIDTH);
    INDArray labels = Nd4j.zeros(type, n, Nets.CLASSES, Nets.HEIGHT - 1, Nets.WIDTH - 1);
    for (long i = 0; i < labels.length(); i++) {
      labels.putScalar(i, random.nextInt(2));
    }
    return new MultiDataSet(images, labels);
  }

  private static Model imagesAtEveryStep(DataType type) {
    return new MultiLayerNetwork(
        Nets.builder(type)
            .list()
            .layer(new Convolution1DLayer.Builder(1).nIn(Nets.CHANNELS).nOut(6).build())
            .layer(Nets.subject(Nets.conv2d(2, 2, Activation.RELU)))
            .layer(Nets.global(PoolingType.AVG))
            .inputPreProcessor(1, new RnnToCnnPreProcessor(3, 2, 1))
            .setInputType(InputType.recurrent(Nets.CHANNELS, Nets.STEPS))
            .build());
  }
}
