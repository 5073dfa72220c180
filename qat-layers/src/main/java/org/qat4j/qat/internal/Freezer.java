package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.graph.Topology;
import org.qat4j.graph.Wrappers;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.layers.SelfAttentionLayer;
import org.qat4j.layers.internal.codes.FrozenWeights;
import org.qat4j.layers.internal.codes.FusedActivation;
import org.qat4j.layers.internal.codes.IntegerImages;
import org.qat4j.layers.internal.codes.RecurrentCodes;
import org.qat4j.layers.internal.codes.SeparableWeights;
import org.qat4j.layers.internal.codes.TransformerCodes;
import org.qat4j.layers.internal.quantized.QatElementWise;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.layers.own.OwnQuantizedLayer;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Op.Elementwise.Function;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.Window2d;
import org.qat4j.numerics.AttentionStep;
import org.qat4j.numerics.QuantParams;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.QatNetwork;

/** Turns a calibrated network into operations, vertex by vertex. */
public final class Freezer {
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
  public Freezer(
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
  public static Map<String, List<Integer>> shapes(
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
      String input = topology.inputs().get(i);
      boolean tokens = Kind.readsTokens(topology, input);
      shapes.put(input, shapeOf(tokens ? Samples.tokens(features[i]) : features[i], n));
    }
    return shapes;
  }

