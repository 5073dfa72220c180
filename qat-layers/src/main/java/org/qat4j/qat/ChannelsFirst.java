package org.qat4j.qat;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.FlattenPreProcessor;

/**
 * Networks whose images are [n, h, w, c] and whose sequences are [n, t, c], as Keras has them, as
 * networks with channels first, which is what can be quantized. (DL4J's own global pooling takes
 * the wrong axis of [n, t, c], so that such networks compute something else there before they are
 * changed.)
 */
public final class ChannelsFirst {
  /** Of DL4J's import from Keras, which is not needed here otherwise. */
  private static final String FLATTEN_STEPS =
      "org.deeplearning4j.preprocessors.KerasFlattenRnnPreprocessor";

  private final Topology before;
  private final Map<String, int[]> orders = new HashMap<>(); // {places, channels} of flat values

  private ChannelsFirst(Topology before) {
    this.before = before;
  }

  /**
   * A network that answers for images [n, c, h, w] and sequences [n, c, t] what the given one
   * answers for [n, h, w, c] and [n, t, c]; a copy. The state of the updater is not taken over.
   *
   * @param network an initialized MultiLayerNetwork or ComputationGraph
   * @throws QatException if channels that lie last are laid out as a vector, and something other
   *     than dense layers, normalizations, dropout and activation functions reads it
   */
  public static Model of(Model network) {
    ObjectMapper mapper = NeuralNetConfiguration.mapper();
    Model made;
    try {
      if (network instanceof ComputationGraph graph) {
        JsonNode tree = mapper.readTree(graph.getConfiguration().toJson());
        change(tree);
        made = new ComputationGraph(ComputationGraphConfiguration.fromJson(tree.toString()));
      } else {
        MultiLayerNetwork net = (MultiLayerNetwork) network;
        JsonNode tree = mapper.readTree(net.getLayerWiseConfigurations().toJson());
        change(tree);
        made = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(tree.toString()));
      }
    } catch (JsonProcessingException e) {
      throw new QatException("the network's configuration cannot be copied: " + e.getMessage(), e);
    }
    made.init();
    new ChannelsFirst(Topology.of(network)).copy(network, made);
    return made;
  }

  /** Formats, and the axes that follow from them. */
  private static void change(JsonNode tree) {
    for (JsonNode child : tree) {
      change(child);
    }
    if (!(tree instanceof ObjectNode node)) {
      return;
    }
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      switch (node.get(name).asText()) {
        case "NHWC" -> node.put(name, "NCHW");
        case "NWC" -> node.put(name, "NCW");
        default -> {
          // Not a format.
        }
      }
    }
    if (node.has("mergeAxis")) {
      node.put("mergeAxis", 1);
    }
    if (node.has("poolingDimensions")) {
      node.putNull("poolingDimensions");
    }
    if (node.path("@class").asText().equals(FLATTEN_STEPS)) {
      FlattenPreProcessor flat =
          new FlattenPreProcessor(node.get("depth").asLong(), node.get("tsLength").asLong());
      node.removeAll();
      node.setAll((ObjectNode) NeuralNetConfiguration.mapper().valueToTree(flat));
    }
  }

  private void copy(Model network, Model made) {
    Topology after = Topology.of(made);
    for (Topology.Node node : before.nodes()) {
      int[] order = order(node);
      if (node.layer() == null) {
        continue;
      }
      Layer to = after.layer(made, node.name());
      Layer from = before.layer(network, node.name());
      to.paramTable().forEach((key, value) -> value.assign(from.paramTable().get(key)));
      if (order == null) {
        continue;
      }
      if (node.layer() instanceof DenseLayer || node.layer() instanceof OutputLayer) {
        INDArray w = to.getParam(DefaultParamInitializer.WEIGHT_KEY);
        w.assign(channelByChannel(w, order));
      } else if (node.layer() instanceof BatchNormalization) {
        orders.put(node.name(), order);
        to.paramTable()
            .forEach(
                (key, value) ->
                    value.assign(
                        channelByChannel(value.reshape(value.length(), 1), order)
                            .reshape(value.shape())));
      } else if (node.layer() instanceof ActivationLayer || node.layer() instanceof DropoutLayer) {
        orders.put(node.name(), order);
      } else {
        throw cannot(node);
      }
    }
  }

  private static QatException cannot(Topology.Node node) {
    return new QatException(
        "layer \""
            + node.name()
            + "\": "
            + node.type()
            + " reads a vector in which channels lie last; a dense layer, a normalization, a"
            + " dropout or an activation function can be put in order, this cannot");
  }

  /** How the vector that a node reads lies, if its channels lie last; null otherwise. */
  private int[] order(Topology.Node node) {
    int[] order =
        node.preProcessor() == null
            ? orders.get(node.inputs().get(0))
            : orderOf(node.preProcessor());
    if (node.vertex() instanceof PreprocessorVertex && order != null) {
      orders.put(node.name(), order);
    } else if (node.layer() == null && node.inputs().stream().anyMatch(orders::containsKey)) {
      throw cannot(node);
    }
    return order;
  }

  private static int[] orderOf(InputPreProcessor pre) {
    if (pre instanceof CnnToFeedForwardPreProcessor flat && flat.getFormat() == CNN2DFormat.NHWC) {
      int pixels = (int) (flat.getInputHeight() * flat.getInputWidth());
      return new int[] {pixels, (int) flat.getNumChannels()};
    } else if (pre.getClass().getName().equals(FLATTEN_STEPS)) {
      JsonNode conf = NeuralNetConfiguration.mapper().valueToTree(pre);
      return new int[] {conf.get("tsLength").asInt(), conf.get("depth").asInt()};
    }
    return null;
  }

  /** Rows [places, channels] of a matrix as [channels, places]. */
  private static INDArray channelByChannel(INDArray w, int[] order) {
    return w.dup('c')
        .reshape('c', order[0], order[1], w.size(1))
        .permute(1, 0, 2)
        .dup('c')
        .reshape('c', w.shape());
  }
}
