package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.qat4j.graph.internal.Topology;
import org.qat4j.graph.internal.Wrappers;

/**
 * Puts identities into a graph where values that have no codes of their own are read by what does
 * not round: an input of the network or a merge that is added, the end of a graph. Quantized, they
 * round; in float they change nothing.
 */
public final class Codes {
  private static final String SUFFIX = "/codes";

  /** Stands for what nothing has rounded. */
  private static final String REAL = "";

  /** Stands for what stays real, as the answers of a network. */
  private static final String ANSWER = "answer";

  private final Topology topology;
  private final Map<String, Set<String>> makers = new HashMap<>();

  private Codes(Topology topology) {
    this.topology = topology;
  }

  /** Whether a node was put in here. */
  static boolean isInserted(Topology.Node node) {
    return node.name().endsWith(SUFFIX)
        && node.layer() instanceof ActivationLayer layer
        && layer.getActivationFn() instanceof ActivationIdentity;
  }

  /**
   * A network with what it lacks, not initialized; the network itself where it lacks nothing.
   * Functions of logits are the losses' then.
   *
   * @param given stays as it is
   */
  public static Model inserted(Model given) {
    Model network = Answers.moved(given);
    if (!(network instanceof ComputationGraph)) {
      return network;
    }
    Codes codes = new Codes(Topology.of(network));
    ComputationGraph copy = (ComputationGraph) Topology.uninitializedCopy(network);
    return codes.insert(copy.getConfiguration()) ? copy : network;
  }

  private boolean insert(ComputationGraphConfiguration graph) {
    boolean changed = false;
    for (Topology.Node node : topology.nodes()) {
      Set<String> made = makers(node);
      makers.put(node.name(), made);
      List<String> inputs = new ArrayList<>(node.inputs());
      for (int i = 0; i < inputs.size(); i++) {
        if (needs(node, i)) {
          String name = node.name() + "/" + inputs.get(i) + SUFFIX;
          put(graph, name, inputs.get(i));
          inputs.set(i, name);
        }
      }
      if (!inputs.equals(node.inputs())) {
        graph.getVertexInputs().put(node.name(), inputs);
        changed = true;
      }
      boolean rounded = made.size() == 1 && !made.contains(REAL);
      if (topology.outputs().contains(node.name()) && !made.contains(ANSWER) && !rounded) {
        String name = node.name() + SUFFIX;
        put(graph, name, node.name());
        List<String> outputs = new ArrayList<>(graph.getNetworkOutputs());
        outputs.set(outputs.indexOf(node.name()), name);
        graph.setNetworkOutputs(outputs);
        changed = true;
      }
    }
    return changed;
  }

  private static void put(ComputationGraphConfiguration graph, String name, String input) {
    ActivationLayer layer = new ActivationLayer(new ActivationIdentity());
    layer.setLayerName(name);
    NeuralNetConfiguration conf =
        new NeuralNetConfiguration.Builder().dataType(graph.getDataType()).layer(layer).build();
    graph.getVertices().put(name, new LayerVertex(conf, null));
    graph.getVertexInputs().put(name, new ArrayList<>(List.of(input)));
    forgetOrder(graph);
  }

  private static void forgetOrder(ComputationGraphConfiguration graph) {
    graph.setTopologicalOrder(null);
    graph.setTopologicalOrderStr(null);
  }

  /** A network without them, not initialized. */
  public static Model removed(Model network) {
    if (!(network instanceof ComputationGraph net)) {
      return network;
    }
    ComputationGraphConfiguration graph = net.getConfiguration();
    for (Topology.Node node : Topology.of(network).nodes()) {
      if (isInserted(node)) {
        String input = graph.getVertexInputs().remove(node.name()).get(0);
        graph.getVertices().remove(node.name());
        graph.getVertexInputs().replaceAll((name, inputs) -> replaced(inputs, node.name(), input));
        graph.setNetworkOutputs(replaced(graph.getNetworkOutputs(), node.name(), input));
        forgetOrder(graph);
      }
    }
    return new ComputationGraph(graph);
  }

  private static List<String> replaced(List<String> names, String from, String to) {
    List<String> all = new ArrayList<>(names);
    all.replaceAll(name -> name.equals(from) ? to : name);
    return all;
  }

  /** Layers whose codes a value consists of. */
  private Set<String> makers(Topology.Node node) {
    Kind kind = Kind.of(node);
    if (kind == null || kind.isOutput() || kind.answers()) {
      return Set.of(ANSWER);
    } else if (kind == Kind.ELEMENTWISE) {
      boolean keeps = ((ElementWiseVertex) node.vertex()).getOp() == ElementWiseVertex.Op.Max;
      return Set.of(keeps ? node.name() : REAL);
    } else if (kind.isRoundedLater()) {
      return Set.of(REAL);
    } else if (kind.computes()) {
      return Support.endsInLoss(topology, node)
          ? Set.of(ANSWER)
          : node.wrappers().bidirectional() == null
              ? Set.of(node.name())
              : Set.of(node.quantizer(), Wrappers.second(node.name()));
    }
    Set<String> made = new LinkedHashSet<>();
    node.inputs().forEach(input -> made.addAll(makers.getOrDefault(input, Set.of(REAL))));
    if (kind.gathers()) {
      made.add(REAL);
    }
    return made;
  }

  /** Whether a vertex combines values and what it reads has no codes of its own. */
  private boolean needs(Topology.Node node, int input) {
    Kind kind = Kind.of(node);
    Topology.Node read = topology.node(node.inputs().get(input));
    Set<String> made = makers.getOrDefault(node.inputs().get(input), Set.of(REAL));
    if (kind == null) {
      return false;
    }
    boolean combines =
        kind == Kind.SUM || kind == Kind.ELEMENTWISE || kind.isRoundedLater() || kind.answers();
    if (!combines || made.contains(ANSWER)) {
      return false;
    }
    boolean single = made.size() == 1 && !made.contains(REAL);
    if (kind == Kind.SUM) {
      boolean nested = input == 0 && read != null && Kind.of(read) == Kind.SUM;
      return !nested && !single;
    }
    if (kind.isRoundedLater()
        || kind.answers()
        || ((ElementWiseVertex) node.vertex()).getOp() == ElementWiseVertex.Op.Product) {
      return !single;
    }
    return !single || !hasRange(made.iterator().next());
  }

  /** Whether a layer has a range that others can share. */
  private boolean hasRange(String maker) {
    Kind kind = Kind.of(topology.node(maker));
    return !kind.isRecurrent() && !kind.handsOnRows();
  }
}
