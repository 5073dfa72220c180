package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.plain.LayerNormParams;

/**
 * Moves a part of the range of what norms make into the weights that read it (SmoothQuant: Xiao et
 * al., arXiv:2211.10438). Dividing gain and bias of channel j by s > 0 and multiplying the weights
 * that read it by s changes nothing; with the largest magnitudes of both, equation (4),
 *
 * <pre>s = max|x|^α / max|w|^(1 − α)</pre>
 *
 * <p>A norm that something other than a product reads, such as the sum behind it, stays as it is
 * for that: its products get a norm of their own.
 *
 * <p>Queries, keys and values, which are codes of one scale, each get the whole range of it: a
 * channel of the queries may be multiplied by what that of the keys is divided by, and the values
 * by what the weights that read their mixture are divided by. These factors go into weights that
 * have a scale for each channel, so that nothing is lost by them.
 */
public final class Smoothing {
  /** Behind the name of a norm: one for products alone. */
  private static final String SUFFIX = "/smooth";

  private final Model network;
  private final Topology topology;
  private final double strength;

  /** Products that read each norm directly. */
  private final Map<String, List<String>> products = new LinkedHashMap<>();

  /** Products that make queries, keys and values, by the attention that reads them. */
  private final Map<String, String> parts = new LinkedHashMap<>();

  /** Weights of the copy that are changed. */
  private final Map<String, Equalization.Weights> weights = new LinkedHashMap<>();

  /** Largest magnitude of each channel of each norm, and of what attention reads. */
  private final Map<String, double[]> largest = new HashMap<>();

  /**
   * @param network stays as it is
   * @param strength α, in (0, 1]
   */
  public Smoothing(Model network, double strength) {
    if (!(strength > 0 && strength <= 1)) {
      throw new QatException(
          "ranges move into weights by a share above 0, up to 1, not " + strength);
    }
    this.network = network;
    this.topology = Topology.ofInitialized(network);
    this.strength = strength;
    for (Topology.Node node : topology.nodes()) {
      if (Kind.of(node) == Kind.LAYER_NORM) {
        List<String> readers =
            topology.consumers(node.name()).stream()
                .filter(Smoothing::isProduct)
                .map(Topology.Node::name)
                .toList();
        if (!readers.isEmpty() && (readsAll(node) || network instanceof ComputationGraph)) {
          products.put(node.name(), readers);
        }
      } else if (Kind.of(node) == Kind.ATTENTION && readsOneProduct(node) && readsAll(node)) {
        parts.put(node.name(), node.inputs().get(0));
      }
    }
  }

  /** Whether attention alone reads a product that hands its sums on as they are. */
  private boolean readsOneProduct(Topology.Node attention) {
    String input = attention.inputs().get(0);
    Topology.Node maker = topology.node(input);
    return maker != null
        && attention.preProcessor() == null
        && Kind.of(maker) == Kind.CONV1D
        && ((BaseLayer) maker.core()).getActivationFn() instanceof ActivationIdentity
        && topology.consumers(input).size() == 1
        && !topology.outputs().contains(input);
  }

  private static boolean isProduct(Topology.Node node) {
    Kind kind = Kind.of(node);
    boolean product =
        kind == Kind.CONV1D || kind == Kind.DENSE || (kind != null && kind.isOutput());
    return product && node.preProcessor() == null;
  }

  /** Whether products alone read a value. */
  private boolean readsAll(Topology.Node node) {
    return !topology.outputs().contains(node.name())
        && topology.consumers(node.name()).stream().allMatch(Smoothing::isProduct);
  }

  /**
   * Takes in what norms and products make of a batch.
   *
   * @param masks of the features, 0 where a step is padding, or null
   */
  public void observe(INDArray[] features, INDArray[] masks) {
    Map<String, INDArray> values = Topology.activations(network, features, masks);
    List<String> seen = new ArrayList<>(products.keySet());
    seen.addAll(parts.values());
    for (String value : seen) {
      INDArray x = values.get(value);
      float[] all = Floats.read(x);
      int channels = (int) x.size(1);
      int steps = all.length / channels / (int) x.size(0);
      boolean[] counts = counts(masks, (int) x.size(0) * steps);
      double[] most = largest.computeIfAbsent(value, name -> new double[channels]);
      for (int i = 0; i < all.length; i++) {
        int c = i / steps % channels;
        if (counts[i / steps / channels * steps + i % steps]) {
          most[c] = Math.max(most[c], Math.abs(all[i]));
        }
      }
    }
  }

