package org.qat4j.pruning;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.graph.LayerInfo;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.pruning.PruneRule.Except;
import org.qat4j.pruning.PruneRule.Pattern;
import org.qat4j.pruning.PruneRule.Scope;

/**
 * Prunes the weights of a network while it is trained: those of the smallest magnitude become 0 and
 * stay so (Han et al., arXiv:1506.02626; gradually as in Zhu and Gupta, arXiv:1710.01878). Works on
 * float networks and on networks prepared for quantization, and the masks of the former go over to
 * the latter.
 *
 * <pre>{@code
 * Pruner pruner = new Pruner(network, PruneRule.weights(0.8), new PruningSchedule(0, 700, 10));
 * for (long step = 0; data.hasNext(); step++) {
 *   pruner.step(step);
 *   network.fit(data.next());
 * }
 * }</pre>
 */
public final class Pruner {
  /**
   * One parameter that is pruned.
   *
   * @param node of the layer
   * @param whole all of the layer
   * @param prefix of the parameter's name there
   * @param layer that has the parameter, within others or by itself
   * @param param name of the parameter there
   * @param own sparsity of its own, or NaN
   */
  private record Weights(
      Topology.Node node,
      org.deeplearning4j.nn.api.Layer whole,
      String prefix,
      Layer layer,
      String param,
      double own) {
    INDArray values() {
      return whole.paramTable().get(prefix + param);
    }

    void mask(BitSet more) {
      Masks.add(layer, param, values(), more);
    }
  }

  private final PruneRule rule;
  private final PruningSchedule schedule;
  private final List<Weights> weights = new ArrayList<>();

  /**
   * @param network initialized
   * @throws QatException if an exception of the rule matches no layer, or weights have no place in
   *     its pattern; the message names the layer
   */
  public Pruner(Model network, PruneRule rule, PruningSchedule schedule) {
    this.rule = rule;
    this.schedule = schedule;
    Topology topology = Topology.of(network);
    check(topology, rule);
    for (Topology.Node node : topology.nodes()) {
      Except except = rule.exceptionFor(topology.info(node));
      double own = except == null ? Double.NaN : except.sparsity();
      for (Map.Entry<String, Layer> core : node.cores().entrySet()) {
        for (String param : weightKeys(core.getValue())) {
          org.deeplearning4j.nn.api.Layer whole = topology.layer(network, node.name());
          Weights w = new Weights(node, whole, core.getKey(), core.getValue(), param, own);
          if (rule.pattern() instanceof Pattern.KeepOf && own != 0) {
            checkPattern(w);
          }
          weights.add(w);
        }
      }
    }
  }

  /**
   * Checks what needs no parameters.
   *
   * @throws QatException if an exception of the rule matches no layer with weights
   */
  public static void check(Topology topology, PruneRule rule) {
    if (rule.pattern() instanceof Pattern.Channel) {
      throw new QatException("channels are pruned by Channels, not by a Pruner");
    }
    List<LayerInfo> layers =
        topology.nodes().stream()
            .filter(node -> node.cores().values().stream().anyMatch(l -> !weightKeys(l).isEmpty()))
            .map(topology::info)
            .toList();
    for (Except except : rule.exceptions()) {
      if (layers.stream().noneMatch(layer -> layer.matches(except.match()))) {
        Set<String> names = new TreeSet<>();
        layers.forEach(layer -> names.add(layer.name()));
        throw new QatException(
            "the exception for "
                + except.match()
                + " matches no layer with weights; there are "
                + names);
      }
    }
  }

  private static List<String> weightKeys(Layer layer) {
    return layer.initializer().weightKeys(layer);
  }

  private static void checkPattern(Weights w) {
    if (w.values().rank() != 2 && !(w.layer instanceof Convolution1DLayer)) {
      throw new QatException(
          "layer \""
              + w.node.name()
              + "\" ("
              + w.node.type()
              + "): it is not known which of its weights are adjacent inputs of a channel; except"
              + " it, or prune single weights");
    }
  }

