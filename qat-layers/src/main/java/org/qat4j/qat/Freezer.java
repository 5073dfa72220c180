package org.qat4j.qat;

import java.util.ArrayList;
import java.util.Arrays;
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
import org.qat4j.layers.RecurrentCodes;
import org.qat4j.layers.SelfAttentionLayer;
import org.qat4j.layers.Slot;
import org.qat4j.layers.TransformerCodes;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.AttentionStep;
import org.qat4j.numerics.QuantParams;

/** Turns a calibrated network into operations, vertex by vertex. */
final class Freezer {
  private final Topology topology;
  private final Map<String, LayerQuantizer> quantizers;

  private final boolean masked;
  private final List<Input> inputs = new ArrayList<>();
  private final List<Op> ops = new ArrayList<>();
  private final Map<String, List<Integer>> shapes;

  /** What each sum adds up. */
  private final Map<String, List<String>> sums = new HashMap<>();

  /** Values of the model that are a sum, by what their codes mean. */
  private final Map<String, Map<QuantParams, String>> sumsMade = new HashMap<>();

  /** Value of the model that stands for the value of a vertex. */
  private final Map<String, String> values = new HashMap<>();

  /**
   * @param masked whether the network is run with masks
   * @param shapes of all values, see {@link #shapes}
   */
  Freezer(
      Topology topology,
      Map<String, LayerQuantizer> quantizers,
      boolean masked,
      Map<String, List<Integer>> shapes) {
    this.topology = topology;
    this.quantizers = quantizers;
    this.masked = masked;
    this.shapes = shapes;
    topology.inputs().forEach(this::addInput);
  }

  /** Shapes of the values of a network, inputs included, [c] or [t, c], as a batch has them. */
  static Map<String, List<Integer>> shapes(
      QatNetwork network, Topology topology, INDArray[] features) {
    if (features.length != topology.inputs().size()) {
      throw new QatException(
          "the network has the inputs "
              + topology.inputs()
              + ", but "
              + features.length
              + " arrays were given");
    }
    Map<String, List<Integer>> shapes = new HashMap<>();
    long n = features[0].size(0);
    network.activations(features).forEach((name, value) -> shapes.put(name, shapeOf(value, n)));
    for (int i = 0; i < features.length; i++) {
      shapes.put(topology.inputs().get(i), shapeOf(features[i], n));
    }
    return shapes;
  }

  /** [n, c] to [c]; [n, c, t], and [n·t, c] as dense layers see it, to [t, c]. */
  private static List<Integer> shapeOf(INDArray value, long examples) {
    int channels = (int) value.size(1);
    if (value.rank() == 3) {
      return List.of((int) value.size(2), channels);
    }
    int steps = (int) (value.size(0) / examples);
    return steps == 1 ? List.of(channels) : List.of(steps, channels);
  }

  private void addInput(String name) {
    long vocabulary = 0;
    for (Topology.Node node : topology.consumers(name)) {
      if (Kind.of(node).readsTokens()) {
        vocabulary = ((org.deeplearning4j.nn.conf.layers.FeedForwardLayer) node.layer()).getNIn();
      }
    }
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
    Kind kind = Kind.of(node);
    String input = values.get(node.inputs().get(0));
    if (kind != Kind.IDENTITY && kind != Kind.SUM && sums.containsKey(input)) {
      input = sum(input, params(node));
    }
    return switch (kind) {
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
      case ATTENTION -> attention(node, input);
      case LAYER_NORM -> layerNorm(node, input);
      case LSTM, SIMPLE_RNN -> recurrent(node, input);
      case GLOBAL_AVERAGE -> globalAverage(node, quantized(node, input));
      case AVERAGE -> averagePool(node, input);
      case ACTIVATION -> lookup(node, quantized(node, input));
      case GLOBAL_MAX -> globalMax(node, input);
      case MAX -> maxPool(node, input);
      case IDENTITY -> input;
      case SUM -> addends(node);
      case MERGE -> merge(node);
    };
  }

  /** What a sum adds up, in order; the sum itself is made for those who read it. */
  private String addends(Topology.Node node) {
    List<String> all = new ArrayList<>();
    for (String input : node.inputs()) {
      String value = values.get(input);
      all.addAll(sums.getOrDefault(value, List.of(value)));
    }
    sums.put(node.name(), all);
    return node.name();
  }

  /** Codes of a sum, as one of those who read it quantizes them. */
  private String sum(String vertex, QuantParams params) {
    Map<QuantParams, String> made = sumsMade.computeIfAbsent(vertex, v -> new HashMap<>());
    String name = made.get(params);
    if (name == null) {
      name = made.isEmpty() ? vertex : vertex + "/" + (made.size() + 1);
      made.put(params, add(new Op.RealSum(name, sums.get(vertex), params)));
    }
    return name;
  }

  /** What the codes mean that a vertex reads, or those behind it where it makes none of its own. */
  private QuantParams params(Topology.Node node) {
    LayerQuantizer own = quantizers.get(node.quantizer());
    return (own == null ? readers(node.name()).get(0) : own).inputParams();
  }

  private String add(Op op) {
    ops.add(op);
    return op.name();
  }

  private LayerQuantizer quantizer(Topology.Node node) {
    return quantizers.get(node.quantizer());
  }

