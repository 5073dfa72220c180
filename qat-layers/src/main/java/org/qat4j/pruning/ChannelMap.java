package org.qat4j.pruning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.layers.FastLayers;
import org.qat4j.layers.FlattenPreProcessor;

/**
 * Where each channel of a network is made and read. A channel is an integer; what is added value by
 * value is one channel that several layers make, and what is concatenated keeps its channels. So
 * removing a channel says by itself what has to be cut in all layers.
 */
final class ChannelMap {
  /** What a node hands on: its channels, or null where they are not followed. */
  private final Map<String, int[]> outputs = new HashMap<>();

  /** Channel that each input of a layer reads, by layer; absent where they are not followed. */
  private final Map<String, int[]> reads = new LinkedHashMap<>();

  /** Channel that each output of a layer makes, by layer. */
  private final Map<String, int[]> makes = new LinkedHashMap<>();

  /** Channels that must stay, by their representatives, with the reason. */
  private final Map<Integer, String> fixed = new TreeMap<>();

  /** Layers whose channels cannot be removed, with the reason. */
  private final Map<String, String> refused = new LinkedHashMap<>();

  /** Each channel's representative, or one nearer to it. */
  private final List<Integer> parents = new ArrayList<>();

  ChannelMap(Topology topology) {
    for (Topology.Node node : topology.nodes()) {
      outputs.put(node.name(), node.layer() == null ? ofVertex(node) : ofLayer(node));
    }
    for (String output : topology.outputs()) {
      fix(outputs.get(output), "layer \"" + output + "\" is an output of the network");
    }
  }

  private int[] fresh(long n) {
    int[] channels = new int[(int) n];
    for (int i = 0; i < n; i++) {
      channels[i] = parents.size();
      parents.add(channels[i]);
    }
    return channels;
  }

  private void fix(int[] channels, String why) {
    if (channels != null) {
      Arrays.stream(channels).map(this::find).forEach(c -> fixed.putIfAbsent(c, why));
    }
  }

  private int[] input(Topology.Node node, int i) {
    return outputs.get(node.inputs().get(i)); // null for an input of the network
  }

  private int[] ofVertex(Topology.Node node) {
    if (node.vertex().getClass() == MergeVertex.class) {
      return merged(node);
    }
    if (node.vertex() instanceof ElementWiseVertex) {
      return together(node);
    }
    return unknown(node);
  }

  private int[] merged(Topology.Node node) {
    int[] all = new int[0];
    for (int i = 0; i < node.inputs().size(); i++) {
      int[] part = input(node, i);
      if (part == null) {
        fixInputs(node, "\"" + node.name() + "\" merges channels that are not followed");
        return null;
      }
      int at = all.length;
      all = Arrays.copyOf(all, at + part.length);
      System.arraycopy(part, 0, all, at, part.length);
    }
    return all;
  }

  /** Channels that are computed with each other have to stay or go together. */
  private int[] together(Topology.Node node) {
    int[] first = input(node, 0);
    for (int i = 1; i < node.inputs().size(); i++) {
      int[] other = input(node, i);
      if (first == null || other == null || other.length != first.length) {
        fixInputs(node, "\"" + node.name() + "\" reads channels that are not followed");
        return null;
      }
      for (int c = 0; c < first.length; c++) {
        unite(first[c], other[c]);
      }
    }
    return first;
  }

  private void unite(int a, int b) {
    int from = Math.max(find(a), find(b));
    int to = Math.min(find(a), find(b));
    parents.set(from, to);
    String why = fixed.remove(from);
    if (why != null) {
      fixed.putIfAbsent(to, why);
    }
  }

  /** The representative of a channel and of all that stay or go with it. */
  int find(int channel) {
    int c = channel;
    while (parents.get(c) != c) {
      c = parents.get(c);
    }
    return c;
  }

  private void fixInputs(Topology.Node node, String why) {
    for (int i = 0; i < node.inputs().size(); i++) {
      fix(input(node, i), why);
    }
  }

