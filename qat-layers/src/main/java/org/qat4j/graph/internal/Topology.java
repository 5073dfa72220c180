package org.qat4j.graph.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.util.GraphIndices;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.graph.LayerInfo;
import org.qat4j.layers.FastLayers;

/** A MultiLayerNetwork or ComputationGraph as one list of nodes in topological order. */
public final class Topology {
  /**
   * One vertex.
   *
   * @param name unique
   * @param inputs names of nodes or network inputs
   * @param conf configuration that holds the layer, or null for a vertex that is no layer
   * @param vertex the vertex, without the frame around a frozen one; null in a MultiLayerNetwork
   * @param preProcessor reshapes what the layer or vertex reads, or null
   */
  public record Node(
      String name,
      List<String> inputs,
      NeuralNetConfiguration conf,
      GraphVertex vertex,
      InputPreProcessor preProcessor) {
    /** The layer, without the frame around a frozen one; null for a vertex that is no layer. */
    public Layer layer() {
      return conf == null ? null : unframed(conf.getLayer());
    }

    /** Whether its parameters are kept as they are (transfer learning). */
    public boolean isFrozen() {
      return conf != null
          && (conf.getLayer() instanceof FrozenLayer
              || conf.getLayer() instanceof FrozenLayerWithBackprop);
    }

    /** The same frame around another layer. */
    public Layer framed(Layer layer) {
      return conf.getLayer() instanceof FrozenLayer
          ? new FrozenLayer(layer)
          : conf.getLayer() instanceof FrozenLayerWithBackprop
              ? new FrozenLayerWithBackprop(layer)
              : layer;
    }

    /** The layer within all that DL4J wraps around it; null for a vertex that is no layer. */
    public Layer core() {
      return conf == null ? null : wrappers().core();
    }

    /** What is wrapped around the layer, and the layer within. */
    public Wrappers wrappers() {
      return Wrappers.of(layer());
    }

    /**
     * The layers that have its parameters, without what DL4J wraps around them, by what stands
     * before the names of their parameters in this layer's: "" for one, "f" and "b" for two
     * directions. Empty for a vertex that is no layer.
     */
    public Map<String, Layer> cores() {
      return conf == null ? Map.of() : wrappers().cores();
    }

    /** Name of its quantizers, or of those of the first direction. */
    public String quantizer() {
      return layer() == null ? name : wrappers().first(name);
    }

    /** Simple class name of the layer or vertex, as DL4J calls it. */
    public String type() {
      return FastLayers.original((layer() == null ? vertex : layer()).getClass()).getSimpleName();
    }
  }

  private final List<String> inputs;
  private final List<String> outputs;
  private final Map<String, Node> nodes = new LinkedHashMap<>();