  /** With a mask DL4J's embedding of a masked step is 0: so is the row of padding then. */
  private QuantizedTensor table(Topology.Node node) {
    QuantizedTensor table = FrozenWeights.table(layer(node));
    if (!masked || Kind.of(node) != Kind.EMBEDDING) {
      return table;
    }
    byte[] codes = table.codes().clone();
    Arrays.fill(codes, 0, table.dim(1), (byte) 0);
    return new QuantizedTensor(
        codes, table.shape(), table.bits(), table.scales(), table.zeroPoint());
  }

  private org.deeplearning4j.nn.api.Layer layer(Topology.Node node) {
    return quantizer(node).layer();
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

  private String attention(Topology.Node node, String input) {
    LayerQuantizer q = quantizer(node);
    return add(
        new Op.Attention(
            node.name(),
            quantized(node, input),
            mask(node, q),
            ((SelfAttentionLayer) node.layer()).getHeads(),
            IntVector.of(AttentionStep.exponential()),
            q.outputParams()));
  }

  private String layerNorm(Topology.Node node, String input) {
    LayerQuantizer q = quantizer(node);
    TransformerCodes codes = TransformerCodes.of(q);
    return add(
        new Op.LayerNorm(
            node.name(),
            quantized(node, input),
            codes.gain(),
            codes.bias(),
            codes.shift(),
            q.outputParams()));
  }

  /** One or two directions, side by side, of which the last step may be taken. */
  private String recurrent(Topology.Node node, String input) {
    String name = node.name();
    Wrappers w = node.wrappers();
    String mask =
        w.maskZero() == null
            ? mask(node, quantizer(node))
            : add(new Op.NotZero(name + "/mask", input));
    String codes = quantized(node, input);
    String all = w.last() ? name + "/steps" : name;
    String sequence;
    if (w.bidirectional() == null) {
      sequence = add(recurrent(all, codes, mask, quantizer(node), false));
    } else {
      String second = Wrappers.second(name);
      String forward = add(recurrent(w.first(name), codes, mask, quantizer(node), false));
      String backward = add(recurrent(second, codes, mask, quantizers.get(second), true));
      sequence = concat(all, name, List.of(forward, backward));
    }
    return w.last() ? add(new Op.LastStep(name, sequence, mask)) : sequence;
  }

  private static Op recurrent(
      String name, String input, String mask, LayerQuantizer quantizer, boolean reverse) {
    RecurrentCodes codes = RecurrentCodes.of(quantizer);
    return new Op.Recurrent(
        name,
        input,
        mask,
        codes.weights(),
        codes.recurrent(),
        codes.bias(),
        codes.cell(),
        reverse,
        quantizer.outputParams());
  }

  private String globalAverage(Topology.Node node, String input) {
    QuantParams out = quantizer(node).outputParams();
    String mask = masked ? mask(node) : null;
    return add(
        mask == null
            ? new Op.GlobalAvgPool(node.name(), input, out)
            : new Op.MaskedMean(node.name(), input, mask, out));
  }

  /** Masked steps have the smallest code, so that they never win. */
  private String globalMax(Topology.Node node, String input) {
    String mask = masked ? mask(node) : null;
    String seen = mask == null ? input : add(new Op.Masked(node.name() + "/masked", input, mask));
    return add(new Op.GlobalMaxPool(node.name(), seen));
  }

  /** The mask of what a layer reads, where it was trained with one; null otherwise. */
  private String mask(Topology.Node node, LayerQuantizer quantizer) {
    return quantizer.masked() ? mask(node) : null;
  }

  /** The mask of what a layer reads. */
  private String mask(Topology.Node node) {
    String source = node.inputs().get(0);
    while (!topology.inputs().contains(source)) {
      source = topology.node(source).inputs().get(0);
    }
    int steps = shapes.get(source).get(0);
    if (steps != shapes.get(node.inputs().get(0)).get(0)) {
      throw new QatException(
          "layer \""
              + node.name()
              + "\": it was given a mask, but a layer between it and the input \""
              + source
              + "\" changes the number of steps, which a frozen mask cannot follow");
    }
    return topology.readsTokens(source) ? source : maskInput(source + Samples.MASK, steps);
  }

  private String maskInput(String name, int steps) {
    if (inputs.stream().noneMatch(i -> i.name().equals(name))) {
      inputs.add(new Input(name, Input.Kind.TOKENS, List.of(steps), 2));
    }
    return name;
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
    return concat(node.name(), node.name(), node.inputs().stream().map(values::get).toList());
  }

  /**
   * @param vertex whose readers say what the codes mean
   */
  private String concat(String name, String vertex, List<String> merged) {
    QuantParams params = null;
    for (LayerQuantizer reader : readers(vertex)) {
      QuantParams p = reader.inputParams();
      if (params != null && !params.equals(p)) {
        throw new QatException(
            "layer \"" + vertex + "\": layers with different scales read this merge");
      }
      params = p;
    }
    if (params == null) {
      throw new QatException("layer \"" + vertex + "\": no quantized layer reads this merge");
    }
    QuantParams of = params;
    List<String> parts = merged.stream().map(v -> sums.containsKey(v) ? sum(v, of) : v).toList();
    return add(new Op.Concat(name, parts, params));
  }

  private List<LayerQuantizer> readers(String name) {
    List<LayerQuantizer> found = new ArrayList<>();
    for (Topology.Node consumer : topology.consumers(name)) {
      LayerQuantizer reader = quantizers.get(consumer.quantizer());
      if (reader == null) {
        found.addAll(readers(consumer.name()));
      } else {
        found.add(reader);
      }
    }
    return found;
  }
}