  /**
   * [n, c] to [c]; [n, c, t], and [n·t, c] as dense layers see it, to [t, c]; [n, c, h, w] to [h,
   * w, c].
   */
  private static List<Integer> shapeOf(INDArray value, long examples) {
    int channels = (int) value.size(1);
    if (value.rank() == 4) {
      return List.of((int) value.size(2), (int) value.size(3), channels);
    } else if (value.rank() == 3) {
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

  public IntegerModel freeze(FreezeInfo info) {
    for (Topology.Node node : topology.nodes()) {
      values.put(node.name(), add(node));
    }
    List<String> outputs = topology.outputs().stream().map(values::get).toList();
    return new IntegerModel(
        info.name(), inputs, ops, outputs, info.text(), info.labels(), info.metadata());
  }

  private String add(Topology.Node node) {
    String name = node.name();
    Kind kind = Kind.of(node);
    String input = values.get(node.inputs().get(0));
    if (kind != Kind.IDENTITY && kind != Kind.SUM && sums.containsKey(input)) {
      input = sum(input, params(node));
    }
    input = laidOut(node, input);
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
      case GLOBAL_SUM -> globalSum(node, quantized(node, input));
      case CONV2D, DEPTHWISE -> conv2d(node, input);
      case BATCH_NORM ->
          quantizer(node).settings().foldRef() == null
              ? normalization(node, quantized(node, input))
              : input;
      case AVERAGE2D -> averagePool2d(node, quantized(node, input));
      case SEPARABLE -> separable(node, quantized(node, input));
      case MAX2D -> add(new Op.MaxPool2d(name, moved(node, input), window(node)));
      case ZERO_PADDING, ZERO_PADDING1D, CROPPING, CROPPING1D, UPSAMPLING, UPSAMPLING1D, SUBSET ->
          select(node, moved(node, input));
      case LAYOUT -> input;
      case RESHAPE -> reshape(node, moved(node, input));
      case LAST_STEP -> add(new Op.LastStep(name, moved(node, input), masked ? mask(node) : null));
      case GLOBAL_MAX -> globalMax(node, moved(node, input));
      case MAX -> maxPool(node, moved(node, input));
      case IDENTITY -> input;
      case SUM -> addends(node);
      case LOSS -> answer(node, input);
      case OWN -> own(node, quantized(node, input));
      case ELEMENTWISE -> elementwise(node);
      case MERGE -> merge(node);
      case FLOAT -> throw new IllegalStateException("layers in float are refused before");
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
    return table.withCodes(codes);
  }

  private org.deeplearning4j.nn.api.Layer layer(Topology.Node node) {
    return quantizer(node).layer();
  }

  /** Codes of what a layer reads: real inputs of the network are quantized first. */
  private String quantized(Topology.Node node, String value) {
    return isReal(value) ? quantize(node, value, quantizer(node).inputParams()) : value;
  }

  /** The same for one that has no scale of its own. */
  private String moved(Topology.Node node, String value) {
    return isReal(value) ? quantize(node, value, paramsOfReaders(node.name())) : value;
  }

  private String quantize(Topology.Node node, String value, QuantParams params) {
    return add(new Op.Quantize(node.name() + "/quantize", value, params));
  }

  private boolean isReal(String value) {
    return inputs.stream().anyMatch(i -> i.name().equals(value) && i.kind() == Input.Kind.REAL);
  }

  /** Shape of what a layer reads, behind its preprocessor. */
  private List<Integer> read(Topology.Node node) {
    List<Integer> shape = shapes.get(node.inputs().get(0));
    return node.preProcessor() == null || flattensWeights(node)
        ? shape
        : Layouts.shape(node.preProcessor(), shape);
  }

  /** Whether the weights of a product are put in order, so that values need not be. */
  private static boolean flattensWeights(Topology.Node node) {
    Kind kind = Kind.of(node);
    return (kind == Kind.DENSE || kind == Kind.OUTPUT) && Support.isFlattening(node.preProcessor());
  }

  /** What a layer reads, as its preprocessor lays it out. */
  private String laidOut(Topology.Node node, String input) {
    List<Integer> from = shapes.get(node.inputs().get(0));
    List<Integer> to = read(node);
    if (from.equals(to)) {
      return input;
    }
    boolean own = quantizers.get(node.quantizer()) != null;
    String codes = own ? quantized(node, input) : moved(node, input);
    String name = node.layer() == null ? node.name() : node.name() + "/read";
    return addAll(Layouts.between(name, codes, from, to));
  }

  private String reshape(Topology.Node node, String codes) {
    List<Integer> from = read(node);
    List<Integer> to = shapes.get(node.name());
    return from.equals(to) ? codes : addAll(Layouts.between(node.name(), codes, from, to));
  }

  private String addAll(List<Op> all) {
    all.forEach(this::add);
    return all.get(all.size() - 1).name();
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
    FrozenWeights w = FrozenWeights.conv1d(layer(node), read(node).get(0));
    boolean masks = quantizer(node).masked();
    String name = masks ? node.name() + "/all" : node.name();
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
    String made = activation(node, name, f, product);
    if (!masks) {
      return made;
    }
    checkSteps(node, shapes.get(node.name()).get(0));
    return add(new Op.Masked(node.name(), made, mask(node), true)); // as DL4J makes it
  }

  private String dense(Topology.Node node, String input) {
    String name = node.name();
    FusedActivation f = FusedActivation.of(((BaseLayer) node.layer()).getActivationFn(), name);
    FrozenWeights w = FrozenWeights.dense(layer(node), flattened(node));
    String product = f.isTable() ? name + "/product" : name;
    add(new Op.Dense(product, product(node, input), w.weights(), w.bias(), output(node, f)));
    return activation(node, name, f, product);
  }

  private String output(Topology.Node node, String input) {
    boolean softmax = ((BaseLayer) node.layer()).getActivationFn() instanceof ActivationSoftmax;
    String name = node.name();
    String product = softmax ? name + "/logits" : name;
    FrozenWeights w = FrozenWeights.dense(layer(node), flattened(node));
    add(new Op.Dense(product, product(node, input), w.weights(), w.bias(), new Output.Real()));
    return softmax ? add(new Op.Softmax(name, product)) : product;
  }

  /** [steps, channels], or pixels and channels, that are flattened before the layer, or null. */
  private List<Integer> flattened(Topology.Node node) {
    List<Integer> shape = shapes.get(node.inputs().get(0));
    if (!Support.isFlattening(node.preProcessor()) || shape.size() == 1) {
      return null;
    }
    int channels = shape.get(shape.size() - 1);
    int places = shape.subList(0, shape.size() - 1).stream().reduce(1, (a, b) -> a * b);
    return List.of(places, channels);
  }

  private String conv2d(Topology.Node node, String input) {
    ConvolutionLayer conf = (ConvolutionLayer) node.layer();
    String name = node.name();
    String x = quantized(node, input);
    FrozenWeights w = FrozenWeights.conv2d(layer(node));
    FusedActivation f = FusedActivation.of(conf.getActivationFn(), name);
    String product = f.isTable() ? name + "/product" : name;
    List<Integer> shape = read(node);
    Window2d window = IntegerImages.window(conf, shape.get(0), shape.get(1));
    int groups = Kind.of(node) == Kind.DEPTHWISE ? shape.get(2) : 1;
    add(new Op.Conv2d(product, x, w.weights(), w.bias(), window, groups, codes(node, f)));
    return activation(node, name, f, product);
  }

  /** Of each channel by itself, then of the channels of each pixel. */
  private String separable(Topology.Node node, String x) {
    ConvolutionLayer conf = (ConvolutionLayer) node.layer();
    String name = node.name();
    LayerQuantizer q = quantizer(node);
    SeparableWeights w = SeparableWeights.of(q);
    List<Integer> shape = read(node);
    String deep =
        add(
            new Op.Conv2d(
                name + "/depthwise",
                x,
                w.depthTensor(),
                SeparableWeights.bias(w.depth()),
                IntegerImages.window(conf, shape.get(0), shape.get(1)),
                shape.get(2),
                new Output.Codes(q.params(Slot.MIDDLE))));
    FusedActivation f = FusedActivation.of(conf.getActivationFn(), name);
    String product = f.isTable() ? name + "/product" : name;
    add(
        new Op.Conv2d(
            product,
            deep,
            w.pointTensor(),
            SeparableWeights.bias(w.point()),
            Window2d.plain(1, 1, 1, 1),
            1,
            codes(node, f)));
    return activation(node, name, f, product);
  }

  private Window2d window(Topology.Node node) {
    List<Integer> shape = read(node);
    return IntegerImages.window((SubsamplingLayer) node.layer(), shape.get(0), shape.get(1));
  }

  private String averagePool2d(Topology.Node node, String x) {
    QuantParams out = quantizer(node).outputParams();
    return add(new Op.AvgPool2d(node.name(), x, window(node), out));
  }

  /** A product of each channel by itself. */
  private String normalization(Topology.Node node, String input) {
    String name = node.name();
    List<Integer> shape = read(node);
    boolean flat = shape.size() < 3;
    FrozenWeights w = FrozenWeights.normalization(layer(node));
    int channels = w.bias().size();
    String x = input;
    if (flat) {
      int steps = shape.size() == 1 ? 1 : shape.get(0);
      x = add(new Op.Reshape(name + "/pixels", input, IntVector.of(steps, 1, channels)));
    }
    Window2d one = Window2d.plain(1, 1, 1, 1);
    Output.Codes out = new Output.Codes(quantizer(node).outputParams());
    String made = flat ? name + "/product" : name;
    add(new Op.Conv2d(made, x, w.weights(), w.bias(), one, channels, out));
    return flat ? add(new Op.Reshape(name, made, vector(shape))) : made;
  }

  static IntVector vector(List<Integer> shape) {
    return IntVector.of(shape.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Places along one or two dimensions. */
  private String select(Topology.Node node, String input) {
    List<Integer> shape = read(node);
    List<IntVector> places = Places.of(node, shape);
    String x = input;
    int last = -1;
    for (int axis = 0; axis < places.size(); axis++) {
      last = places.get(axis) == null ? last : axis;
    }
    for (int axis = 0; axis <= last; axis++) {
      if (places.get(axis) != null) {
        String name = axis == last ? node.name() : node.name() + "/rows";
        x = add(new Op.Select(name, x, axis, places.get(axis)));
      }
    }
    return x;
  }

  private Output output(Topology.Node node, FusedActivation f) {
    boolean real = quantizer(node).settings().outputRef() == null;
    return real ? new Output.Real() : codes(node, f);
  }

  private Output.Codes codes(Topology.Node node, FusedActivation f) {
    LayerQuantizer q = quantizer(node);
    if (f.isTable()) {
      return new Output.Codes(q.params(Slot.PRE));
    }
    QuantParams out = q.outputParams();
    return new Output.Codes(out, f.lo(out), f.hi(out));
  }

  private String activation(Topology.Node node, String name, FusedActivation f, String product) {
    if (!f.isTable()) {
      return product;
    }
    LayerQuantizer q = quantizer(node);
    int[] table = f.table(q.params(Slot.PRE), q.outputParams());
    return add(new Op.Lookup(name, product, IntVector.of(table), q.outputParams()));
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
    SelfAttentionLayer conf = (SelfAttentionLayer) node.layer();
    return add(
        new Op.Attention(
            node.name(),
            quantized(node, input),
            mask(node, q),
            conf.getHeads(),
            conf.getPrefix(),
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
    String there = // which steps are no padding
        w.maskZero() == null
            ? mask(node, quantizer(node))
            : add(new Op.NotZero(name + "/mask", unjoined(input)));
    // DL4J's LSTM takes notice of a mask only where a layer around it tells it to.
    boolean told = w.maskZero() != null || w.last() || Kind.of(node) != Kind.LSTM;
    String mask = told ? there : null;
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
    return w.last() ? add(new Op.LastStep(name, sequence, there)) : sequence;
  }

  /** The parts of a value whose parts were rounded once more where they were joined. */
  private List<String> unjoined(String value) {
    return ops.stream()
        .filter(op -> op instanceof Op.Concat && op.name().equals(value))
        .findFirst()
        .map(Op::inputs)
        .orElse(List.of(value));
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

  private String globalSum(Topology.Node node, String input) {
    String seen =
        masked && read(node).size() == 2
            ? add(new Op.Masked(node.name() + "/masked", input, mask(node), true))
            : input;
    return add(new Op.GlobalSumPool(node.name(), seen, quantizer(node).outputParams()));
  }

  /** Masked steps have the smallest code, so that they never win. */
  private String globalMax(Topology.Node node, String input) {
    String mask = masked ? mask(node) : null;
    String seen =
        mask == null ? input : add(new Op.Masked(node.name() + "/masked", input, mask, false));
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
    if (steps != read(node).get(0)) {
      throw cannotFollow(node);
    }
    return Kind.readsTokens(topology, source) ? source : maskInput(source + Samples.MASK, steps);
  }

  private void checkSteps(Topology.Node node, int made) {
    if (made != read(node).get(0)) {
      throw cannotFollow(node);
    }
  }

  private static QatException cannotFollow(Topology.Node node) {
    return new QatException(
        "layer \""
            + node.name()
            + "\": it was given a mask, but the number of steps changes on the way from the input"
            + " to what it makes, which a frozen mask cannot follow; use the convolution mode Same"
            + " or Causal");
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

  /** Logits as they are, or softmax of them. */
  private String answer(Topology.Node node, String logits) {
    boolean softmax = ((BaseLayer) node.layer()).getActivationFn() instanceof ActivationSoftmax;
    return softmax ? add(new Op.Softmax(node.name(), logits)) : logits;
  }

  private String own(Topology.Node node, String input) {
    LayerQuantizer q = quantizer(node);
    OwnQuantizedLayer layer = (OwnQuantizedLayer) node.layer();
    List<Op> made = layer.operations(node.name(), input, q.inputParams(), q.outputParams());
    if (made.isEmpty() || !made.get(made.size() - 1).name().equals(node.name())) {
      throw new QatException(
          "layer \"" + node.name() + "\": the last of its operations must bear its name");
    }
    made.forEach(this::add);
    return node.name();
  }

  private String merge(Topology.Node node) {
    return concat(node.name(), node.name(), node.inputs().stream().map(values::get).toList());
  }

  /**
   * @param vertex whose readers say what the codes mean
   */
  private String concat(String name, String vertex, List<String> merged) {
    QuantParams params = paramsOfReaders(vertex);
    List<String> parts =
        merged.stream().map(v -> sums.containsKey(v) ? sum(v, params) : v).toList();
    return add(new Op.Concat(name, parts, params));
  }

  private String elementwise(Topology.Node node) {
    QatElementWise vertex = (QatElementWise) node.vertex();
    return switch (vertex.getOp()) {
      case Add -> throw new IllegalStateException("a sum is made where it is read");
      case Subtract -> elementwise(node, Function.DIFFERENCE, paramsOfReaders(node.name()));
      case Product -> elementwise(node, Function.PRODUCT, paramsOfReaders(node.name()));
      case Average -> elementwise(node, Function.MEAN, paramsOfReaders(node.name()));
      case Max -> {
        String first = vertex.getSources().get(0);
        String layer = first.substring(0, first.lastIndexOf('/'));
        yield elementwise(node, Function.MAX, quantizers.get(layer).outputParams());
      }
    };
  }

  private String elementwise(Topology.Node node, Function function, QuantParams out) {
    List<String> inputs = node.inputs().stream().map(values::get).toList();
    return add(new Op.Elementwise(node.name(), function, inputs, out));
  }

  /** Scale and zero point with which all layers that read a vertex quantize it. */
  private QuantParams paramsOfReaders(String vertex) {
    QuantParams params = null;
    for (LayerQuantizer reader : readers(vertex)) {
      QuantParams p = reader.inputParams();
      if (params != null && !params.equals(p)) {
        throw new QatException(
            "layer \""
                + vertex
                + "\": layers with different scales read it; put an ActivationLayer behind it");
      }
      params = p;
    }
    if (params == null) {
      throw new QatException("layer \"" + vertex + "\": no quantized layer reads it");
    }
    return params;
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
