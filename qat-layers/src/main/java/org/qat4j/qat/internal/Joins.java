package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.qat4j.layers.internal.quantizing.QuantSettings;
import org.qat4j.layers.internal.quantizing.Ref;

/** Quantizers whose values are combined somewhere, and that share one range therefore. */
final class Joins {
  private final Map<String, List<Ref>> sources = new LinkedHashMap<>();
  private final List<Set<Ref>> groups = new ArrayList<>();

  /**
   * @param vertex that combines values
   * @param references quantizers of its inputs
   * @param together whether they need one range
   */
  void add(String vertex, List<Ref> references, boolean together) {
    sources.put(vertex, List.copyOf(references));
    if (!together) {
      return;
    }
    Set<Ref> group = new TreeSet<>(references);
    List<Set<Ref>> met = new ArrayList<>();
    for (Set<Ref> other : groups) {
      if (other.stream().anyMatch(group::contains)) {
        met.add(other);
      }
    }
    met.forEach(group::addAll);
    groups.removeAll(met);
    groups.add(group);
  }

  Map<String, List<Ref>> sources() {
    return sources;
  }

  /** Tells the layers. */
  void share(Map<String, QuantSettings> settings) {
    for (Set<Ref> group : groups) {
      List<Ref> references = List.copyOf(group);
      Set<String> layers = new LinkedHashSet<>();
      references.forEach(r -> layers.add(r.layer()));
      for (String layer : layers) {
        settings.computeIfPresent(layer, (name, q) -> q.withSharedOutput(references));
      }
    }
  }
}
