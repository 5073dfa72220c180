package org.qat4j.pruning;

import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.qat4j.QatException;
import org.qat4j.graph.LayerInfo;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.pruning.PruneRule.Except;
import org.qat4j.pruning.PruneRule.Scope;

/**
 * Prunes whole channels of a float network: neurons, filters, dimensions of embeddings. While the
 * network is trained they are masked; {@link #cut} then makes a network without them, in which the
 * layers that read them are cut accordingly, through pooling, activations, flattening,
 * concatenation, and additions, whose summands lose the same channels.
 *
 * <p>The channels with the smallest product of norms go: √(Σ w² of what makes it) · √(Σ w² of what
 * reads it). It stays the same where a channel is scaled and its readers are scaled back, which
 * changes nothing of what a network with ReLU computes. With {@link Scope#GLOBAL} it is divided by
 * its root mean square within the layer, so that layers can be compared (Molchanov et al.,
 * arXiv:1611.06440, section 2.2).
 */
public final class Channels {
  private final Model network;
  private final Topology topology;
  private final PruneRule rule;
  private final PruningSchedule schedule;
  private final ChannelMap map;

  /** Channels that may go, as representatives, by the first layer that makes them. */
  private final Map<String, Set<Integer>> candidates = new LinkedHashMap<>();

  private final Map<String, Double> shares = new HashMap<>();
  private Set<Integer> gone = Set.of();

  /**
   * @param network a float network, initialized
   * @throws QatException as {@link #check}
   */
  public Channels(Model network, PruneRule rule, PruningSchedule schedule) {
    this.network = network;
    this.topology = Topology.of(network);
    this.rule = rule;
    this.schedule = schedule;
    this.map = new ChannelMap(topology);
    addCandidates();
  }

  /**
   * Checks what needs no parameters.
   *
   * @throws QatException if a layer that loses channels, or reads them, cannot be cut, or an
   *     exception matches no layer; the message names the layer
   */
  public static void check(Model network, PruneRule rule) {
    new Channels(network, rule, PruningSchedule.immediately());
  }

  private void addCandidates() {
    Set<Except> used = new LinkedHashSet<>();
    Set<Integer> taken = new LinkedHashSet<>();
    for (Topology.Node node : topology.nodes()) {
      LayerInfo info = topology.info(node);
      Except except = rule.exceptionFor(info);
      rule.exceptions().stream().filter(e -> info.matches(e.match())).forEach(used::add);
      double share = except == null ? rule.sparsity() : except.sparsity();
      if (share == 0 || topology.outputs().contains(node.name())) {
        continue;
      }
      if (map.refused().containsKey(node.name())) {
        throw refusal(map.refused().get(node.name()));
      }
      int[] channels = map.makes(node.name());
      if (channels != null) {
        Set<Integer> own = new LinkedHashSet<>();
        for (int c : channels) {
          if (map.fixed(c) != null) {
            throw refusal("layer \"" + node.name() + "\" cannot lose channels: " + map.fixed(c));
          }
          if (taken.add(c)) {
            own.add(c);
          }
        }
        if (!own.isEmpty()) {
          candidates.put(node.name(), own);
          shares.put(node.name(), except == null ? Double.NaN : share);
        }
      }
    }
    for (Except except : rule.exceptions()) {
      if (!used.contains(except)) {
        throw new QatException(
            "the exception for "
                + except.match()
                + " matches no layer; there are "
                + topology.names());
      }
    }
  }

  private static QatException refusal(String why) {
    return new QatException(
        why + "; except the layer from the pruning of channels with a sparsity of 0");
  }

  /** Whether {@link #step} prunes when so many steps are done. */
  public boolean isDue(long step) {
    return schedule.isDue(step);
  }

  /** Prunes when it is time: the channels are masked, and nothing is cut yet. */
  public void step(long step) {
    if (isDue(step)) {
      choose(step);
      mask();
    }
  }

