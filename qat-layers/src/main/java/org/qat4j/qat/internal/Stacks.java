package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.qat4j.graph.internal.Topology;
import org.qat4j.graph.internal.Wrappers;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;

/**
 * Layers that several branches share: a StackVertex puts the examples of the branches on top of
 * each other, an UnstackVertex takes a branch out again. The model, which computes one example, has
 * the layers between them once for each branch.
 */
public final class Stacks {
  private final Topology topology;
  private final Map<String, Integer> parts = new HashMap<>();
  private final Map<String, String> problems = new HashMap<>();

  private Stacks(Topology topology) {
    this.topology = topology;
    topology.inputs().forEach(input -> parts.put(input, 1));
    topology.nodes().forEach(this::visit);
    for (String output : topology.outputs()) {
      if (parts.get(output) > 1) {
        problems.put(output, "no UnstackVertex takes the branches apart before the network ends");
      }
    }
  }

  public static Stacks of(Topology topology) {
    return new Stacks(topology);
  }

  private void visit(Topology.Node node) {
    Kind kind = Kind.of(node);
    int read = parts.get(node.inputs().get(0));
    if (node.inputs().stream().anyMatch(input -> parts.get(input) != read)) {
      problems.put(node.name(), "it reads branches that are stacked and others that are not");
    }
    int made = read;
    if (kind == Kind.STACK) {
      made = node.inputs().size();
      if (read > 1) {
        problems.put(node.name(), "it stacks what was stacked before");
      }
    } else if (kind == Kind.UNSTACK) {
      made = 1;
      if (read != ((UnstackVertex) node.vertex()).getStackSize()) {
        problems.put(
            node.name(),
            "it takes "
                + ((UnstackVertex) node.vertex()).getStackSize()
                + " branches apart, but a StackVertex has stacked "
                + read);
      }
    }
    parts.put(node.name(), made);
  }

  /** Why the model cannot have the branches one by one, or null where it can. */
  String problem() {
    return problems.entrySet().stream()
        .map(p -> "at \"" + p.getKey() + "\" " + p.getValue())
        .findFirst()
        .map(p -> p + "; stack branches once, and take each of them out with an UnstackVertex")
        .orElse(null);
  }

  /** Of how many branches the values of a vertex are. */
  public int parts(String vertex) {
    return parts.getOrDefault(vertex, 1);
  }

  /** What the layer of a branch is called in the model, which is the vertex for the first one. */
  private static String name(String vertex, int part) {
    return part == 0 ? vertex : "branch" + (part + 1) + "/" + vertex;
  }

  /** The vertex for which an operation of the model stands. */
  public String vertex(String operation) {
    for (Map.Entry<String, Integer> vertex : parts.entrySet()) {
      for (int part = 1; part < vertex.getValue(); part++) {
        if (operation.equals(name(vertex.getKey(), part))) {
          return vertex.getKey();
        }
      }
    }
    return operation;
  }

  /**
   * What a vertex makes for the branch of which an operation of the model is, [n, …] or, as dense
   * layers see steps, [t·n, c]; null where there is none.
   *
   * @param values of all vertices, by name
   * @param n examples of a branch
   */
  public INDArray branch(String operation, Map<String, INDArray> values, int n) {
    String vertex = vertex(operation);
    INDArray all = values.get(vertex);
    int count = parts(vertex);
    if (all == null || count == 1) {
      return all;
    }
    int part = 0;
    while (!name(vertex, part).equals(operation)) {
      part++;
    }
    long from = (long) part * n;
    boolean steps = all.rank() == 2 && all.size(0) != (long) count * n;
    if (!steps) {
      return all.get(NDArrayIndex.interval(from, from + n)).dup('c');
    }
    INDArray byStep = all.dup('c').reshape('c', -1, (long) count * n, all.size(1));
    return byStep
        .get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + n), NDArrayIndex.all())
        .dup('c')
        .reshape('c', -1, all.size(1));
  }

  /** The graph with the layers of each branch by themselves. */
  Topology apart() {
    List<Topology.Node> nodes = new ArrayList<>();
    for (Topology.Node node : topology.nodes()) {
      Kind kind = Kind.of(node);
      if (kind == Kind.UNSTACK || (kind == Kind.STACK && handsOnTokens(node))) {
        continue;
      }
      for (int part = 0; part < parts(node.name()); part++) {
        nodes.add(kind == Kind.STACK ? read(node, part) : branch(node, part));
      }
    }
    return Topology.of(
        topology.inputs(), topology.outputs().stream().map(o -> value(o, 0)).toList(), nodes);
  }

  private boolean handsOnTokens(Topology.Node stack) {
    return Kind.readsTokens(topology, stack.name());
  }

  /** Rounds what a branch begins with as those who read it need it, as a merge of one. */
  private Topology.Node read(Topology.Node stack, int part) {
    return new Topology.Node(
        name(stack.name(), part),
        List.of(value(stack.inputs().get(part), 0)),
        null,
        new MergeVertex(),
        null);
  }

  private Topology.Node branch(Topology.Node node, int part) {
    return new Topology.Node(
        name(node.name(), part),
        node.inputs().stream().map(input -> value(input, part)).toList(),
        node.conf(),
        node.vertex(),
        node.preProcessor());
  }

  /** The vertex of {@link #apart} that has a value of a branch. */
  private String value(String vertex, int part) {
    Topology.Node node = topology.node(vertex);
    Kind kind = node == null ? null : Kind.of(node);
    if (kind == Kind.UNSTACK) {
      return value(node.inputs().get(0), ((UnstackVertex) node.vertex()).getFrom());
    } else if (kind == Kind.STACK && handsOnTokens(node)) {
      return value(node.inputs().get(part), 0);
    }
    return name(vertex, parts(vertex) == 1 ? 0 : part);
  }

  /** The quantizers of a network also by the names of its layers in other branches. */
  Map<String, LayerQuantizer> quantizers(Map<String, LayerQuantizer> all) {
    Map<String, LayerQuantizer> named = new LinkedHashMap<>(all);
    for (Topology.Node node : topology.nodes()) {
      for (int part = 1; part < parts(node.name()); part++) {
        String name = name(node.name(), part);
        if (node.layer() != null) {
          put(named, node.wrappers().first(name), all.get(node.quantizer()));
          put(named, Wrappers.second(name), all.get(Wrappers.second(node.name())));
        }
      }
    }
    return named;
  }

  private static void put(Map<String, LayerQuantizer> all, String name, LayerQuantizer quantizer) {
    if (quantizer != null) {
      all.put(name, quantizer);
    }
  }

  /** The same of the shapes of values. */
  Map<String, List<Integer>> shapes(Map<String, List<Integer>> all) {
    Map<String, List<Integer>> named = new HashMap<>(all);
    for (Map.Entry<String, List<Integer>> one : all.entrySet()) {
      for (int part = 1; part < parts(one.getKey()); part++) {
        named.put(name(one.getKey(), part), one.getValue());
      }
    }
    return named;
  }
}
