package org.qat4j.qat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.qat4j.QatException;
import org.qat4j.layers.LayerQuantizer;
import org.qat4j.layers.QatLayer;
import org.qat4j.model.IntegerModel;

/**
 * A network that trains under quantization. {@link #network()} is an ordinary DL4J network: train,
 * evaluate, save and load it as any other; its evaluation is that of the frozen model.
 */
public final class QatNetwork {
  private final Model network;
  private final Map<String, QatLayer> layers = new LinkedHashMap<>();

  QatNetwork(Model network) {
    this.network = network;
    for (Topology.Node node : Topology.of(network).nodes()) {
      if (node.layer() != null && layer(node.name()) instanceof QatLayer layer) {
        layers.put(node.name(), layer);
      }
    }
    if (layers.isEmpty()) {
      throw new QatException("the network has no quantized layer; call Qat.prepare first");
    }
  }

  /** The MultiLayerNetwork or ComputationGraph. */
  public Model network() {
    return network;
  }

  /**
   * The network as a MultiLayerNetwork.
   *
   * @throws QatException if it is a ComputationGraph
   */
  public MultiLayerNetwork multiLayerNetwork() {
    if (network instanceof MultiLayerNetwork net) {
      return net;
    }
    throw new QatException("the network is a ComputationGraph: call graph()");
  }

  /**
   * The network as a ComputationGraph.
   *
   * @throws QatException if it is a MultiLayerNetwork
   */
  public ComputationGraph graph() {
    if (network instanceof ComputationGraph graph) {
      return graph;
    }
    throw new QatException("the network is a MultiLayerNetwork: call multiLayerNetwork()");
  }

  /** Quantizers by layer name, in topological order. */
  public Map<String, LayerQuantizer> quantizers() {
    Map<String, LayerQuantizer> quantizers = new LinkedHashMap<>();
    layers.forEach((name, layer) -> quantizers.put(name, layer.quantizer()));
    return quantizers;
  }

  private Layer layer(String name) {
    if (network instanceof ComputationGraph graph) {
      return graph.getLayer(name);
    }
    MultiLayerNetwork net = (MultiLayerNetwork) network;
    List<Topology.Node> nodes = Topology.of(net).nodes();
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).name().equals(name)) {
        return net.getLayer(i);
      }
    }
    throw new QatException("there is no layer \"" + name + "\"");
  }

  /**
   * Runs batches through the network in float and sets the ranges of all activations.
   *
   * @param data read from its beginning, and reset afterwards where it can be
   * @param batches at most so many, ≥ 1
   * @throws QatException if there is no batch or a value is not finite
   */
  public void calibrate(MultiDataSetIterator data, int batches) {
    calibrate(
        data.resetSupported() ? data::reset : () -> {},
        data::hasNext,
        () -> data.next().getFeatures(),
        batches);
  }

  /** The same for networks with one input. */
  public void calibrate(DataSetIterator data, int batches) {
    calibrate(
        data.resetSupported() ? data::reset : () -> {},
        data::hasNext,
        () -> new INDArray[] {data.next().getFeatures()},
        batches);
  }

  private void calibrate(
      Runnable reset, BooleanSupplier more, Supplier<INDArray[]> next, int batches) {
    reset.run();
    int done = 0;
    setMode(LayerQuantizer.Mode.CALIBRATE);
    try {
      for (; done < batches && more.getAsBoolean(); done++) {
        output(next.get());
      }
    } finally {
      setMode(LayerQuantizer.Mode.QAT);
    }
    reset.run();
    checkBatches(done);
  }

  private static void checkBatches(int done) {
    if (done == 0) {
      throw new QatException("calibration needs at least one batch, but the iterator has none");
    }
  }

  /** Switches all layers. */
  public void setMode(LayerQuantizer.Mode mode) {
    layers.values().forEach(layer -> layer.quantizer().setMode(mode));
  }

  /**
   * Output in evaluation mode, [n, classes].
   *
   * @param features one array per input
   */
  public INDArray output(INDArray... features) {
    return network instanceof ComputationGraph graph
        ? graph.outputSingle(features)
        : ((MultiLayerNetwork) network).output(features[0]);
  }

  /** Values of all vertices in evaluation mode, by name. */
  public Map<String, INDArray> activations(INDArray... features) {
    if (network instanceof ComputationGraph graph) {
      return graph.feedForward(features, false);
    }
    List<INDArray> values = ((MultiLayerNetwork) network).feedForward(features[0], false);
    Map<String, INDArray> named = new LinkedHashMap<>();
    int i = 1;
    for (Topology.Node node : Topology.of(network).nodes()) {
      named.put(node.name(), values.get(i++));
    }
    return named;
  }

  /**
   * The integer model that computes what this network computes in evaluation.
   *
   * @param info name, text encoders, labels
   * @param features one batch of real inputs, whose shapes the model takes over
   * @throws QatException if the network was not calibrated or cannot be expressed
   */
  public IntegerModel freeze(FreezeInfo info, INDArray... features) {
    return new Freezer(this, Topology.of(network), layers, features).freeze(info);
  }
}
