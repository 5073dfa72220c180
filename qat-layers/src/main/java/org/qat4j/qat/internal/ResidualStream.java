package org.qat4j.qat.internal;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.quantizer.ActivationSpec;

/**
 * The layers of a residual stream: those from which a sum is reached, the norms that read a sum,
 * and the means that read what these make.
 */
final class ResidualStream {
  private final Topology topology;
  private final Map<String, Kind> kinds;
  private final Set<String> layers = new HashSet<>();

  ResidualStream(Topology topology, Map<String, Kind> kinds) {
    this.topology = topology;
    this.kinds = kinds;
    Set<String> before = new HashSet<>();
    List<Topology.Node> nodes = topology.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Topology.Node node = nodes.get(i);
      if (kinds.get(node.name()) == Kind.SUM || before.contains(node.name())) {
        before.addAll(node.inputs());
      }
    }
    for (Topology.Node node : nodes) {
      boolean inside =
          before.contains(node.name()) || node.inputs().stream().anyMatch(v -> carries(node, v));
      if (inside && canBeWide(kinds.get(node.name()))) {
        layers.add(node.name());
      }
    }
  }

  private static boolean canBeWide(Kind kind) {
    return kind != null
        && kind.mostBits().getOrDefault(Slot.OUTPUT, Byte.SIZE) == ActivationSpec.MOST;
  }

  /** Whether a node that reads a value hands the stream on. */
  private boolean carries(Topology.Node node, String value) {
    Kind kind = kinds.get(node.name());
    if (kinds.get(value) == Kind.IDENTITY) {
      return carries(node, topology.node(value).inputs().get(0));
    }
    return (kind == Kind.LAYER_NORM && kinds.get(value) == Kind.SUM)
        || (kind == Kind.GLOBAL_AVERAGE
            && (kinds.get(value) == Kind.SUM || layers.contains(value)));
  }

  /** Whether there is a sum. */
  boolean exists() {
    return kinds.containsValue(Kind.SUM);
  }

  boolean contains(Topology.Node node) {
    return layers.contains(node.name());
  }
}
