package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.BiConsumer;
import java.util.function.DoubleConsumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
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

  /**
   * See {@link org.qat4j.qat.QatNetwork#roundAdaptively}.
   *
   * @param progress is told of the share that is done, from several threads
   */
  public void round(int steps, DoubleConsumer progress) {
    double all = 0;
    for (Topology.Node node : products()) {
      all += effort(node);
    }
    double total = all;
    DoubleAdder done = new DoubleAdder();
    forEachProduct(
        (inputs, node) -> {
          double each = effort(node) / inputs.channels();
          inputs.roundWeights(
              steps,
              () -> {
                done.add(each);
                progress.accept(Math.min(1, done.sum() / total));
              });
        });
  }

  /** Of rounding: each weight of a channel meets all others. */
  private double effort(Topology.Node node) {
    double weights =
        topology.layer(network, node.name()).getParam(DefaultParamInitializer.WEIGHT_KEY).length();
    double channels = ((FeedForwardLayer) node.layer()).getNOut();
    return weights * weights / channels;
  }

  /** See {@link org.qat4j.qat.QatNetwork#correctBiases}. */
  public void correctBiases() {
    Topology own = Topology.of(floats);
    forEachProduct((inputs, node) -> inputs.correctBias(own.layer(floats, node.name())));
  }

  /** Layers whose weights are treated, in order. */
  private List<Topology.Node> products() {
    List<Kind> kinds = List.of(Kind.CONV1D, Kind.DENSE, Kind.OUTPUT, Kind.CENTER_LOSS);
    return topology.nodes().stream().filter(node -> kinds.contains(Kind.of(node))).toList();
  }

  /**
   * @param work is given what a layer reads, and where it stands
   */
  private void forEachProduct(BiConsumer<ProductInputs, Topology.Node> work) {
    List<Map<String, INDArray>> expected = values(floats);
    List<Map<String, INDArray>> made = null;
    Map<String, Set<String>> ancestors = ancestors();
    Set<String> changed = new HashSet<>();
    for (Topology.Node node : products()) {
      String read = node.inputs().get(0);
      // Branches that begin alike are run once.
      if (made == null || !Collections.disjoint(ancestors.get(read), changed)) {
        made = values(network);
        changed.clear();
      }
      ProductInputs inputs = new ProductInputs(topology.layer(network, node.name()));
      for (int i = 0; i < batches.size(); i++) {
        inputs.add(laidOut(expected.get(i).get(read), node), laidOut(made.get(i).get(read), node));
      }
      work.accept(inputs, node);
      changed.add(node.name());
    }
  }

  /** For each value what it depends on, itself included. */
  private Map<String, Set<String>> ancestors() {
    Map<String, Set<String>> all = new HashMap<>();
    topology.inputs().forEach(input -> all.put(input, Set.of(input)));
    for (Topology.Node node : topology.nodes()) {
      Set<String> own = new HashSet<>(List.of(node.name()));
      node.inputs().forEach(input -> own.addAll(all.get(input)));
      all.put(node.name(), own);
    }
    return all;
  }

  /** What the layers to be treated read, for each batch. */
  private List<Map<String, INDArray>> values(Model model) {
    Set<String> read = new HashSet<>();
    products().forEach(node -> read.add(node.inputs().get(0)));
    List<Map<String, INDArray>> values = new ArrayList<>();
    for (INDArray[] features : batches) {
      Map<String, INDArray> all = new HashMap<>(Topology.activations(model, features, null));
      for (int i = 0; i < features.length; i++) {
        all.put(topology.inputs().get(i), features[i]);
      }
      all.keySet().retainAll(read);
      values.add(all);
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
