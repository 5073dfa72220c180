package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.graph.internal.Wrappers;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayerConf;
import org.qat4j.quantizer.Mode;
import org.qat4j.text.TextEncoder;

/**
 * A network under quantization seen from inside: the quantizers of its layers. It has no state of
 * its own; all that is made of one network are alike.
 */
public final class PreparedModel {
  private final Model network;
  private final Topology topology;
  private final Map<String, LayerQuantizer> quantizers = new LinkedHashMap<>();

  /** Of layers that leave out the steps that a mask of the network says. */
  private final List<LayerQuantizer> maskReaders = new ArrayList<>();

  /**
   * @param network with quantized layers
   * @throws QatException if it has none
   */
  public PreparedModel(Model network) {
    this.network = network;
    this.topology = Topology.of(network);
    for (Topology.Node node : topology.nodes()) {
      if (node.layer() != null) {
        Layer layer = topology.layer(network, node.name());
        add(layer, node.quantizer(), node.wrappers().core());
        Kind kind = Kind.of(node);
        if (kind != null && kind.readsMasks() && node.wrappers().maskZero() == null) {
          maskReaders.add(quantizers.get(node.quantizer()));
        }
        if (node.wrappers().bidirectional() != null) {
          Wrappers second = Wrappers.of(node.wrappers().bidirectional().getBwd());
          add(layer, Wrappers.second(node.name()), second.core());
        }
      }
    }
    if (quantizers.isEmpty()) {
      throw new QatException("the network has no quantized layer; call Qat.prepare first");
    }
  }

  /**
   * @param conf of the quantized layer, which knows its name; a graph may call its vertex otherwise
   */
  private void add(Layer layer, String name, Object conf) {
    if (conf instanceof QatLayerConf quantized) {
      quantizers.put(name, LayerQuantizer.of(layer, quantized.getQuant().layer()));
    }
  }

  /** The MultiLayerNetwork or ComputationGraph. */
  public Model network() {
    return network;
  }

  /** Its nodes. */
  public Topology topology() {
    return topology;
  }

  /**
   * Quantizers by layer name, in topological order. The two directions of a layer are called
   * "layer/forward" and "layer/backward".
   */
  public Map<String, LayerQuantizer> quantizers() {
    return Collections.unmodifiableMap(quantizers);
  }

  /** The one that comes first; what holds for all layers can be asked of it. */
  public LayerQuantizer first() {
    return quantizers.values().iterator().next();
  }

  /** Switches all layers. */
  public void setMode(Mode mode) {
    quantizers.values().forEach(quantizer -> quantizer.pass().setMode(mode));
  }

  /** Training steps under quantization so far; frozen layers see none. */
  public long trainingSteps() {
    return quantizers.values().stream().mapToLong(q -> q.pass().trainingSteps()).max().orElse(0);
  }

  /** Whether a layer that reads masks was given one when it was calibrated or trained. */
  public boolean isMasked() {
    return maskReaders.stream().anyMatch(q -> q != null && q.scales().masked());
  }

  /** See {@link org.qat4j.qat.QatNetwork#masks}. */
  public INDArray[] masks(INDArray... features) {
    if (!isMasked()) {
      return null;
    }
    INDArray[] masks = new INDArray[features.length];
    for (int i = 0; i < masks.length; i++) {
      if (Kind.readsTokens(topology, topology.inputs().get(i))) {
        INDArray ids = SampleArrays.tokens(features[i]);
        masks[i] = ids.neq(TextEncoder.PADDING).castTo(ids.dataType());
      }
    }
    return Arrays.stream(masks).allMatch(Objects::isNull) ? null : masks;
  }

  /** Values of all vertices in evaluation mode, by name; padding as {@link #masks} has it. */
  public Map<String, INDArray> activations(INDArray... features) {
    return Topology.activations(network, features, masks(features));
  }
}