  private Topology(List<String> inputs, List<String> outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /**
   * The nodes of a network.
   *
   * @throws QatException if it is neither a MultiLayerNetwork nor a ComputationGraph
   */
  public static Topology of(Model network) {
    if (network instanceof MultiLayerNetwork net) {
      return of(net);
    } else if (network instanceof ComputationGraph graph) {
      return of(graph);
    }
    throw new QatException(
        "a MultiLayerNetwork or ComputationGraph can be quantized, not "
            + network.getClass().getName());
  }

  /**
   * The nodes of a network that has its parameters.
   *
   * @throws QatException as {@link #of(Model)}, or if the network is not initialized
   */
  public static Topology ofInitialized(Model network) {
    if (!isInitialized(network)) {
      throw new QatException(
          "the network is not initialized and has no parameters yet: call init(), train it, and"
              + " then prepare it");
    }
    return of(network);
  }

  /** Whether a network has its parameters. */
  public static boolean isInitialized(Model network) {
    return network instanceof MultiLayerNetwork net
        ? net.isInitCalled()
        : !(network instanceof ComputationGraph graph) || graph.getVertices() != null;
  }

  /** A graph of given nodes, in topological order. */
  public static Topology of(List<String> inputs, List<String> outputs, List<Node> nodes) {
    Topology t = new Topology(List.copyOf(inputs), List.copyOf(outputs));
    nodes.forEach(node -> t.nodes.put(node.name(), node));
    return t;
  }

  private static Topology of(MultiLayerNetwork net) {
    MultiLayerConfiguration all = net.getLayerWiseConfigurations();
    int n = all.getConfs().size();
    String last = inputName(all);
    Topology t = new Topology(List.of(last), List.of(nameOf(all, n - 1)));
    for (int i = 0; i < n; i++) {
      String name = nameOf(all, i);
      InputPreProcessor pre = all.getInputPreProcess(i);
      if (t.nodes.put(name, new Node(name, List.of(last), all.getConf(i), null, pre)) != null) {
        throw new QatException("two layers are called \"" + name + "\"");
      }
      last = name;
    }
    return t;
  }

  /** "input", or where a layer is called so, a name that none has. */
  private static String inputName(MultiLayerConfiguration all) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < all.getConfs().size(); i++) {
      names.add(nameOf(all, i));
    }
    String name = "input";
    while (names.contains(name)) {
      name = "network/" + name;
    }
    return name;
  }

  /** The layer without the frame around a frozen one. */
  public static Layer unframed(Layer layer) {
    return layer instanceof FrozenLayer frozen
        ? frozen.getLayer()
        : layer instanceof FrozenLayerWithBackprop frozen ? frozen.getUnderlying() : layer;
  }

  private static GraphVertex unframed(GraphVertex vertex) {
    return vertex instanceof FrozenVertex frozen ? frozen.getUnderlying() : vertex;
  }

  private static String nameOf(MultiLayerConfiguration all, int i) {
    String name = unframed(all.getConf(i).getLayer()).getLayerName();
    return name == null ? "layer" + i : name;
  }

  private static Topology of(ComputationGraph graph) {
    ComputationGraphConfiguration conf = graph.getConfiguration();
    Topology t = new Topology(conf.getNetworkInputs(), conf.getNetworkOutputs());
    GraphIndices indices = graph.calculateIndices();
    for (int index : indices.getTopologicalSortOrder()) {
      String name = indices.getIdxToName().get(index);
      GraphVertex vertex = unframed(conf.getVertices().get(name));
      if (vertex == null) {
        continue;
      }
      LayerVertex layer = vertex instanceof LayerVertex v ? v : null;
      t.nodes.put(
          name,
          new Node(
              name,
              conf.getVertexInputs().get(name),
              layer == null ? null : layer.getLayerConf(),
              vertex,
              preProcessor(vertex)));
    }
    return t;
  }

  private static InputPreProcessor preProcessor(GraphVertex vertex) {
    if (vertex instanceof LayerVertex layer) {
      return layer.getPreProcessor();
    }
    return vertex instanceof PreprocessorVertex pre ? pre.getPreProcessor() : null;
  }

  /** A network of the same configuration, to be changed and then initialized. */
  public static Model uninitializedCopy(Model network) {
    if (network instanceof MultiLayerNetwork net) {
      MultiLayerConfiguration conf = net.getLayerWiseConfigurations().clone();
      conf.setIterationCount(0);
      conf.setEpochCount(0);
      return new MultiLayerNetwork(conf);
    }
    ComputationGraphConfiguration conf = ((ComputationGraph) network).getConfiguration().clone();
    conf.setIterationCount(0);
    conf.setEpochCount(0);
    return new ComputationGraph(conf);
  }

  /** Names of the network's inputs. */
  public List<String> inputs() {
    return inputs;
  }

  /** What exceptions for layers go by. */
  public LayerInfo info(Node node) {
    return new LayerInfo(
        node.name(),
        node.type(),
        node.inputs().stream().anyMatch(inputs()::contains),
        outputs().contains(node.name()));
  }

  /** Names of the nodes that are the network's outputs. */
  public List<String> outputs() {
    return outputs;
  }

  /** All nodes in topological order. */
  public List<Node> nodes() {
    return new ArrayList<>(nodes.values());
  }

  /** Names of all nodes in topological order. */
  public Set<String> names() {
    return Collections.unmodifiableSet(nodes.keySet());
  }

  /** The node of a name, or null if there is none. */
  public Node node(String name) {
    return nodes.get(name);
  }

  /** DL4J's object for the layer at a node, without the frame around a frozen one. */
  public org.deeplearning4j.nn.api.Layer layer(Model network, String name) {
    org.deeplearning4j.nn.api.Layer layer =
        network instanceof MultiLayerNetwork net
            ? net.getLayer(indexOf(name))
            : ((ComputationGraph) network).getLayer(name);
    return layer instanceof org.deeplearning4j.nn.layers.FrozenLayer frozen
        ? frozen.getInsideLayer()
        : layer instanceof org.deeplearning4j.nn.layers.FrozenLayerWithBackprop frozen
            ? frozen.getInsideLayer()
            : layer;
  }

  /**
   * Values of all nodes in evaluation mode, by name.
   *
   * @param masks of the features, or null
   */
  public static Map<String, INDArray> activations(
      Model network, INDArray[] features, INDArray[] masks) {
    if (network instanceof ComputationGraph graph) {
      forgetLabels(graph);
      if (masks == null) {
        return graph.feedForward(features, false);
      }
      graph.setLayerMaskArrays(masks, null);
      Map<String, INDArray> values = graph.feedForward(features, false);
      graph.clearLayerMaskArrays();
      return values;
    }
    MultiLayerNetwork net = (MultiLayerNetwork) network;
    INDArray mask = masks == null ? null : masks[0];
    List<INDArray> values = net.feedForward(features[0], mask, null);
    Map<String, INDArray> named = new LinkedHashMap<>();
    int i = 1;
    for (String name : of(network).names()) {
      named.put(name, values.get(i++));
    }
    return named;
  }

  /** DL4J takes the number of examples from labels that an earlier training has left behind. */
  public static void forgetLabels(ComputationGraph graph) {
    graph.setLabels((INDArray[]) null);
  }

  /** Place of a node in topological order. */
  public int indexOf(String name) {
    return new ArrayList<>(nodes.keySet()).indexOf(name);
  }

  /** Nodes that read {@code name}. */
  public List<Node> consumers(String name) {
    return nodes.values().stream().filter(n -> n.inputs().contains(name)).toList();
  }
}
