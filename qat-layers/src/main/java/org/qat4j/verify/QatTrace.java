package org.qat4j.verify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.graph.internal.Topology;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.internal.Kind;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.qat.internal.Stacks;
import org.qat4j.runtime.Sample;

/**
 * Runs a QAT network in evaluation mode and gives its values as the model names and orders them.
 */
final class QatTrace {
  private final QatNetwork network;
  private final IntegerModel model;

  QatTrace(QatNetwork network, IntegerModel model) {
    this.network = network;
    this.model = model;
  }

  /**
   * Values of a batch by the names of the model, [sample][value], each sample row-major in the
   * model's layout. Where the model ends in softmax or another function its logits are given
   * instead: DL4J's function is not that of the model.
   */
  Map<String, float[][]> values(List<Sample> batch) {
    Map<String, INDArray> arrays = arrays(batch);
    Topology topology = Topology.of(network.network());
    for (Topology.Node node : topology.nodes()) {
      String read = node.inputs().get(0);
      INDArray ids = arrays.get(read);
      boolean bySteps = node.preProcessor() instanceof RnnToFeedForwardPreProcessor;
      if (bySteps && ids != null && ids.rank() == 2) {
        arrays.put(read, ids.reshape('c', ids.size(0), 1, ids.size(1)));
      }
    }
    List<String> inputs = network.inputs();
    INDArray[] features = inputs.stream().map(arrays::get).toArray(INDArray[]::new);
    INDArray[] masks = network.masks(features);
    for (int i = 0; i < features.length; i++) {
      INDArray given = arrays.get(inputs.get(i) + SampleArrays.MASK);
      if (given != null) {
        masks = masks == null ? new INDArray[features.length] : masks;
        masks[i] = given;
      }
    }
    Map<String, INDArray> activations = withoutSoftmax(features, masks);
    Map<String, float[][]> values = new HashMap<>();
    Stacks stacks = Stacks.of(Topology.of(network.network()));
    for (Op op : model.ops()) {
      INDArray activation = stacks.branch(op.name(), activations, batch.size());
      if (activation != null) {
        boolean answer = op instanceof Op.Softmax || op instanceof Op.RealFunction;
        String name = answer ? op.inputs().get(0) : op.name();
        values.put(name, SampleArrays.rows(activation, batch.size()));
      }
    }
    return values;
  }

  /** Whether a vertex of the network makes real values of codes, which its readers round. */
  boolean isRoundedLater(String name) {
    Topology topology = Topology.of(network.network());
    Topology.Node node = topology.node(Stacks.of(topology).vertex(name));
    boolean joins = node != null && node.conf() != null && node.wrappers().bidirectional() != null;
    return joins || (node != null && Kind.of(node).isRoundedLater());
  }

  /** Inputs of the model by their names, as a network reads them. */
  private Map<String, INDArray> arrays(List<Sample> batch) {
    Map<String, INDArray> arrays = new HashMap<>();
    for (int i = 0; i < model.inputs().size(); i++) {
      Input input = model.inputs().get(i);
      List<Long> shape = new ArrayList<>(List.of((long) batch.size()));
      input.shape().forEach(d -> shape.add((long) d));
      int size = model.value(input.name()).size();
      float[] flat = new float[batch.size() * size];
      for (int s = 0; s < batch.size(); s++) {
        for (int j = 0; j < size; j++) {
          flat[s * size + j] =
              input.kind() == Input.Kind.TOKENS
                  ? batch.get(s).tokens(i)[j]
                  : batch.get(s).reals(i)[j];
        }
      }
      INDArray rows = Nd4j.create(flat, shape.stream().mapToLong(Long::longValue).toArray(), 'c');
      arrays.put(
          input.name(),
          rows.rank() == 3
              ? rows.permute(0, 2, 1).dup('c')
              : rows.rank() == 4 ? rows.permute(0, 3, 1, 2).dup('c') : rows);
    }
    return arrays;
  }

  /** Takes the activation functions of output layers away while the network runs. */
  private Map<String, INDArray> withoutSoftmax(INDArray[] features, INDArray[] masks) {
    IdentityHashMap<BaseLayer, IActivation> functions = new IdentityHashMap<>();
    IdentityHashMap<ActivationLayer, IActivation> softmaxes = new IdentityHashMap<>();
    for (Layer layer : layers()) {
      org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
      if (conf instanceof BaseOutputLayer
          || conf instanceof LossLayer
          || conf instanceof RnnLossLayer
          || conf instanceof CnnLossLayer) {
        BaseLayer output = (BaseLayer) conf;
        functions.put(output, output.getActivationFn());
      } else if (conf instanceof ActivationLayer a
          && a.getActivationFn() instanceof ActivationSoftmax) {
        softmaxes.put(a, a.getActivationFn());
      }
    }
    try {
      functions.keySet().forEach(output -> output.setActivationFn(new ActivationIdentity()));
      softmaxes.keySet().forEach(softmax -> softmax.setActivationFn(new ActivationIdentity()));
      return Topology.activations(network.network(), features, masks);
    } finally {
      functions.forEach(BaseLayer::setActivationFn);
      softmaxes.forEach(ActivationLayer::setActivationFn);
    }
  }

  private Layer[] layers() {
    return network.network() instanceof ComputationGraph graph
        ? graph.getLayers()
        : ((MultiLayerNetwork) network.network()).getLayers();
  }
}
