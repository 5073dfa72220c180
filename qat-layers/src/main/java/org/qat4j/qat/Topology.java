package org.qat4j.qat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.util.GraphIndices;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.qat4j.QatException;

/** A MultiLayerNetwork or ComputationGraph as one list of nodes in topological order. */
final class Topology {
  /**
   * One vertex.
   *
   * @param name unique
   * @param inputs names of nodes or network inputs
   * @param conf configuration that holds the layer, or null for a vertex that is no layer
   * @param vertex the vertex, or null in a MultiLayerNetwork
   * @param preProcessor reshapes the layer's input, or null
   */
  record Node(
      String name,
      List<String> inputs,
      NeuralNetConfiguration conf,
      GraphVertex vertex,
      InputPreProcessor preProcessor) {
    Layer layer() {
      return conf == null ? null : conf.getLayer();
    }

    /** Simple class name of the layer or vertex. */
    String type() {
      return (layer() == null ? vertex : layer()).getClass().getSimpleName();
    }
  }

  private final List<String> inputs;
  private final List<String> outputs;
  private final Map<String, Node> nodes = new LinkedHashMap<>();

  private Topology(List<String> inputs, List<String> outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  static Topology of(Model network) {
    if (network instanceof MultiLayerNetwork net) {
      return of(net);
    } else if (network instanceof ComputationGraph graph) {
      return of(graph);
    }
    throw new QatException(
        "a MultiLayerNetwork or ComputationGraph can be quantized, not "
            + network.getClass().getName());
  }

  private static Topology of(MultiLayerNetwork net) {
    MultiLayerConfiguration all = net.getLayerWiseConfigurations();
    int n = all.getConfs().size();
    Topology t = new Topology(List.of("input"), List.of(nameOf(all, n - 1)));
    String last = "input";
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

  private static String nameOf(MultiLayerConfiguration all, int i) {
    String name = all.getConf(i).getLayer().getLayerName();
    return name == null ? "layer" + i : name;
  }

  private static Topology of(ComputationGraph graph) {
    ComputationGraphConfiguration conf = graph.getConfiguration();
    Topology t = new Topology(conf.getNetworkInputs(), conf.getNetworkOutputs());
    GraphIndices indices = graph.calculateIndices();
    for (int index : indices.getTopologicalSortOrder()) {
      String name = indices.getIdxToName().get(index);
      GraphVertex vertex = conf.getVertices().get(name);
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
              layer == null ? null : layer.getPreProcessor()));
    }
    return t;
  }

  List<String> inputs() {
    return inputs;
  }

  LayerInfo info(Node node) {
    return new LayerInfo(
        node.name(),
        node.type(),
        node.inputs().stream().anyMatch(inputs()::contains),
        outputs().contains(node.name()));
  }

  List<String> outputs() {
    return outputs;
  }

  List<Node> nodes() {
    return new ArrayList<>(nodes.values());
  }

  /** Place of a node in topological order. */
  int indexOf(String name) {
    return new ArrayList<>(nodes.keySet()).indexOf(name);
  }

  /** Nodes that read {@code name}. */
  List<Node> consumers(String name) {
    return nodes.values().stream().filter(n -> n.inputs().contains(name)).toList();
  }
}
