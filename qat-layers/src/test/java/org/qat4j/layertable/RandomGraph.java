package org.qat4j.layertable;

import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.TransformerEncoder;

/** A graph whose branches part and meet, drawn from a seed. The same seed gives the same graph. */
final class RandomGraph {
  private static final String INPUT = "x";

  /** What lies between two vertices. */
  private enum Form {
    IMAGE,
    SEQUENCE,
    VECTOR
  }

  private final Random random;
  private final Form begin;
  private GraphBuilder graph;
  private Form form;
  private String last;
  private int made;

  RandomGraph(long seed) {
    random = new Random(seed * 0xD1B54A32D192ED03L);
    begin = Form.values()[random.nextInt(3)];
  }

  LayerCase.Batches data() {
    return switch (begin) {
      case IMAGE -> Nets::images;
      case SEQUENCE -> Nets::sequences;
      case VECTOR -> Nets::vectors;
    };
  }

  /** Initialized; to be called once. */
  Model create() {
    graph = Nets.builder(DataType.FLOAT).graphBuilder().addInputs(INPUT);
    form = begin;
    last = INPUT;
    layer(channels());
    for (int blocks = 1 + random.nextInt(3); blocks > 0; blocks--) {
      block();
    }
    if (form != Form.VECTOR) {
      PoolingType[] types = {PoolingType.MAX, PoolingType.AVG, PoolingType.SUM};
      add(Nets.global(types[random.nextInt(types.length)]), last);
    }
    graph.addLayer("out", Nets.output(), last).setOutputs("out");
    graph.setInputTypes(
        switch (begin) {
          case IMAGE -> InputType.convolutional(Nets.HEIGHT, Nets.WIDTH, Nets.PLANES);
          case SEQUENCE -> InputType.recurrent(Nets.CHANNELS, Nets.STEPS);
          case VECTOR -> InputType.feedForward(Nets.FEATURES);
        });
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    return network;
  }

  private int channels() {
    return 2 + random.nextInt(5);
  }

  private void add(Layer layer, String... inputs) {
    last = layer.getClass().getSimpleName() + made++;
    graph.addLayer(last, layer, inputs);
  }

  private void add(GraphVertex vertex, String... inputs) {
    last = vertex.getClass().getSimpleName() + made++;
    graph.addVertex(last, vertex, inputs);
  }

  private void block() {
    switch (random.nextInt(9)) {
      case 0 -> combine(channels());
      case 1 -> merge();
      case 2 -> {
        if (form == Form.IMAGE) { // of which DL4J computes the channels of a subset wrongly
          layer(channels());
        } else {
          subset(3 + random.nextInt(4));
        }
      }
      case 3 -> residual(channels());
      case 4 -> special();
      case 5 -> reshape();
      case 6 -> shared(channels());
      case 7 -> {
        if (form == Form.SEQUENCE) {
          overTime();
        } else {
          combine(channels());
        }
      }
      default -> layer(channels());
    }
  }

  /** A product that leaves places as they are. */
  private void layer(int channels) {
    Activation f = RandomNetwork.FUNCTIONS[random.nextInt(RandomNetwork.FUNCTIONS.length)];
    boolean plain = random.nextBoolean();
    switch (form) {
      case IMAGE ->
          add(
              plain
                  ? new ConvolutionLayer.Builder(1 + random.nextInt(3), 2)
                      .nOut(channels)
                      .convolutionMode(ConvolutionMode.Same)
                      .activation(f)
                      .build()
                  : new SeparableConvolution2D.Builder(2, 1 + random.nextInt(3))
                      .depthMultiplier(1 + random.nextInt(2))
                      .nOut(channels)
                      .convolutionMode(ConvolutionMode.Same)
                      .activation(f)
                      .build(),
              last);
      case SEQUENCE ->
          add(
              plain
                  ? new Convolution1DLayer.Builder(1 + random.nextInt(3))
                      .nOut(channels)
                      .convolutionMode(ConvolutionMode.Causal)
                      .activation(f)
                      .build()
                  : Nets.dense(channels, f), // of each step, and back to a sequence
              last);
      case VECTOR -> add(Nets.dense(channels, f), last);
    }
    if (form == Form.SEQUENCE && !plain) {
      // Nothing but a layer over time makes DL4J put the steps together again.
      add(
          new Convolution1DLayer.Builder(1).nOut(channels).activation(Activation.IDENTITY).build(),
          last);
    }
  }