  private int[] unknown(Topology.Node node) {
    String why =
        "layer \"" + node.name() + "\" (" + node.type() + ") cannot be cut: it is not known how";
    refused.put(node.name(), why);
    fixInputs(node, why);
    return null;
  }

  private int[] ofLayer(Topology.Node node) {
    Layer layer = node.layer();
    Class<?> type = FastLayers.original(layer.getClass());
    if ((type == EmbeddingLayer.class && !((EmbeddingLayer) layer).hasBias())
        || type == EmbeddingSequenceLayer.class
        || type == EmbeddingBagLayer.class) {
      return made(node);
    }
    boolean normalized = layer instanceof DenseLayer dense && dense.hasLayerNorm();
    if ((type == DenseLayer.class && !normalized)
        || type == Convolution1DLayer.class
        || type == OutputLayer.class
        || type == RnnOutputLayer.class) {
      int[] read = read(node);
      if (read != null) {
        reads.put(node.name(), read);
      }
      return made(node);
    }
    boolean passes =
        type == ActivationLayer.class
            || type == DropoutLayer.class
            || (layer instanceof GlobalPoolingLayer p && linear(p.getPoolingType()))
            || (layer instanceof Subsampling1DLayer s && linear(s.getPoolingType()));
    if (!passes || node.preProcessor() != null) {
      return unknown(node);
    }
    int[] channels = input(node, 0);
    if (layer instanceof ActivationLayer a && !keepsZero(a.getActivationFn())) {
      fix(channels, "layer \"" + node.name() + "\" makes something else than 0 of 0");
    }
    return channels;
  }

  private static boolean linear(PoolingType type) {
    return type == PoolingType.MAX || type == PoolingType.AVG || type == PoolingType.SUM;
  }

  /** Whether what is 0 before is 0 behind, for each channel by itself. */
  private static boolean keepsZero(IActivation f) {
    return !(f instanceof ActivationSoftmax)
        && f.getActivation(Nd4j.zeros(1, 1), false).getDouble(0) == 0;
  }

  private int[] made(Topology.Node node) {
    FeedForwardLayer layer = (FeedForwardLayer) node.layer();
    int[] channels = fresh(layer.getNOut());
    makes.put(node.name(), channels);
    if (!keepsZero(((BaseLayer) layer).getActivationFn())) {
      String why =
          "layer \""
              + node.name()
              + "\" makes something else than 0 of 0 (or of all channels at once)";
      fix(channels, why);
    }
    return channels;
  }

  /** The channel of each input, or null where channels are not followed to there. */
  private int[] read(Topology.Node node) {
    int[] in = input(node, 0);
    if (in == null) {
      return null;
    }
    if (node.preProcessor() instanceof FlattenPreProcessor flatten) {
      int steps = (int) flatten.getSteps();
      int[] all = new int[in.length * steps];
      for (int i = 0; i < all.length; i++) {
        all[i] = in[i / steps]; // channel by channel
      }
      return all;
    }
    if (node.preProcessor() != null) {
      fix(in, "the preprocessor of layer \"" + node.name() + "\" is not known");
      return null;
    }
    return in;
  }

  /** Layers that make channels, in topological order. */
  List<String> makers() {
    return List.copyOf(makes.keySet());
  }

  /** Channels that a layer makes, as representatives; null if none are followed. */
  int[] makes(String layer) {
    return representatives(makes.get(layer));
  }

  /** Channel of each input of a layer, as representatives; null if they are not followed. */
  int[] reads(String layer) {
    return representatives(reads.get(layer));
  }

  private int[] representatives(int[] channels) {
    return channels == null ? null : Arrays.stream(channels).map(this::find).toArray();
  }

  /** Why a channel must stay, or null. */
  String fixed(int channel) {
    return fixed.get(find(channel));
  }

  /** Layers that are not known, with the reason. */
  Map<String, String> refused() {
    return Collections.unmodifiableMap(refused);
  }
}
