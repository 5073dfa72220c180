package org.qat4j.layertable;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * A row of docs/networks.md: a small network, as somebody may have it.
 *
 * @param name what the row is called
 * @param network makes it, initialized or not
 * @param features what it reads, drawn anew at each call
 * @param labels what it is to answer, given the network's own answers; null where nothing trains it
 */
record NetworkCase(
    String name,
    Supplier<? extends Model> network,
    Supplier<INDArray[]> features,
    Function<INDArray[], INDArray[]> labels) {
  static final int EXAMPLES = 6;
  static final InputType VECTOR = InputType.feedForward(Nets.FEATURES);
  static final InputType SEQUENCE = InputType.recurrent(Nets.CHANNELS, Nets.STEPS);
  static final InputType IMAGE = InputType.convolutional(Nets.HEIGHT, Nets.WIDTH, Nets.PLANES);

  /** Layers in a row. */
  static NetworkCase stack(String name, InputType type, Layer... layers) {
    return stack(name, Nets.builder(DataType.FLOAT), type, layers);
  }

  static NetworkCase stack(
      String name, NeuralNetConfiguration.Builder builder, InputType type, Layer... layers) {
    return new NetworkCase(
        name,
        () -> {
          ListBuilder list = builder.list();
          for (Layer layer : layers) {
            list.layer(layer.clone());
          }
          return new MultiLayerNetwork(list.setInputType(type).build());
        },
        () -> drawn(type),
        NetworkCase::zerosAndOnes);
  }

  static NetworkCase vectors(String name, Layer... layers) {
    return stack(name, VECTOR, layers);
  }

  static NetworkCase sequences(String name, Layer... layers) {
    return stack(name, SEQUENCE, layers);
  }

  static NetworkCase images(String name, Layer... layers) {
    return stack(name, IMAGE, layers);
  }

  /**
   * A graph with the inputs x, y, …, one for each type.
   *
   * @param make adds its vertices and says which are outputs
   */
  static NetworkCase graph(String name, Consumer<GraphBuilder> make, InputType... types) {
    return new NetworkCase(
        name,
        () -> {
          GraphBuilder graph = Nets.builder(DataType.FLOAT).graphBuilder();
          for (int i = 0; i < types.length; i++) {
            graph.addInputs(String.valueOf((char) ('x' + i)));
          }
          make.accept(graph.setInputTypes(types));
          return new ComputationGraph(graph.build());
        },
        () -> drawn(types),
        NetworkCase::zerosAndOnes);
  }

  /** The same network, which reads other features. */
  NetworkCase reading(Supplier<INDArray> other) {
    return new NetworkCase(name, network, () -> new INDArray[] {other.get()}, labels);
  }

  /** The same network with other labels. */
  NetworkCase answering(Supplier<INDArray> other) {
    return new NetworkCase(name, network, features, answers -> new INDArray[] {other.get()});
  }

  /** The same network, which has no loss and is only calibrated. */
  NetworkCase untrained() {
    return new NetworkCase(name, network, features, null);
  }

  Model create() {
    Model made = network.get();
    if (made.params() == null || made.params().isEmpty()) {
      made.init();
    }
    return made;
  }

  MultiDataSet batch(Model network) {
    INDArray[] x = features.get();
    if (labels == null) {
      return new MultiDataSet(x, null);
    }
    INDArray[] answers =
        network instanceof ComputationGraph graph
            ? graph.output(x)
            : new INDArray[] {((MultiLayerNetwork) network).output(x[0])};
    return new MultiDataSet(x, labels.apply(answers));
  }

  static INDArray[] drawn(InputType... types) {
    Random random = new Random(1);
    return Arrays.stream(types)
        .map(type -> Nets.reals(random, DataType.FLOAT, shape(type)))
        .toArray(INDArray[]::new);
  }

  private static long[] shape(InputType type) {
    long[] shape = type.getShape(false);
    long[] all = new long[shape.length + 1];
    all[0] = EXAMPLES;
    System.arraycopy(shape, 0, all, 1, shape.length);
    return all;
  }

  private static INDArray[] zerosAndOnes(INDArray[] answers) {
    Random random = new Random(5);
    INDArray[] labels = new INDArray[answers.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = answers[i].dup();
      for (long j = 0; j < labels[i].length(); j++) {
        labels[i].putScalar(j, random.nextInt(2));
      }
    }
    return labels;
  }

  @Override
  public String toString() {
    return name;
  }
}
