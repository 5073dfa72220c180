package org.qat4j.encoder;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.layers.FastLayers;
import org.qat4j.layers.GeluErf;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.MultiHeadAttentionLayer;
import org.qat4j.model.TextInput;
import org.qat4j.text.WordPieceEncoder;

/**
 * The network of an encoder out of layers that can be quantized. It reads ids of pieces and of
 * positions, [n, t] each, and ids of types where texts are pairs or have a token in focus. The
 * first type is added to the positions, and the table of types has what the second one differs by:
 * the id 0 stands for nothing in all inputs, as masks have it.
 */
public final class EncoderNetwork {
  private static final String IDS = "ids";
  private static final String POSITIONS = "positions";
  private static final String TYPES = "types";
  private static final String NORM = "embedding";

  private final Encoder encoder;
  private final EncoderShape shape;
  private final String prefix;
  private final int length;
  private final WordPieceEncoder.Form form;
  private final boolean types;
  private final double dropout;

  /**
   * An encoder without dropout.
   *
   * @param length ids of a text, at most the positions of the encoder
   * @param pairs whether texts come in pairs
   * @throws QatException if the encoder has too few positions, or one type for pairs
   */
  public EncoderNetwork(Encoder encoder, int length, boolean pairs) {
    this(encoder, length, pairs, 0);
  }

  /**
   * An encoder with dropout behind the embeddings and in front of the sums, as BERT has it; its
   * dropout of attention's probabilities is left out.
   *
   * @param length ids of a text, at most the positions of the encoder
   * @param pairs whether texts come in pairs
   * @param dropout probability to drop a value in training, in [0, 1)
   * @throws QatException if the encoder has too few positions, or one type for pairs
   */
  public EncoderNetwork(Encoder encoder, int length, boolean pairs, double dropout) {
    this(
        encoder,
        length,
        pairs ? WordPieceEncoder.Form.PAIR : WordPieceEncoder.Form.TEXT,
        pairs,
        dropout);
  }

  /**
   * An encoder of texts of any form, with dropout as {@link #EncoderNetwork(Encoder, int, boolean,
   * double)} has it.
   *
   * @param length ids of a text, at most the positions of the encoder
   * @param form what a text is
   * @param types whether the second text of a pair, or the token in focus, is told by its type
   * @param dropout probability to drop a value in training, in [0, 1)
   * @throws QatException if the encoder has too few positions, or one type where two are needed
   */
  public EncoderNetwork(
      Encoder encoder, int length, WordPieceEncoder.Form form, boolean types, double dropout) {
    this.encoder = encoder;
    this.shape = encoder.shape();
    this.prefix = encoder.tensors().prefix();
    this.length = length;
    this.form = form;
    this.types = types;
    this.dropout = dropout;
    if (!(dropout >= 0 && dropout < 1)) {
      throw new QatException("a probability to drop a value lies in [0, 1), not " + dropout);
    }
    if (length > shape.positions()) {
      throw new QatException(
          "the encoder has learned " + shape.positions() + " positions, fewer than " + length);
    }
    if (types && shape.types() != 2) {
      throw new QatException(
          (form == WordPieceEncoder.Form.TOKENS
                  ? "a token in focus is told from the others by the second of 2 types"
                  : "pairs of texts have 2 types")
              + ", the encoder has "
              + shape.types());
    }
  }

  /** Channels of the hidden states. */
  public int channels() {
    return shape.channels();
  }

  /** How the inputs are made from a text. */
  public List<TextInput> text() {
    WordPieceEncoder pieces = new WordPieceEncoder(encoder.words(), length, form);
    TextInput ids = new TextInput(IDS, pieces);
    TextInput positions = new TextInput(POSITIONS, new WordPieceEncoder.StepEncoder(pieces, false));
    return types
        ? List.of(
            ids, positions, new TextInput(TYPES, new WordPieceEncoder.StepEncoder(pieces, true)))
        : List.of(ids, positions);
  }

  /**
   * Adds inputs and blocks to a graph.
   *
   * @return name of the vertex that makes the hidden states, [n, channels, t]
   */
  public String addTo(GraphBuilder graph) {
    int c = shape.channels();
    graph.addInputs(text().stream().map(TextInput::input).toList());
    graph.addLayer("words", table(shape.vocabulary()), IDS);
    graph.addLayer("places", table(length + 1), POSITIONS);
    if (types) {
      graph.addLayer("kinds", table(2), TYPES);
      graph.addVertex("first", sum(), "words", "places", "kinds");
    } else {
      graph.addVertex("first", sum(), "words", "places");
    }
    graph.addLayer(NORM, new LayerNormLayer(c, shape.epsilon()), "first");
    String last = dropped(graph, "dropped", NORM);
    for (int b = 0; b < shape.blocks(); b++) {
      last = block(graph, "block" + (b + 1), last);
    }
    return last;
  }

  /**
   * What is left of a vertex in training, by a name; the vertex itself where nothing is dropped.
   */
  private String dropped(GraphBuilder graph, String name, String input) {
    if (dropout == 0) {
      return input;
    }
    graph.addLayer(name, FastLayers.of(new DropoutLayer(1 - dropout)), input);
    return name;
  }

