package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.internal.codes.ProductInputs;

/**
 * Improves a calibrated network without training: adaptive rounding of weights, correction of
 * biases. Layers are treated one after the other, each reading what the ones before it make now.
 * Embeddings, whose rows are what they hand on, and layers without weights stay as they are.
 */
public final class PostTraining {
  private final Model network;
  private final Model floats;
  private final Topology topology;
  private final List<INDArray[]> batches;

  /**
   * @param network under quantization
   * @param floats the network before it was prepared
   * @param batches inputs, one array for each input of the network
   */
  public PostTraining(Model network, Model floats, List<INDArray[]> batches) {
    this.network = network;
    this.floats = floats;
    this.topology = Topology.of(network);
    this.batches = batches;
    if (!Topology.of(floats).nodes().stream()
        .map(Topology.Node::name)
        .toList()
        .equals(topology.nodes().stream().map(Topology.Node::name).toList())) {
      throw new QatException("the float network has other layers than the one made from it");
    }
  }

  /** See {@link org.qat4j.qat.QatNetwork#roundAdaptively}. */
  public void round(int steps) {
    forEachProduct((inputs, layer) -> inputs.roundWeights(steps));
  }

  /** See {@link org.qat4j.qat.QatNetwork#correctBiases}. */
  public void correctBiases() {
    forEachProduct(ProductInputs::correctBias);
  }

  /**
   * @param work is given what a layer reads, and the same layer of the float network
   */
  private void forEachProduct(BiConsumer<ProductInputs, Layer> work) {
    List<Map<String, INDArray>> expected = new ArrayList<>();
    for (INDArray[] features : batches) {
      expected.add(values(floats, features));
    }
    for (Topology.Node node : topology.nodes()) {
      Kind kind = Kind.of(node);
      boolean output = kind == Kind.OUTPUT || kind == Kind.CENTER_LOSS;
      if (kind != Kind.CONV1D && kind != Kind.DENSE && !output) {
        continue;
      }
      ProductInputs inputs = new ProductInputs(topology.layer(network, node.name()));
      for (int i = 0; i < batches.size(); i++) {
        String read = node.inputs().get(0);
        INDArray x = laidOut(expected.get(i).get(read), node);
        INDArray quantized = laidOut(values(network, batches.get(i)).get(read), node);
        inputs.add(x, quantized);
      }
      work.accept(inputs, Topology.of(floats).layer(floats, node.name()));
    }
  }

  private Map<String, INDArray> values(Model model, INDArray[] features) {
    Map<String, INDArray> values = new HashMap<>(Topology.activations(model, features, null));
    for (int i = 0; i < features.length; i++) {
      values.put(topology.inputs().get(i), features[i]);
    }
    return values;
  }

  /** As the layer reads it. */
  private static INDArray laidOut(INDArray x, Topology.Node node) {
    return node.preProcessor() == null
        ? x
        : node.preProcessor()
            .preProcess(x.dup('c'), (int) x.size(0), LayerWorkspaceMgr.noWorkspaces());
  }
}