  private void choose(long step) {
    Map<Integer, Double> norms = norms();
    Set<Integer> chosen = new LinkedHashSet<>();
    Map<Integer, Double> together = new LinkedHashMap<>();
    candidates.forEach(
        (layer, channels) -> {
          double square = 0;
          for (int c : channels) {
            square += norms.get(c) * norms.get(c);
          }
          double scale = rule.scope() == Scope.GLOBAL ? Math.sqrt(square / channels.size()) : 1;
          Map<Integer, Double> own = new LinkedHashMap<>();
          channels.forEach(c -> own.put(c, norms.get(c) / (scale == 0 ? 1 : scale)));
          double share = shares.get(layer);
          if (rule.scope() == Scope.GLOBAL && Double.isNaN(share)) {
            together.putAll(own);
          } else {
            smallest(own, Double.isNaN(share) ? rule.sparsity() : share, step, chosen);
          }
        });
    smallest(together, rule.sparsity(), step, chosen);
    candidates.forEach((layer, channels) -> keepOne(channels, norms, chosen));
    gone = chosen;
  }

  private void smallest(Map<Integer, Double> norms, double share, long step, Set<Integer> chosen) {
    List<Integer> channels = List.copyOf(norms.keySet());
    float[] values = new float[channels.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = norms.get(channels.get(i)).floatValue();
    }
    int count = (int) Math.round(schedule.sparsity(share, step) * values.length);
    Magnitudes.smallest(values, count).stream().forEach(i -> chosen.add(channels.get(i)));
  }

  /** A layer without channels would be none. */
  private static void keepOne(
      Set<Integer> channels, Map<Integer, Double> norms, Set<Integer> chosen) {
    if (chosen.containsAll(channels)) {
      channels.stream().max(Comparator.comparingDouble(norms::get)).ifPresent(chosen::remove);
    }
  }

  /** The product of norms of each channel. */
  private Map<Integer, Double> norms() {
    Map<Integer, double[]> squares = new TreeMap<>();
    for (Topology.Node node : topology.nodes()) {
      int[] makes = map.makes(node.name());
      int[] reads = map.reads(node.name());
      if (makes == null) {
        continue;
      }
      float[] w = weights(node.name());
      for (int i = 0; i < w.length; i++) {
        double square = (double) w[i] * w[i];
        squares.computeIfAbsent(makes[i % makes.length], c -> new double[2])[0] += square;
        if (reads != null) {
          int input = i / makes.length % reads.length;
          squares.computeIfAbsent(reads[input], c -> new double[2])[1] += square;
        }
      }
    }
    Map<Integer, Double> norms = new HashMap<>();
    squares.forEach((c, s) -> norms.put(c, Math.sqrt(s[0]) * Math.sqrt(s[1])));
    return norms;
  }

  private float[] weights(String layer) {
    Layer made = topology.layer(network, layer);
    return Floats.read(made.paramTable().get(DefaultParamInitializer.WEIGHT_KEY));
  }

  private void mask() {
    for (String name : map.makers()) {
      int[] makes = map.makes(name);
      if (IntStream.of(makes).noneMatch(gone::contains)) {
        continue;
      }
      Layer layer = topology.layer(network, name);
      layer
          .paramTable()
          .forEach(
              (param, values) -> {
                BitSet pruned = new BitSet();
                for (int i = 0; i < values.length(); i++) {
                  pruned.set(i, gone.contains(makes[i % makes.length]));
                }
                Masks.add(layer.conf().getLayer(), param, values, pruned);
              });
    }
  }

  /**
   * A network without the channels that are masked. It answers as the masked one, and its layers
   * are free of masks.
   */
  public Model cut() {
    Cut cut = new Cut(network);
    for (String name : map.makers()) {
      int[] makes = map.makes(name);
      int[] reads = map.reads(name);
      int[] outputs = kept(makes);
      int[] inputs = reads == null ? null : kept(reads);
      if (outputs.length < makes.length || (inputs != null && inputs.length < reads.length)) {
        cut.keep(name, inputs, outputs);
      }
    }
    return cut.apply();
  }

  private int[] kept(int[] channels) {
    return Cut.places(channels.length, i -> !gone.contains(channels[i]));
  }

  /** Share of the channels that may be pruned that are. */
  public double sparsity() {
    int all = candidates.values().stream().mapToInt(Set::size).sum();
    return all == 0 ? 0 : gone.size() / (double) all;
  }

  /** How many channels each layer has lost, by name; layers that lost none are left out. */
  public Map<String, Integer> removed() {
    Map<String, Integer> removed = new LinkedHashMap<>();
    for (String name : map.makers()) {
      int[] makes = map.makes(name);
      int lost = makes.length - kept(makes).length;
      if (lost > 0) {
        removed.put(name, lost);
      }
    }
    return removed;
  }
}