  /** Which steps no mask leaves out, where it has as many. */
  private static boolean[] counts(INDArray[] masks, int steps) {
    boolean[] counts = new boolean[steps];
    Arrays.fill(counts, true);
    for (INDArray mask : masks == null ? new INDArray[0] : masks) {
      for (int i = 0; mask != null && mask.length() == steps && i < steps; i++) {
        counts[i] &= mask.getDouble(i) != 0;
      }
    }
    return counts;
  }

  /** A copy of the network that computes the same. */
  public Model run() {
    Model copy = Topology.uninitializedCopy(network);
    Map<String, String> norms = new LinkedHashMap<>();
    for (String norm : products.keySet()) {
      norms.put(norm, readsAll(topology.node(norm)) ? norm : twin(copy, norm));
    }
    copy.init();
    Topology made = Topology.of(copy);
    for (Topology.Node node : topology.nodes()) {
      if (node.layer() != null) {
        copy(topology.layer(network, node.name()), made.layer(copy, node.name()));
      }
    }
    norms.forEach(
        (norm, own) -> {
          Layer layer = made.layer(copy, own);
          copy(topology.layer(network, norm), layer);
          List<Equalization.Weights> readers =
              products.get(norm).stream().map(product -> weights(made, copy, product)).toList();
          smooth(layer, readers, largest.get(norm));
        });
    parts.forEach(
        (attention, product) -> {
          List<Equalization.Weights> readers =
              topology.consumers(attention).stream()
                  .map(reader -> weights(made, copy, reader.name()))
                  .toList();
          fill(weights(made, copy, product), readers, largest.get(product));
        });
    weights.values().forEach(Equalization.Weights::write);
    return copy;
  }

  private Equalization.Weights weights(Topology made, Model copy, String product) {
    return weights.computeIfAbsent(
        product, name -> new Equalization.Weights(made.layer(copy, name)));
  }

  /** Gives queries, keys and values one range. */
  private static void fill(
      Equalization.Weights product, List<Equalization.Weights> readers, double[] most) {
    int channels = most.length / 3;
    double range = 0;
    double values = 0;
    for (int c = 0; c < channels; c++) {
      double query = most[c];
      double key = most[channels + c];
      double both = Math.sqrt(query * key);
      if (both > 0) {
        product.scaleOutput(c, both / query);
        product.scaleOutput(channels + c, both / key);
      }
      range = Math.max(range, both > 0 ? both : Math.max(query, key));
      values = Math.max(values, most[2 * channels + c]);
    }
    if (range > 0 && values > 0) {
      for (int c = 0; c < channels; c++) {
        product.scaleOutput(2 * channels + c, range / values);
        for (Equalization.Weights reader : readers) {
          reader.scaleInputs(c, 1, values / range);
        }
      }
    }
  }

  /** Gives the products of a norm one that they alone read; gives its name. */
  private String twin(Model copy, String norm) {
    ComputationGraphConfiguration graph = ((ComputationGraph) copy).getConfiguration();
    String name = norm + SUFFIX;
    if (topology.node(name) != null) {
      throw new QatException("there is a layer \"" + name + "\" already");
    }
    LayerVertex vertex = (LayerVertex) graph.getVertices().get(norm).clone();
    vertex.getLayerConf().getLayer().setLayerName(name);
    graph.getVertices().put(name, vertex);
    graph.getVertexInputs().put(name, new ArrayList<>(graph.getVertexInputs().get(norm)));
    for (String product : products.get(norm)) {
      graph.getVertexInputs().get(product).replaceAll(input -> input.equals(norm) ? name : input);
    }
    graph.setTopologicalOrder(null);
    graph.setTopologicalOrderStr(null);
    return name;
  }

  private static void copy(Layer from, Layer to) {
    to.paramTable().forEach((key, value) -> value.assign(from.paramTable().get(key)));
  }

  private void smooth(Layer norm, List<Equalization.Weights> readers, double[] most) {
    INDArray gain = norm.getParam(LayerNormParams.GAIN);
    INDArray bias = norm.getParam(LayerNormParams.BIAS);
    for (int c = 0; c < most.length; c++) {
      double weights = 0;
      for (Equalization.Weights reader : readers) {
        weights = Math.max(weights, reader.largestOfInputs(c, 1));
      }
      double s = Math.pow(most[c], strength) / Math.pow(weights, 1 - strength);
      if (most[c] > 0 && weights > 0 && Double.isFinite(s)) {
        gain.putScalar(c, (float) (gain.getDouble(c) / s));
        bias.putScalar(c, (float) (bias.getDouble(c) / s));
        for (Equalization.Weights reader : readers) {
          reader.scaleInputs(c, 1, s);
        }
      }
    }
  }
}
