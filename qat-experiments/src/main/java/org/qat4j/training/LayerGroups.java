package org.qat4j.training;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.graph.internal.Topology;

/**
 * How deep below a network's answers its layers lie, in groups: a layer by itself, or all layers of
 * a block, whose names are equal before the first slash. The depth of a group is the largest number
 * of groups with parameters behind it, on any way to an answer; 0 at the answers.
 */
final class LayerGroups {
  private final Map<String, Integer> depths = new HashMap<>();

  /** Names of configurations, since a layer need not have one in its own. */
  private final IdentityHashMap<Object, String> names = new IdentityHashMap<>();

  private LayerGroups() {}

  static LayerGroups of(Topology topology) {
    LayerGroups groups = new LayerGroups();
    List<Topology.Node> nodes = topology.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) { // those that read come behind what they read
      groups.add(topology, nodes.get(i));
    }
    return groups;
  }

  private void add(Topology topology, Topology.Node node) {
    String group = group(node.name());
    int depth = depths.getOrDefault(group, 0);
    for (Topology.Node reader : topology.consumers(node.name())) {
      String next = group(reader.name());
      if (!next.equals(group)) {
        depth = Math.max(depth, depths.get(next) + (hasParameters(topology, next) ? 1 : 0));
      }
    }
    depths.put(group, depth);
    if (node.layer() != null) {
      names.put(node.conf().getLayer(), node.name());
      names.put(node.layer(), node.name());
      node.cores().values().forEach(core -> names.put(core, node.name()));
    }
  }

  private static boolean hasParameters(Topology topology, String group) {
    return topology.nodes().stream()
        .anyMatch(node -> group(node.name()).equals(group) && hasParameters(node));
  }

  static boolean hasParameters(Topology.Node node) {
    return node.layer() != null && node.layer().initializer().numParams(node.layer()) > 0;
  }

  private static String group(String name) {
    int slash = name.indexOf('/');
    return slash < 0 ? name : name.substring(0, slash);
  }

  /**
   * Depth of a layer's group.
   *
   * @param layer its configuration, the same object as in the network
   */
  int depth(Object layer) {
    return depths.get(group(name(layer)));
  }

  /**
   * Name of a layer.
   *
   * @param layer its configuration, or that of the layer within, the same object as in the network
   * @return null where it is none of the network's own, such as what stands for a frozen layer
   */
  String name(Object layer) {
    return names.get(layer);
  }
}
