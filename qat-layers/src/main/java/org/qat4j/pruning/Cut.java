package org.qat4j.pruning;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.FlattenPreProcessor;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.pruning.internal.MaskConstraint;

/**
 * Makes a smaller network of some inputs and outputs of the layers of another one. In all layers
 * that it knows value i of the weights in c order belongs to output i mod nOut and to input ⌊i /
 * nOut⌋ mod nIn; of an embedding the tokens are the inputs.
 */
final class Cut {
  /** What stays of a layer; null where all does. */
  private static final class Kept {
    static final Kept ALL = new Kept(null, null);

    final int[] inputs;
    final int[] outputs;

    Kept(int[] inputs, int[] outputs) {
      this.inputs = inputs;
      this.outputs = outputs;
    }
  }

  private final Model network;
  private final Topology topology;
  private final Map<String, Kept> kept = new HashMap<>();

  Cut(Model network) {
    this.network = network;
    this.topology = Topology.of(network);
  }

  /** Places of a list for which something holds. */
  static int[] places(int size, IntPredicate stays) {
    return IntStream.range(0, size).filter(stays).toArray();
  }

  /**
   * Says what stays of a layer, in ascending order.
   *
   * @param inputs or null for all
   * @param outputs or null for all
   */
  void keep(String layer, int[] inputs, int[] outputs) {
    kept.put(layer, new Kept(inputs, outputs));
  }

  /** The smaller network, with a new optimizer. */
  Model apply() {
    Model smaller = Topology.uninitializedCopy(network);
    Topology to = Topology.of(smaller);
    for (Topology.Node node : to.nodes()) {
      Kept k = kept.get(node.name());
      if (k != null) {
        resize(smaller, node, k);
      }
    }
    smaller.init();
    for (Topology.Node node : to.nodes()) {
      if (node.layer() != null) {
        copy(
            topology.layer(network, node.name()),
            to.layer(smaller, node.name()),
            kept.getOrDefault(node.name(), Kept.ALL));
      }
    }
    return smaller;
  }

  private static void resize(Model network, Topology.Node node, Kept k) {
    FeedForwardLayer layer = (FeedForwardLayer) node.layer();
    if (layer.getConstraints() != null) {
      layer.setConstraints(sliced(layer, k));
    }
    if (k.inputs != null) {
      layer.setNIn(k.inputs.length);
      if (node.preProcessor() instanceof FlattenPreProcessor flatten) {
        long channels = k.inputs.length / flatten.getSteps();
        set(network, node, new FlattenPreProcessor(channels, flatten.getSteps()));
      }
    }
    if (k.outputs != null) {
      layer.setNOut(k.outputs.length);
    }
    node.conf().clearVariables();
  }

  private static void set(Model network, Topology.Node node, FlattenPreProcessor flatten) {
    if (network instanceof MultiLayerNetwork net) {
      MultiLayerConfiguration conf = net.getLayerWiseConfigurations();
      conf.getInputPreProcessors().put(Topology.of(network).indexOf(node.name()), flatten);
    } else {
      ((LayerVertex) node.vertex()).setPreProcessor(flatten);
    }
  }

  private static void copy(Layer from, Layer to, Kept k) {
    for (Map.Entry<String, INDArray> param : from.paramTable().entrySet()) {
      INDArray target = to.paramTable().get(param.getKey());
      if (k.inputs == null && k.outputs == null) {
        target.assign(param.getValue());
        continue;
      }
      FeedForwardLayer conf = (FeedForwardLayer) from.conf().getLayer();
      float[] values = slice(Floats.read(param.getValue()), param.getKey(), conf, k);
      target.assign(Nd4j.create(values, target.shape(), 'c'));
    }
  }

  /** Constraints of a layer for what stays of it. */
  private static List<LayerConstraint> sliced(FeedForwardLayer layer, Kept k) {
    List<LayerConstraint> constraints = new ArrayList<>();
    for (LayerConstraint c : layer.getConstraints()) {
      if (c instanceof MaskConstraint mask) {
        float[] pruned = new float[mask.getSize()];
        mask.bits().stream().forEach(i -> pruned[i] = 1);
        float[] left = slice(pruned, mask.getParam(), layer, k);
        BitSet bits = new BitSet();
        IntStream.range(0, left.length).filter(i -> left[i] != 0).forEach(bits::set);
        if (!bits.isEmpty()) {
          constraints.add(MaskConstraint.of(mask.getParam(), left.length, bits));
        }
      } else {
        constraints.add(c);
      }
    }
    return constraints;
  }

  /**
   * What stays of a parameter.
   *
   * @param layer as it was
   */
  private static float[] slice(float[] w, String param, FeedForwardLayer layer, Kept k) {
    boolean weights = param.equals(DefaultParamInitializer.WEIGHT_KEY);
    int nIn = weights ? (int) layer.getNIn() : 1;
    int nOut = (int) layer.getNOut();
    int[] in = weights && k.inputs != null ? k.inputs : IntStream.range(0, nIn).toArray();
    int[] out = k.outputs != null ? k.outputs : IntStream.range(0, nOut).toArray();
    int taps = w.length / (nIn * nOut);
    float[] result = new float[taps * in.length * out.length];
    int at = 0;
    for (int tap = 0; tap < taps; tap++) {
      for (int i : in) {
        for (int o : out) {
          result[at++] = w[(tap * nIn + i) * nOut + o];
        }
      }
    }
    return result;
  }
}
