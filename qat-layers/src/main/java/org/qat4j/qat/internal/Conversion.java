package org.qat4j.qat.internal;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.graph.internal.Wrappers;
import org.qat4j.layers.FastLayers;
import org.qat4j.layers.internal.fast.FastLstm;
import org.qat4j.layers.internal.fast.Maskable;
import org.qat4j.layers.internal.quantized.QatElementWise;
import org.qat4j.layers.internal.quantized.QatL2Normalize;
import org.qat4j.layers.internal.quantized.QatReverse;
import org.qat4j.layers.internal.quantizing.QatLayerConf;
import org.qat4j.layers.internal.quantizing.QuantSettings;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.Unsupported;

/**
 * Exchanges the layers of a network for those that train under quantization, and back. Weights,
 * counters and the state of the updater go along.
 */
public final class Conversion {
  private Conversion() {}

  /** See {@link org.qat4j.qat.Qat#prepare}. */
  public static Model quantized(Model given, QuantSpec spec) {
    Topology.ofInitialized(given);
    Model network = Equivalents.of(given);
    Topology topology = Topology.of(network);
    Model complete = Codes.inserted(network);
    Preparation preparation = new Preparation(Topology.of(complete), spec);
    Map<String, QuantSettings> settings = preparation.settings();
    Model prepared = Topology.uninitializedCopy(complete);
    Topology copy = Topology.of(prepared);
    for (Topology.Node node : copy.nodes()) {
      if (Kind.of(node) == Kind.IDENTITY && node.layer().getIDropout() != null) {
        moveDropout(node, preparation.takeOverDropout(node), copy);
      }
    }
    for (Topology.Node node : copy.nodes()) {
      if (settings.containsKey(node.name())) {
        exchange(node, Kind.of(node).replacement(node), settings.get(node.name()));
      } else if (node.layer() != null && !staysAsItIs(node.layer())) {
        put(node, FastLayers.of(node.layer()));
      }
    }
    if (spec.unsupported() == Unsupported.REFUSE) {
      for (Topology.Node node : copy.nodes()) {
        if (node.vertex() instanceof ReverseTimeSeriesVertex vertex
            && vertex.getMaskArrayInputName() != null) {
          replace(prepared, node.name(), new QatReverse(vertex.getMaskArrayInputName()));
        }
      }
    }
    preparation
        .sources()
        .forEach(
            (name, sources) -> {
              GraphVertex vertex = copy.node(name).vertex();
              if (vertex instanceof ElementWiseVertex combined) {
                replace(prepared, name, new QatElementWise(combined.getOp(), sources));
              } else if (vertex instanceof L2NormalizeVertex norm) {
                replace(
                    prepared,
                    name,
                    new QatL2Normalize(norm.getDimension(), norm.getEps(), sources.get(0)));
              }
            });
    prepared.init();
    for (Topology.Node node : topology.nodes()) {
      if (node.layer() != null) {
        copy(topology.layer(network, node.name()), copy.layer(prepared, node.name()));
      }
    }
    if (!spec.freshUpdater()) {
      TrainingState.copy(network, prepared);
    }
    return prepared;
  }

  private static void moveDropout(Topology.Node from, List<String> readers, Topology copy) {
    for (Topology.Node node : copy.nodes()) {
      if (readers.contains(node.name())) {
        node.layer().setIDropout(from.layer().getIDropout().clone());
      }
    }
    if (!readers.isEmpty()) {
      from.layer().setIDropout(null);
    }
  }

  /** In its frame where it is frozen. */
  private static void replace(Model graph, String name, GraphVertex vertex) {
    Map<String, GraphVertex> all = ((ComputationGraph) graph).getConfiguration().getVertices();
    boolean frozen = all.get(name) instanceof FrozenVertex;
    all.put(name, frozen ? new FrozenVertex(vertex) : vertex);
  }

