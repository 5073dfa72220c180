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

  /** Groups of configurations, since a layer need not have a name in them. */
  private final Map<Object, String> groups = new IdentityHashMap<>();

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
      groups.put(node.conf().getLayer(), group);
    }
  }

  private static boolean hasParameters(Topology topology, String group) {
    return topology.nodes().stream()
        .filter(node -> group(node.name()).equals(group) && node.layer() != null)
        .anyMatch(node -> node.layer().initializer().numParams(node.layer()) > 0);
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
    return depths.get(groups.get(layer));
  }
}
