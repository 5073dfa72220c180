package org.qat4j.layertable;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A graph of vectors in which anything may read anything that was made before, inputs too; drawn
 * from a seed.
 */
final class RandomJoins {
  private static final int EXAMPLES = 8;

  /** Of all values but merges. */
  private static final int WIDTH = 5;

  private final Random random;
  private final List<String> made = new ArrayList<>(List.of("x", "y"));
  private final List<String> unread = new ArrayList<>(made);
  private GraphBuilder graph;

  RandomJoins(long seed) {
    random = new Random(seed * 0x9E3779B97F4A7C15L);
  }

  /** Inputs of different size, so that no scale fits both. */
  MultiDataSet data() {
    Random numbers = new Random(11);
    INDArray x = Nets.reals(numbers, DataType.FLOAT, EXAMPLES, WIDTH);
    INDArray y = Nets.reals(numbers, DataType.FLOAT, EXAMPLES, WIDTH).muli(4);
    return Nets.classes(numbers, EXAMPLES, DataType.FLOAT, x, y);
  }

  /** Initialized; to be called once. */
  ComputationGraph create() {
    graph = Nets.builder(DataType.FLOAT).graphBuilder().addInputs("x", "y");
    for (int n = 4 + random.nextInt(8); n > 0; n--) {
      vertex();
    }
    graph.addVertex("all", new MergeVertex(), unread.toArray(String[]::new));
    end();
    graph.setOutputs("out");
    InputType type = InputType.feedForward(WIDTH);
    ComputationGraph network = new ComputationGraph(graph.setInputTypes(type, type).build());
    network.init();
    return network;
  }

  /** A loss of logits, of codes, or of what is combined of codes. */
  private void end() {
    Activation[] functions = {Activation.SOFTMAX, Activation.SIGMOID, Activation.IDENTITY};
    Activation f = functions[random.nextInt(functions.length)];
    LossFunction loss =
        switch (f) {
          case SOFTMAX -> LossFunction.MCXENT;
          case SIGMOID -> LossFunction.XENT;
          default -> LossFunction.MSE;
        };
    LossLayer last = new LossLayer.Builder(loss).activation(f).build();
    Activation hidden = RandomNetwork.FUNCTIONS[random.nextInt(RandomNetwork.FUNCTIONS.length)];
    switch (random.nextInt(5)) {
      case 0 -> graph.addLayer("out", Nets.output(), "all");
      case 1 ->
          graph.addLayer(
              "out",
              new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                  .nOut(Nets.CLASSES)
                  .activation(Activation.SOFTMAX)
                  .build(),
              "all");
      case 2 ->
          graph
              .addLayer("last", Nets.dense(Nets.CLASSES, hidden), "all")
              .addLayer("out", last, "last");
      case 3 ->
          graph
              .addLayer("last", Nets.dense(Nets.CLASSES, hidden), "all")
              .addVertex("scaled", new ScaleVertex(1.3), "last")
              .addLayer("out", last, "scaled");
      default ->
          graph
              .addLayer("left", Nets.dense(Nets.CLASSES, hidden), "all")
              .addLayer("right", Nets.dense(Nets.CLASSES, Activation.TANH), "all")
              .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "left", "right")
              .addLayer("out", last, "sum");
    }
  }

  private void vertex() {
    switch (random.nextInt(10)) {
      case 0 -> add(new ScaleVertex(0.3 + random.nextInt(20) / 8.0), read());
      case 1 ->
          add(
              random.nextBoolean()
                  ? new ShiftVertex(random.nextGaussian())
                  : new L2NormalizeVertex(),
              read());
      case 2, 3 -> {
        ElementWiseVertex.Op[] ops = ElementWiseVertex.Op.values();
        add(new ElementWiseVertex(ops[random.nextInt(ops.length)]), read(), read());
      }
      case 4 -> add(new ElementWiseVertex(ElementWiseVertex.Op.Add), read(), read(), read());
      case 5 -> {
        String merge = "v" + made.size() + "merged";
        graph.addVertex(merge, new MergeVertex(), read(), read());
        add(new SubsetVertex(2, 1 + WIDTH), merge);
        layer(merge);
      }
      case 6 -> shared();
      default -> layer(read());
    }
  }

  /** Two values by the same layers. */
  private void shared() {
    String name = "v" + made.size();
    Activation f = RandomNetwork.FUNCTIONS[random.nextInt(RandomNetwork.FUNCTIONS.length)];
    graph
        .addVertex(name + "both", new StackVertex(), read(), read())
        .addLayer(name + "first", Nets.dense(WIDTH, f), name + "both");
    String last = name + "first";
    switch (random.nextInt(3)) {
      case 0 -> {
        graph.addVertex(
            name + "sum",
            new ElementWiseVertex(ElementWiseVertex.Op.Add),
            name + "both",
            name + "first");
        last = name + "sum";
      }
      case 1 -> {
        graph.addLayer(name + "second", Nets.dense(WIDTH, Activation.TANH), name + "first");
        last = name + "second";
      }
      default -> {}
    }
    add(new UnstackVertex(0, 2), last);
    add(new UnstackVertex(1, 2), last);
  }

  private void layer(String from) {
    Activation f = RandomNetwork.FUNCTIONS[random.nextInt(RandomNetwork.FUNCTIONS.length)];
    String name = "v" + made.size();
    graph.addLayer(name, Nets.dense(WIDTH, f), from);
    put(name);
  }

  private void add(GraphVertex vertex, String... inputs) {
    String name = "v" + made.size();
    graph.addVertex(name, vertex, inputs);
    put(name);
  }

  private void put(String name) {
    made.add(name);
    unread.add(name);
  }

  private String read() {
    String name = made.get(random.nextInt(made.size()));
    unread.remove(name);
    return name;
  }
}
