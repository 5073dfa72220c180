package org.qat4j.qat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.layers.FlattenPreProcessor;
import org.qat4j.layers.FrozenWeights;
import org.qat4j.layers.FusedActivation;
import org.qat4j.layers.LayerQuantizer;
import org.qat4j.layers.QatLayer;
import org.qat4j.layers.Slot;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;

/** Turns a calibrated network into operations, vertex by vertex. */
final class Freezer {
  private final Topology topology;
  private final Map<String, QatLayer> layers;
  private final List<Input> inputs = new ArrayList<>();
  private final List<Op> ops = new ArrayList<>();
  private final Map<String, List<Integer>> shapes = new HashMap<>();
  private final long examples;

  /** Value of the model that stands for the value of a vertex. */
  private final Map<String, String> values = new HashMap<>();

  Freezer(
      QatNetwork network, Topology topology, Map<String, QatLayer> layers, INDArray[] features) {
    this.topology = topology;
    this.layers = layers;
    if (features.length != topology.inputs().size()) {
      throw new QatException(
          "the network has the inputs "
              + topology.inputs()
              + ", but "
              + features.length
              + " arrays were given");
    }
    Map<String, INDArray> activations = network.activations(features);
    this.examples = features[0].size(0);
    activations.forEach((name, value) -> shapes.put(name, shapeOf(value)));
    for (int i = 0; i < features.length; i++) {
      addInput(topology.inputs().get(i), features[i]);
    }
  }

  /** [n, c] to [c]; [n, c, t], and [n·t, c] as dense layers see it, to [t, c]. */
  private List<Integer> shapeOf(INDArray value) {
    int channels = (int) value.size(1);
    if (value.rank() == 3) {
      return List.of((int) value.size(2), channels);
    }
    int steps = (int) (value.size(0) / examples);
    return steps == 1 ? List.of(channels) : List.of(steps, channels);
  }

  private void addInput(String name, INDArray value) {
    long vocabulary = 0;
    for (Topology.Node node : topology.consumers(name)) {
      if (Kind.of(node).readsTokens()) {
        vocabulary = ((org.deeplearning4j.nn.conf.layers.FeedForwardLayer) node.layer()).getNIn();
      }
    }
    shapes.put(name, shapeOf(value));
    Input.Kind kind = vocabulary > 0 ? Input.Kind.TOKENS : Input.Kind.REAL;
    inputs.add(new Input(name, kind, shapes.get(name), (int) vocabulary));
    values.put(name, name);
  }

  IntegerModel freeze(FreezeInfo info) {
    for (Topology.Node node : topology.nodes()) {
      values.put(node.name(), add(node));
    }
    List<String> outputs = topology.outputs().stream().map(values::get).toList();
    return new IntegerModel(info.name(), inputs, ops, outputs, info.text(), info.labels());
  }

  private String add(Topology.Node node) {
    String name = node.name();
    String input = values.get(node.inputs().get(0));
    return switch (Kind.of(node)) {
      case TOKEN_EMBEDDING -> {
        String rows = add(new Op.Embedding(name + "/rows", input, table(node)));
        yield add(new Op.Flatten(name, rows));
      }
      case EMBEDDING -> add(new Op.Embedding(name, input, table(node)));
      case BAG ->
          add(
              new Op.EmbeddingBag(
                  name,
                  input,
                  table(node),
                  ((EmbeddingBagLayer) node.layer()).isMean(),
                  quantizer(node).outputParams()));
      case CONV1D -> conv(node, input);
      case DENSE -> dense(node, input);
      case OUTPUT, STEP_OUTPUT -> output(node, input);
      case GLOBAL_AVERAGE ->
          add(new Op.GlobalAvgPool(name, quantized(node, input), quantizer(node).outputParams()));
      case AVERAGE -> averagePool(node, input);
      case ACTIVATION -> lookup(node, quantized(node, input));
      case GLOBAL_MAX -> add(new Op.GlobalMaxPool(name, input));
      case MAX -> maxPool(node, input);
      case IDENTITY -> input;
      case MERGE -> merge(node);
    };
  }

  private String add(Op op) {
    ops.add(op);
    return op.name();
  }

  private LayerQuantizer quantizer(Topology.Node node) {
    return layers.get(node.name()).quantizer();
  }

  private QuantizedTensor table(Topology.Node node) {
    return FrozenWeights.table(layer(node));
  }

  private org.deeplearning4j.nn.api.Layer layer(Topology.Node node) {
    return (org.deeplearning4j.nn.api.Layer) layers.get(node.name());
  }

  /** Codes of what a layer reads: real inputs of the network are quantized first. */
  private String quantized(Topology.Node node, String value) {
    return inputs.stream().anyMatch(i -> i.name().equals(value))
        ? add(new Op.Quantize(node.name() + "/quantize", value, quantizer(node).inputParams()))
        : value;
  }