  private Layer table(int rows) {
    return FastLayers.of(
        new EmbeddingSequenceLayer.Builder()
            .nIn(rows)
            .nOut(shape.channels())
            .activation(new ActivationIdentity())
            .build());
  }

  private static ElementWiseVertex sum() {
    return new ElementWiseVertex(ElementWiseVertex.Op.Add);
  }

  private String block(GraphBuilder graph, String name, String input) {
    int c = shape.channels();
    IActivation none = new ActivationIdentity();
    graph
        .addLayer(name + "/parts", product(c, 3 * c, none), input)
        .addLayer(name + "/attention", new MultiHeadAttentionLayer(shape.heads()), name + "/parts")
        .addLayer(name + "/join", product(c, c, none), name + "/attention");
    graph
        .addVertex(name + "/sum1", sum(), input, dropped(graph, name + "/dropped1", name + "/join"))
        .addLayer(name + "/norm", new LayerNormLayer(c, shape.epsilon()), name + "/sum1")
        .addLayer(name + "/wide", product(c, shape.width(), new GeluErf()), name + "/norm")
        .addLayer(name + "/narrow", product(shape.width(), c, none), name + "/wide");
    graph
        .addVertex(
            name + "/sum2",
            sum(),
            name + "/norm",
            dropped(graph, name + "/dropped2", name + "/narrow"))
        .addLayer(name + "/out", new LayerNormLayer(c, shape.epsilon()), name + "/sum2");
    return name + "/out";
  }

  private static Layer product(int in, int out, IActivation f) {
    return FastLayers.of(new Convolution1DLayer.Builder(1).nIn(in).nOut(out).activation(f).build());
  }

  /**
   * Gives a network, which has what {@link #addTo} adds, the encoder's weights.
   *
   * @throws QatException if a tensor is missing or has another shape; the message names it
   */
  public void setWeights(ComputationGraph network) {
    EncoderTensors t = encoder.tensors();
    int c = shape.channels();
    String e = prefix + "embeddings.";
    set(network, "words", "W", t.get(e + "word_embeddings.weight", shape.vocabulary(), c));
    float[] typeRows = t.get(e + "token_type_embeddings.weight", shape.types(), c);
    set(network, "places", "W", places(typeRows));
    if (types) {
      set(network, "kinds", "W", difference(typeRows));
    }
    norm(network, NORM, e + "LayerNorm");
    for (int b = 0; b < shape.blocks(); b++) {
      block(network, "block" + (b + 1), prefix + "encoder.layer." + b + ".");
    }
  }

  /** A row of zeros, then what the second type differs by from the first. */
  private float[] difference(float[] typeRows) {
    int c = shape.channels();
    float[] rows = new float[2 * c];
    for (int i = 0; i < c; i++) {
      rows[c + i] = typeRows[c + i] - typeRows[i];
    }
    return rows;
  }

  /** A row of zeros for padding, then the positions, to which the first type is added. */
  private float[] places(float[] typeRows) {
    int c = shape.channels();
    float[] all =
        encoder
            .tensors()
            .get(prefix + "embeddings.position_embeddings.weight", shape.positions(), c);
    float[] rows = new float[(length + 1) * c];
    for (int i = 0; i < length * c; i++) {
      rows[c + i] = all[i] + typeRows[i % c];
    }
    return rows;
  }

  private void block(ComputationGraph network, String name, String from) {
    int c = shape.channels();
    String[] parts = {"query", "key", "value"};
    float[] w = new float[3 * c * c];
    float[] b = new float[3 * c];
    for (int p = 0; p < parts.length; p++) {
      String part = from + "attention.self." + parts[p];
      float[] matrix = encoder.tensors().product(part, c, c);
      for (int i = 0; i < c; i++) {
        System.arraycopy(matrix, i * c, w, (3 * i + p) * c, c);
      }
      System.arraycopy(encoder.tensors().get(part + ".bias", c), 0, b, p * c, c);
    }
    set(network, name + "/parts", "W", w);
    set(network, name + "/parts", "b", b);
    product(network, name + "/join", from + "attention.output.dense", c, c);
    norm(network, name + "/norm", from + "attention.output.LayerNorm");
    product(network, name + "/wide", from + "intermediate.dense", c, shape.width());
    product(network, name + "/narrow", from + "output.dense", shape.width(), c);
    norm(network, name + "/out", from + "output.LayerNorm");
  }

  private void product(ComputationGraph network, String layer, String from, int in, int out) {
    set(network, layer, "W", encoder.tensors().product(from, in, out));
    set(network, layer, "b", encoder.tensors().get(from + ".bias", out));
  }

  private void norm(ComputationGraph network, String layer, String from) {
    set(network, layer, "g", encoder.tensors().get(from + ".weight", shape.channels()));
    set(network, layer, "b", encoder.tensors().get(from + ".bias", shape.channels()));
  }

  /** Puts values where the parameter lies, in the order in which they lie there. */
  private static void set(ComputationGraph network, String layer, String key, float[] values) {
    INDArray param = network.getLayer(layer).getParam(key);
    if (param.length() != values.length) {
      throw new QatException(
          "layer \""
              + layer
              + "\" has "
              + Arrays.toString(param.shape())
              + " values, not "
              + values.length);
    }
    param.assign(Nd4j.create(values, param.shape(), 'c'));
  }
}
