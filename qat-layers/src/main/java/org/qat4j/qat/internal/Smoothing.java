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
import org.deeplearning4j.nn.graph.ComputationGraph;
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
 */
public final class Smoothing {
  /** Behind the name of a norm: one for products alone. */
  private static final String SUFFIX = "/smooth";

  private final Model network;
  private final Topology topology;
  private final double strength;

  /** Products that read each norm directly. */
  private final Map<String, List<String>> products = new LinkedHashMap<>();

  /** Largest magnitude of each channel of each norm. */
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
      }
    }
  }

  private static boolean isProduct(Topology.Node node) {
    Kind kind = Kind.of(node);
    boolean product =
        kind == Kind.CONV1D || kind == Kind.DENSE || (kind != null && kind.isOutput());
    return product && node.preProcessor() == null;
  }

  /** Whether products alone read a norm. */
  private boolean readsAll(Topology.Node norm) {
    return !topology.outputs().contains(norm.name())
        && topology.consumers(norm.name()).stream().allMatch(Smoothing::isProduct);
  }

  /**
   * Takes in what norms make of a batch.
   *
   * @param masks of the features, 0 where a step is padding, or null
   */
  public void observe(INDArray[] features, INDArray[] masks) {
    Map<String, INDArray> values = Topology.activations(network, features, masks);
    for (String norm : products.keySet()) {
      INDArray x = values.get(norm);
      float[] all = Floats.read(x);
      int channels = (int) x.size(1);
      int steps = all.length / channels / (int) x.size(0);
      boolean[] counts = counts(masks, (int) x.size(0) * steps);
      double[] most = largest.computeIfAbsent(norm, name -> new double[channels]);
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
    if (largest.isEmpty() && !products.isEmpty()) {
      throw new QatException("ranges of norms can be moved once batches have been seen");
    }
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
              products.get(norm).stream()
                  .map(product -> new Equalization.Weights(made.layer(copy, product)))
                  .toList();
          smooth(layer, readers, largest.get(norm));
          readers.forEach(Equalization.Weights::write);
        });
    return copy;
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