  /** Two of one shape, element by element. */
  private void combine(int channels) {
    String from = last;
    layer(channels);
    String left = last;
    last = from;
    layer(channels);
    ElementWiseVertex.Op[] ops = ElementWiseVertex.Op.values();
    add(new ElementWiseVertex(ops[random.nextInt(ops.length)]), left, last);
    layer(channels());
  }

  private void merge() {
    String from = last;
    layer(channels());
    String left = last;
    last = from;
    layer(channels());
    add(new MergeVertex(), left, last);
    layer(channels());
  }

  /** Two branches by the same layer. */
  private void shared(int channels) {
    String from = last;
    branch(channels);
    String left = last;
    last = from;
    branch(channels);
    add(new StackVertex(), left, last);
    String both = last;
    branch(channels);
    String shared = last;
    if (random.nextBoolean()) {
      add(new ElementWiseVertex(ElementWiseVertex.Op.Add), both, shared);
      shared = last;
    }
    add(new UnstackVertex(0, 2), shared);
    left = last;
    add(new UnstackVertex(1, 2), shared);
    GraphVertex[] meets = {
      new MergeVertex(),
      new ElementWiseVertex(ElementWiseVertex.Op.Subtract),
      new ElementWiseVertex(ElementWiseVertex.Op.Product)
    };
    add(meets[random.nextInt(meets.length)], left, last);
    layer(channels());
  }

  /**
   * A layer that may be stacked. DL4J takes steps of dense layers apart by the unstacked examples,
   * and compares how many steps layers make, of which it does not know some.
   */
  private void branch(int channels) {
    if (form == Form.SEQUENCE) {
      add(Nets.conv(channels, 1, Activation.TANH), last);
    } else {
      layer(channels);
    }
  }

  /** Backwards, or beside its own last step at each. */
  private void overTime() {
    String from = last;
    if (random.nextBoolean() || begin != Form.SEQUENCE) {
      add(new ReverseTimeSeriesVertex(), last);
    } else {
      add(new LastTimeStepVertex(INPUT), last);
      add(new DuplicateToTimeSeriesVertex(INPUT), last);
    }
    add(new MergeVertex(), from, last);
    layer(channels());
  }

  private void subset(int channels) {
    layer(channels);
    add(new SubsetVertex(1, channels - 1 - random.nextInt(2)), last);
    layer(channels());
  }

  private void residual(int channels) {
    layer(channels);
    String from = last;
    layer(channels);
    add(new ElementWiseVertex(ElementWiseVertex.Op.Add), from, last);
    layer(channels());
  }

  private void special() {
    switch (form) {
      case IMAGE -> add(new BatchNormalization.Builder().build(), last);
      case SEQUENCE -> {
        int heads = 1 + random.nextInt(2);
        int channels = heads * (1 + random.nextInt(3));
        add(
            new Convolution1DLayer.Builder(1)
                .nOut(channels)
                .activation(Activation.IDENTITY)
                .build(),
            last);
        last =
            new TransformerEncoder(channels, heads, 3, Activation.RELU)
                .addTo(graph, "encoder" + made++, last);
        add(new LayerNormLayer(channels), last);
      }
      case VECTOR -> add(new LayerNormLayer(), last);
    }
  }

  /** From one form to another. */
  private void reshape() {
    switch (form) {
      case IMAGE -> {
        add(
            random.nextBoolean()
                ? Nets.dense(channels(), Activation.RELU)
                : new LSTM.Builder().nOut(channels()).activation(Activation.TANH).build(),
            last);
        form = last.startsWith("LSTM") ? Form.SEQUENCE : Form.VECTOR;
      }
      case SEQUENCE -> {
        add(new SimpleRnn.Builder().nOut(channels()).activation(Activation.TANH).build(), last);
        add(new LastTimeStepVertex(INPUT), last);
        form = Form.VECTOR;
        layer(channels());
      }
      case VECTOR -> {
        layer(12);
        boolean image = random.nextBoolean();
        add(image ? new ReshapeVertex(-1, 2, 3, 2) : new ReshapeVertex(-1, 3, 4), last);
        form = image ? Form.IMAGE : Form.SEQUENCE;
        layer(channels());
      }
    }
  }
}