  /** Whether {@link #step} prunes when so many steps are done. */
  public boolean isDue(long step) {
    return schedule.isDue(step);
  }

  /** Prunes when it is time. */
  public void step(long step) {
    if (isDue(step)) {
      prune(step);
    }
  }

  /** Sets what is pruned to 0 again, where parameters were changed otherwise than by training. */
  public void hold() {
    weights.forEach(w -> w.mask(new BitSet()));
  }

  private void prune(long step) {
    if (rule.pattern() instanceof Pattern.KeepOf pattern) {
      int drop = (int) Math.round(schedule.sparsity(pattern.of() - pattern.keep(), step));
      weights.stream()
          .filter(w -> w.own != 0)
          .forEach(w -> w.mask(adjacent(w, pattern.of(), drop)));
      return;
    }
    List<Weights> together = new ArrayList<>();
    for (Weights w : weights) {
      if (rule.scope() == Scope.GLOBAL && Double.isNaN(w.own)) {
        together.add(w);
      } else if (w.own != 0) {
        smallest(List.of(w), Double.isNaN(w.own) ? rule.sparsity() : w.own, step);
      }
    }
    smallest(together, rule.sparsity(), step);
  }

  private void smallest(List<Weights> all, double target, long step) {
    int size = all.stream().mapToInt(w -> (int) w.values().length()).sum();
    float[] magnitudes = new float[size];
    int at = 0;
    for (Weights w : all) {
      float[] own = Magnitudes.of(Floats.read(w.values()));
      System.arraycopy(own, 0, magnitudes, at, own.length);
      at += own.length;
    }
    int count = (int) Math.round(schedule.sparsity(target, step) * size);
    BitSet pruned = Magnitudes.smallest(magnitudes, count);
    at = 0;
    for (Weights w : all) {
      int end = at + (int) w.values().length();
      w.mask(pruned.get(at, end));
      at = end;
    }
  }

  /** The {@code drop} smallest of each {@code of} adjacent weights; fewer at the end of a run. */
  private static BitSet adjacent(Weights w, int of, int drop) {
    float[] magnitudes = Magnitudes.of(Floats.read(w.values()));
    Layer conf = w.layer;
    int run; // weights in a run of adjacent ones, `stride` apart in c order
    int stride;
    if (conf instanceof EmbeddingLayer || conf instanceof EmbeddingSequenceLayer) {
      run = (int) w.values().size(1);
      stride = 1;
    } else if (conf instanceof Convolution1DLayer conv) {
      run = (int) conv.getNIn();
      stride = (int) conv.getNOut();
    } else {
      run = (int) w.values().size(0);
      stride = (int) w.values().size(1);
    }
    BitSet pruned = new BitSet(magnitudes.length);
    int block = run * stride;
    for (int first = 0; first < magnitudes.length; first++) {
      if (first % block >= stride) {
        continue; // no beginning of a run
      }
      for (int from = 0; from < run; from += of) {
        int n = Math.min(of, run - from);
        float[] group = new float[n];
        for (int j = 0; j < n; j++) {
          group[j] = magnitudes[first + (from + j) * stride];
        }
        int base = first + from * stride;
        Magnitudes.smallest(group, Math.min(n, Math.max(0, drop - (of - n)))).stream()
            .forEach(j -> pruned.set(base + j * stride));
      }
    }
    return pruned;
  }

  /** Share of the weights that are 0, of all that may be pruned. */
  public double sparsity() {
    long zeros = 0;
    long all = 0;
    for (Weights w : weights) {
      if (w.own == 0) {
        continue;
      }
      float[] values = Floats.read(w.values());
      for (float v : values) {
        zeros += v == 0 ? 1 : 0;
      }
      all += values.length;
    }
    return all == 0 ? 0 : zeros / (double) all;
  }
}
