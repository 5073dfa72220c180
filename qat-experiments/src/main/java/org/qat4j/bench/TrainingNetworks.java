package org.qat4j.bench;

import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The networks whose steps are measured, in float, with parameters that do not depend on the run.
 */
final class TrainingNetworks {
  static final int COLOURS = 3;

  private TrainingNetworks() {}

  /**
   * The network of a specification.
   *
   * @param form of its layers: as DL4J has them, or faster
   */
  static Model of(TrainingSpec spec, int length, UnaryOperator<Layer> form) {
    return switch (spec.body()) {
      case CNN, LSTM, ATTENTION -> words(spec, length, form);
      case DENSE, SMALL -> dense(spec.body().widths());
      case VGG16 -> vgg16(length, 1, spec.classes());
      case RESNET50 -> resnet50(length, 1, spec.classes());
    };
  }

  private static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder().seed(TrainingVariant.SEED).updater(new Adam(1e-3));
  }

  private static MultiLayerNetwork words(TrainingSpec spec, int length, UnaryOperator<Layer> form) {
    ListBuilder layers =
        builder()
            .list()
            .layer(
                form.apply(
                    new EmbeddingSequenceLayer.Builder()
                        .nIn(spec.vocabulary())
                        .nOut(TrainingSpec.DIMENSION)
                        .inputLength(length)
                        .activation(Activation.IDENTITY)
                        .weightInit(new UniformDistribution(-0.25, 0.25))
                        .build()));
    spec.body().layers(form).forEach(layers::layer);
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            layers
                .layer(form.apply(new GlobalPoolingLayer(PoolingType.MAX)))
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(spec.body().widths()[0])
                        .nOut(TrainingSpec.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .dropOut(0.5)
                        .build())
                .build());
    network.init();
    return network;
  }

  private static MultiLayerNetwork dense(int... widths) {
    ListBuilder list = builder().weightInit(WeightInit.RELU).list();
    for (int i = 1; i < widths.length - 1; i++) {
      list.layer(dense(widths[i]));
    }
    list.layer(classes(widths[widths.length - 1]));
    return initialized(list, InputType.feedForward(widths[0]));
  }

  private static DenseLayer dense(int width) {
    return new DenseLayer.Builder().nOut(width).activation(Activation.RELU).build();
  }

  private static OutputLayer classes(int classes) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(classes)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static MultiLayerNetwork initialized(ListBuilder list, InputType type) {
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(type).build());
    network.init();
    return network;
  }

  /**
   * Configuration D of Simonyan and Zisserman, table 1.
   *
   * @param part each layer has 1/part of its channels
   */
  static MultiLayerNetwork vgg16(int side, int part, int classes) {
    int[][] blocks = {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}};
    ListBuilder list = builder().weightInit(WeightInit.RELU).list();
    for (int[] block : blocks) {
      for (int i = 0; i < block[1]; i++) {
        list.layer(convolution(block[0] / part, 3, 1).activation(Activation.RELU).build());
      }
      list.layer(pooling(2));
    }
    list.layer(dense(4096 / part)).layer(dense(4096 / part)).layer(classes(classes));
    return initialized(list, InputType.convolutional(side, side, COLOURS));
  }

  private static ConvolutionLayer.Builder convolution(int channels, int kernel, int stride) {
    return new ConvolutionLayer.Builder(kernel, kernel)
        .nOut(channels)
        .stride(stride, stride)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.IDENTITY);
  }

  private static SubsamplingLayer pooling(int kernel) {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
        .kernelSize(kernel, kernel)
        .stride(2, 2)
        .convolutionMode(ConvolutionMode.Same)
        .build();
  }

  /**
   * The network of 50 layers of He and others, table 1.
   *
   * @param part each layer has 1/part of its channels
   */
  static ComputationGraph resnet50(int side, int part, int classes) {
    int[] blocks = {3, 4, 6, 3};
    GraphBuilder graph = builder().weightInit(WeightInit.RELU).graphBuilder().addInputs("image");
    String x = normalized(graph, "stem", "image", convolution(64 / part, 7, 2), true);
    graph.addLayer("pool", pooling(3), x);
    x = "pool";
    for (int stage = 0; stage < blocks.length; stage++) {
      int channels = (64 << stage) / part;
      for (int i = 0; i < blocks[stage]; i++) {
        x = block(graph, "s" + stage + "b" + i, x, channels, i > 0 ? 0 : stage == 0 ? 1 : 2);
      }
    }
    graph
        .addLayer("mean", new GlobalPoolingLayer(PoolingType.AVG), x)
        .addLayer("out", classes(classes), "mean")
        .setOutputs("out")
        .setInputTypes(InputType.convolutional(side, side, COLOURS));
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    return network;
  }

  /**
   * Three convolutions and what they are added to.
   *
   * @param stride of a block that begins a stage; 0 where what it reads is added as it is
   */
  private static String block(
      GraphBuilder graph, String name, String input, int channels, int stride) {
    int step = Math.max(1, stride);
    String a = normalized(graph, name + "a", input, convolution(channels, 1, step), true);
    String b = normalized(graph, name + "b", a, convolution(channels, 3, 1), true);
    String c = normalized(graph, name + "c", b, convolution(4 * channels, 1, 1), false);
    String beside =
        stride == 0
            ? input
            : normalized(graph, name + "d", input, convolution(4 * channels, 1, step), false);
    graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), c, beside);
    graph.addLayer(name + "/relu", new ActivationLayer(Activation.RELU), name);
    return name + "/relu";
  }

  private static String normalized(
      GraphBuilder graph, String name, String input, ConvolutionLayer.Builder conv, boolean relu) {
    graph.addLayer(name, conv.build(), input);
    graph.addLayer(name + "/normal", new BatchNormalization(), name);
    if (relu) {
      graph.addLayer(name + "/relu", new ActivationLayer(Activation.RELU), name + "/normal");
    }
    return name + (relu ? "/relu" : "/normal");
  }
}