  /** Quantizes real inputs, flattens sequences: what a product reads. */
  private String product(Topology.Node node, String input) {
    String value = quantized(node, input);
    if (flattened(node) != null) {
      value = add(new Op.Flatten(node.name() + "/flatten", value));
    }
    return value;
  }

  private String conv(Topology.Node node, String input) {
    Convolution1DLayer conf = (Convolution1DLayer) node.layer();
    List<Integer> shape = shapes.get(node.inputs().get(0));
    FrozenWeights w = FrozenWeights.conv1d(layer(node), shape.get(0));
    String name = node.name();
    FusedActivation f = FusedActivation.of(conf.getActivationFn(), name);
    String product = f.isTable() ? name + "/product" : name;
    add(
        new Op.Conv1d(
            product,
            product(node, input),
            w.weights(),
            w.bias(),
            w.stride(),
            w.dilation(),
            w.padLeft(),
            w.padRight(),
            codes(node, f)));
    return activation(node, f, product);
  }

  private String dense(Topology.Node node, String input) {
    String name = node.name();
    FusedActivation f = FusedActivation.of(((BaseLayer) node.layer()).getActivationFn(), name);
    FrozenWeights w = FrozenWeights.dense(layer(node), flattened(node));
    String product = f.isTable() ? name + "/product" : name;
    add(new Op.Dense(product, product(node, input), w.weights(), w.bias(), codes(node, f)));
    return activation(node, f, product);
  }

  private String output(Topology.Node node, String input) {
    boolean softmax =
        ((BaseOutputLayer) node.layer()).getActivationFn() instanceof ActivationSoftmax;
    String name = node.name();
    String product = softmax ? name + "/logits" : name;
    FrozenWeights w = FrozenWeights.dense(layer(node), flattened(node));
    add(new Op.Dense(product, product(node, input), w.weights(), w.bias(), new Output.Real()));
    return softmax ? add(new Op.Softmax(name, product)) : product;
  }

  /** Shape [steps, channels] that is flattened before the layer, or null. */
  private List<Integer> flattened(Topology.Node node) {
    return node.preProcessor() instanceof FlattenPreProcessor
        ? shapes.get(node.inputs().get(0))
        : null;
  }

  private Output.Codes codes(Topology.Node node, FusedActivation f) {
    LayerQuantizer q = quantizer(node);
    if (f.isTable()) {
      return new Output.Codes(q.params(Slot.PRE));
    }
    QuantParams out = q.outputParams();
    return new Output.Codes(out, f.lo(out), f.hi(out));
  }

  private String activation(Topology.Node node, FusedActivation f, String product) {
    if (!f.isTable()) {
      return product;
    }
    LayerQuantizer q = quantizer(node);
    int[] table = f.table(q.params(Slot.PRE), q.outputParams());
    return add(new Op.Lookup(node.name(), product, IntVector.of(table), q.outputParams()));
  }

  private String lookup(Topology.Node node, String input) {
    LayerQuantizer q = quantizer(node);
    IActivation function = ((ActivationLayer) node.layer()).getActivationFn();
    int[] table =
        FusedActivation.of(function, node.name()).table(q.inputParams(), q.outputParams());
    return add(new Op.Lookup(node.name(), input, IntVector.of(table), q.outputParams()));
  }

  private String maxPool(Topology.Node node, String input) {
    Subsampling1DLayer pool = (Subsampling1DLayer) node.layer();
    return add(new Op.MaxPool1d(node.name(), input, pool.getKernelSize()[0], pool.getStride()[0]));
  }

  private String averagePool(Topology.Node node, String input) {
    Subsampling1DLayer pool = (Subsampling1DLayer) node.layer();
    return add(
        new Op.AvgPool1d(
            node.name(),
            quantized(node, input),
            pool.getKernelSize()[0],
            pool.getStride()[0],
            quantizer(node).outputParams()));
  }

  private String merge(Topology.Node node) {
    List<String> merged = node.inputs().stream().map(values::get).toList();
    QuantParams params = null;
    for (QatLayer layer : readers(node.name())) {
      QuantParams p = layer.quantizer().inputParams();
      if (params != null && !params.equals(p)) {
        throw new QatException(
            "layer \"" + node.name() + "\": layers with different scales read this merge");
      }
      params = p;
    }
    if (params == null) {
      throw new QatException("layer \"" + node.name() + "\": no quantized layer reads this merge");
    }
    return add(new Op.Concat(node.name(), merged, params));
  }

  private List<QatLayer> readers(String name) {
    List<QatLayer> found = new ArrayList<>();
    for (Topology.Node consumer : topology.consumers(name)) {
      QatLayer layer = layers.get(consumer.name());
      if (layer == null) {
        found.addAll(readers(consumer.name()));
      } else {
        found.add(layer);
      }
    }
    return found;
  }
}