  /**
   * Puts a layer of another class with the same configuration in the place of a layer.
   *
   * @param quant settings of a class under quantization, null for one of DL4J's
   */
  private static void exchange(Topology.Node node, Class<?> type, QuantSettings quant) {
    NeuralNetConfiguration conf = node.conf();
    ObjectMapper mapper = NeuralNetConfiguration.mapper();
    try {
      ObjectNode json = (ObjectNode) mapper.readTree(mapper.writeValueAsString(node.layer()));
      for (ObjectNode core : cores(json)) {
        core.put("@class", type.getName());
        core.remove("quant");
      }
      Layer layer = mapper.readValue(mapper.writeValueAsString(json), Layer.class);
      if (quant != null) {
        Wrappers w = Wrappers.of(layer);
        ((QatLayerConf) w.core()).setQuant(quant);
        if (w.bidirectional() != null) {
          ((QatLayerConf) Wrappers.of(w.bidirectional().getBwd()).core())
              .setQuant(quant.forLayer(Wrappers.second(node.name())));
        }
      }
      put(node, layer);
      conf.clearVariables();
    } catch (JsonProcessingException e) {
      throw new QatException(
          "the configuration of layer \"" + node.name() + "\" cannot be copied: " + e.getMessage(),
          e);
    }
  }

  /** In its frame where it is frozen. */
  private static void put(Topology.Node node, Layer layer) {
    node.conf().setLayer(node.framed(layer));
  }

  /** The layer within others, or both directions of it. */
  private static List<ObjectNode> cores(ObjectNode layer) {
    if (layer.has("underlying")) {
      return cores((ObjectNode) layer.get("underlying"));
    }
    return layer.has("fwd")
        ? Stream.of("fwd", "bwd").flatMap(d -> cores((ObjectNode) layer.get(d)).stream()).toList()
        : List.of(layer);
  }

  /** The network with DL4J's own layers in the place of those under quantization. */
  public static Model toFloat(Model prepared) {
    Model plain = Topology.uninitializedCopy(prepared);
    Topology copy = Topology.of(plain);
    for (Topology.Node node : copy.nodes()) {
      if (node.layer() != null) {
        Layer core = node.wrappers().core();
        Class<?> type = plainType(core);
        if (type != core.getClass()) {
          exchange(node, type, null);
        }
      } else if (node.vertex() instanceof QatElementWise vertex) {
        replace(plain, node.name(), new ElementWiseVertex(vertex.getOp()));
      } else if (node.vertex() instanceof QatReverse vertex) {
        replace(plain, node.name(), new ReverseTimeSeriesVertex(vertex.getMaskArrayInputName()));
      } else if (node.vertex() instanceof QatL2Normalize vertex) {
        replace(plain, node.name(), new L2NormalizeVertex(vertex.getDimension(), vertex.getEps()));
      }
    }
    plain = Codes.removed(plain);
    plain.init();
    Topology made = Topology.of(plain);
    Topology from = Topology.of(prepared);
    for (Topology.Node node : made.nodes()) {
      if (node.layer() != null) {
        copy(from.layer(prepared, node.name()), made.layer(plain, node.name()));
      }
    }
    TrainingState.copy(prepared, plain);
    return plain;
  }

  /** Dropout is what it was in float: the form that goes with masked sequences, or DL4J's. */
  private static boolean staysAsItIs(Layer layer) {
    return layer instanceof DropoutLayer;
  }

  /** The class whose layers compute the same in float. */
  private static Class<?> plainType(Layer layer) {
    if (Maskable.leavesOut(layer)) { // DL4J has none
      return FastLstm.class;
    }
    Class<?> type = layer.getClass();
    if (staysAsItIs(layer)) {
      return type;
    }
    return FastLayers.original(layer instanceof QatLayerConf ? type.getSuperclass() : type);
  }

  /** Copies what both layers have. */
  private static void copy(
      org.deeplearning4j.nn.api.Layer from, org.deeplearning4j.nn.api.Layer to) {
    for (Map.Entry<String, INDArray> param : to.paramTable().entrySet()) {
      INDArray value = from.paramTable().get(param.getKey());
      if (value != null) {
        param.getValue().assign(value);
      }
    }
  }
}
