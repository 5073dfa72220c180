package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.graph.internal.Wrappers;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.MultiHeadAttentionLayer;
import org.qat4j.layers.internal.codes.FrozenWeights;
import org.qat4j.layers.internal.codes.FusedActivation;
import org.qat4j.layers.internal.codes.IntegerImages;
import org.qat4j.layers.internal.codes.Negation;
import org.qat4j.layers.internal.codes.RecurrentCodes;
import org.qat4j.layers.internal.codes.SeparableWeights;
import org.qat4j.layers.internal.codes.Slopes;
import org.qat4j.layers.internal.codes.TransformerCodes;
import org.qat4j.layers.internal.codes.VectorNorm;
import org.qat4j.layers.internal.fast.Maskable;
import org.qat4j.layers.internal.quantized.QatElementWise;
import org.qat4j.layers.internal.quantized.QatReverse;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.LayerScales;
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
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.numerics.internal.LayerNormStep;
import org.qat4j.qat.FreezeInfo;

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

  /**
   * Values that have no codes of their own, such as merges and sums, and what moves them: each is
   * made for those who read it, with their scales.
   */
  private final Map<String, Late> late = new HashMap<>();

  /** Behind the name of such a value, which is that of its first codes. */
  private static final String LATE = "/late";

  /** Values of the model that were made so, by what their codes mean. */
  private final Map<String, Map<QuantParams, String>> madeLate = new HashMap<>();

  /** What the codes of values mean that have more than 8 bits, which few operations read. */
  private final Map<String, QuantParams> wide = new HashMap<>();

  /** Value of the model that stands for the value of a vertex. */
  private final Map<String, String> values = new HashMap<>();

  /**
   * @param shapes of all values, see {@link #shapes}
   */
  public Freezer(PreparedModel network, Map<String, List<Integer>> shapes) {
    Stacks stacks = Stacks.of(network.topology());
    this.topology = stacks.apart();
    this.quantizers = stacks.quantizers(network.quantizers());
    this.masked = network.isMasked();
    this.shapes = stacks.shapes(shapes);
    topology.inputs().forEach(this::addInput);
  }

  /**
   * Shapes of the values of a network, inputs included, [c], [t, c] or [h, w, c].
   *
   * @param features one batch per input
   * @param activations what all vertices make of it, by name
   */
  public static Map<String, List<Integer>> shapes(
      Topology topology, INDArray[] features, Map<String, INDArray> activations) {
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
    Stacks stacks = Stacks.of(topology);
    activations.forEach((name, value) -> shapes.put(name, shapeOf(value, n * stacks.parts(name))));
    for (int i = 0; i < features.length; i++) {
      String input = topology.inputs().get(i);
      boolean tokens = Kind.readsTokens(topology, input);
      shapes.put(input, shapeOf(tokens ? SampleArrays.tokens(features[i]) : features[i], n));
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

  /** Makes the codes of a value. */
  private interface Late {
    /**
     * @param name of the value in the model
     * @param params what its codes mean
     * @return the name, or that of another value that has these codes already
     */
    String make(String name, QuantParams params);
  }

  public IntegerModel freeze(FreezeInfo info) {
    for (Topology.Node node : topology.nodes()) {
      String value = add(node);
      values.put(node.name(), value);
      rememberWide(node, value);
    }
    List<String> outputs = topology.outputs().stream().map(values::get).toList();
    return new IntegerModel(
        info.name(), inputs, ops, outputs, info.text(), info.labels(), info.metadata());
  }

  private void rememberWide(Topology.Node node, String value) {
    if (Kind.of(node).computes() && quantizer(node).settings().makesCodes()) {
      QuantParams params = quantizer(node).scales().output();
      if (params.qmin() < Byte.MIN_VALUE || params.qmax() > Byte.MAX_VALUE) {
        wide.put(value, params);
      }
    }
  }

  private String add(Topology.Node node) {
    String name = node.name();
    Kind kind = Kind.of(node);
    String given = values.get(node.inputs().get(0));
    Late later = later(node, kind, given);
    if (later != null) {
      return put(name, later);
    }
    if (kind == Kind.IDENTITY) {
      return node.preProcessor() == null ? given : laidOut(node, given);
    }
    // A mask of zeros is taken from real inputs as they are.
    boolean keeps = kind.readsTokens() || kind.isRecurrent() || kind.answers();
    String input = laidOut(node, keeps ? given : read(node, given));
    return switch (kind) {
      case TOKEN_EMBEDDING -> {
        if (shapes.get(name).size() > 1) { // at every step
          yield add(new Op.Embedding(name, input, table(node)));
        }
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
                  quantizer(node).scales().output()));
      case CONV1D -> conv(node, input);
      case DENSE -> dense(node, input);
      case NORMALIZED_DENSE -> normalizedDense(node, input);
      case OUTPUT, STEP_OUTPUT, CENTER_LOSS -> output(node, input);
      case ATTENTION -> attention(node, input);
      case LAYER_NORM -> layerNorm(node, input);
      case LSTM, GRAVES_LSTM, SIMPLE_RNN -> recurrent(node, input);
      case GLOBAL_AVERAGE -> globalAverage(node, input);
      case AVERAGE -> averagePool(node, input);
      case ACTIVATION -> lookup(node, input);
      case PRELU -> slopes(node, input);
      case GLOBAL_SUM -> globalSum(node, input);
      case CONV2D, DEPTHWISE -> conv2d(node, input);
      case DECONV2D -> deconv2d(node, input);
      case ELEMENT_PRODUCT -> elementProduct(node, input);
      case BATCH_NORM ->
          quantizer(node).settings().foldRef() == null ? normalization(node, input) : input;
      case AVERAGE2D -> averagePool2d(node, input);
      case SEPARABLE -> separable(node, input);
      case LOSS, STEP_LOSS, IMAGE_LOSS, SOFTMAX -> answer(node, input);
      case OWN -> own(node, input);
      case ELEMENTWISE -> maximum(node);
      case SUM, MERGE, IDENTITY -> throw new IllegalStateException("made where they are read");
      case FLOAT -> throw new IllegalStateException("layers in float are refused before");
      default -> move(name, node, input);
    };
  }

  /** How a value is made later, or null where it has codes of its own. */
  private Late later(Topology.Node node, Kind kind, String given) {
    if (kind == Kind.SUM) {
      List<String> addends = addends(node);
      return (name, params) ->
          addends.size() == 1
              ? concat(name, addends, params)
              : add(new Op.RealSum(name, addends, params));
    } else if (kind == Kind.MERGE) {
      List<String> parts = node.inputs().stream().map(values::get).toList();
      return (name, params) -> concat(name, parts, params);
    } else if (kind == Kind.ELEMENTWISE && function(node) != Function.MAX) {
      return (name, params) -> elementwise(name, node, params);
    } else if (kind == Kind.L2_NORMALIZE) {
      return (name, params) -> unitVector(name, node, given, params);
    } else if (kind.isRoundedLater()) {
      return (name, params) -> affine(name, node, given, params);
    } else if (kind.computes() || kind == Kind.ELEMENTWISE) {
      return null;
    } else if (kind.answers() || (kind == Kind.IDENTITY && node.preProcessor() == null)) {
      return null;
    }
    return hasNoBytes(given)
        ? (name, params) -> move(name, node, laidOut(name, node, codes(name, given, params)))
        : null;
  }

  /** Whether a value has no codes of its own, or none that every operation reads. */
  private boolean hasNoBytes(String value) {
    return isReal(value) || late.containsKey(value) || wide.containsKey(value);
  }

  private String put(String name, Late later) {
    late.put(name + LATE, later);
    return name + LATE;
  }

  /** Codes that go to other places as they are. */
  private String move(String name, Topology.Node node, String codes) {
    return switch (Kind.of(node)) {
      case MAX2D -> add(new Op.MaxPool2d(name, codes, window(node)));
      case REVERSE -> {
        checkReversed((ReverseTimeSeriesVertex) node.vertex(), name);
        yield select(name, node, codes);
      }
      case ZERO_PADDING, ZERO_PADDING1D, CROPPING, CROPPING1D, UPSAMPLING, UPSAMPLING1D, SUBSET ->
          select(name, node, codes);
      case REPEAT, DUPLICATE -> repeat(name, node, codes);
      case SPACE_TO_DEPTH -> depth(name, node, codes);
      case LAYOUT, IDENTITY -> codes;
      case RESHAPE -> reshape(name, node, codes);
      case LAST_STEP -> add(new Op.LastStep(name, codes, masked ? mask(node) : null));
      case GLOBAL_MAX -> globalMax(name, node, codes);
      case MAX -> maxPool(name, node, codes);
      default -> throw new IllegalStateException("not moved: " + node.type());
    };
  }

  /** A vector at each step. */
  private String repeat(String name, Topology.Node node, String codes) {
    List<Integer> shape = shapes.get(node.name());
    String step = add(new Op.Reshape(name + "/step", codes, IntVector.of(1, shape.get(1))));
    return add(new Op.Select(name, step, 0, IntVector.of(new int[shape.get(0)])));
  }

  private void checkReversed(ReverseTimeSeriesVertex vertex, String name) {
    if (masked && vertex.getMaskArrayInputName() != null) {
      throw QatReverse.masked(name, vertex.getMaskArrayInputName());
    }
  }

  /**
   * Blocks of b rows and b columns as the channels of one pixel: b rows side by side, of which the
   * parts of a block are brought together.
   */
  private String depth(String name, Topology.Node node, String codes) {
    List<Integer> shape = read(node);
    int b = ((SpaceToDepthLayer) node.layer()).getBlockSize();
    int rows = shape.get(0) / b;
    int columns = shape.get(1) / b;
    int part = b * shape.get(2);
    String flat =
        add(new Op.Reshape(name + "/parts", codes, IntVector.of(rows, b * columns, part)));
    int[] places = new int[b * columns];
    Arrays.setAll(places, i -> i % b * columns + i / b);
    String blocks = add(new Op.Select(name + "/blocks", flat, 1, IntVector.of(places)));
    return add(new Op.Reshape(name, blocks, IntVector.of(rows, columns, b * part)));
  }

  /** What a sum adds up, in order, without the sum that comes first. */
  private List<String> addends(Topology.Node node) {
    List<String> all = new ArrayList<>();
    for (String input : node.inputs()) {
      String value = values.get(input);
      for (String addend : sums.getOrDefault(value, List.of(value))) {
        all.add(spread(node, input, addend));
      }
    }
    sums.put(node.name() + LATE, all);
    return all;
  }

  /** What a layer reads, in codes as its quantizer makes them. */
  private String read(Topology.Node node, String value) {
    if (!hasNoBytes(value)) {
      return value;
    }
    LayerScales scales = quantizer(node).scales();
    IntVector exponents = IntVector.of(scales.exponents(Slot.INPUT));
    if (exponents.size() > 0) { // of a sum alone
      String name = unused(value.replace(LATE, ""));
      return add(new Op.RealSum(name, sums.get(value), scales.input(), exponents));
    }
    return codes(node.name(), value, scales.input());
  }

  /**
   * Codes of a value that mean what is asked for, where it has none of its own.
   *
   * @param reader who reads it
   */
  private String codes(String reader, String value, QuantParams params) {
    if (!hasNoBytes(value) || params.equals(wide.get(value))) {
      return value;
    }
    Map<QuantParams, String> known = madeLate.computeIfAbsent(value, v -> new HashMap<>());
    String found = known.get(params);
    if (found == null) {
      String vertex = value.replace(LATE, "");
      String name = unused(known.isEmpty() ? vertex : vertex + "/" + (known.size() + 1));
      found =
          isReal(value)
              ? add(new Op.Quantize(unused(reader + "/quantize"), value, params))
              : wide.containsKey(value)
                  ? add(new Op.Concat(unused(reader + "/read"), List.of(value), params))
                  : late.get(value).make(name, params);
      known.put(params, found);
    }
    return found;
  }

  /** A name that no operation has, which is the given one where that is free. */
  private String unused(String name) {
    String free = name;
    for (int i = 2; nameIsTaken(free); i++) {
      free = name + "/" + i;
    }
    return free;
  }

  private boolean nameIsTaken(String name) {
    return ops.stream().anyMatch(op -> op.name().equals(name));
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
    boolean steps = Kind.of(node) != Kind.BAG && shapes.get(node.name()).size() > 1;
    return FrozenWeights.table(layer(node), masked && steps);
  }

  private org.deeplearning4j.nn.api.Layer layer(Topology.Node node) {
    return quantizer(node).layer();
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
    boolean flattens =
        kind == Kind.DENSE
            || kind == Kind.NORMALIZED_DENSE
            || kind == Kind.OUTPUT
            || kind == Kind.CENTER_LOSS;
    return flattens && Support.isFlattening(node.preProcessor());
  }

  /** What a layer reads, as its preprocessor lays it out. */
  private String laidOut(Topology.Node node, String input) {
    return laidOut(node.name(), node, input);
  }

  private String laidOut(String name, Topology.Node node, String input) {
    List<Integer> from = shapes.get(node.inputs().get(0));
    List<Integer> to = read(node);
    if (from.equals(to)) {
      return input;
    }
    String codes = hasNoBytes(input) ? read(node, input) : input;
    return addAll(Layouts.between(node.layer() == null ? name : name + "/read", codes, from, to));
  }

  private String reshape(String name, Topology.Node node, String codes) {
    List<Integer> from = read(node);
    List<Integer> to = shapes.get(node.name());
    return from.equals(to) ? codes : addAll(Layouts.between(name, codes, from, to));
  }

  private String addAll(List<Op> all) {
    all.forEach(this::add);
    return all.get(all.size() - 1).name();
  }

  /** Flattens sequences: what a product reads. */
  private String product(Topology.Node node, String input) {
    return flattened(node) == null ? input : add(new Op.Flatten(node.name() + "/flatten", input));
  }

  private String conv(Topology.Node node, String input) {
    Convolution1DLayer conf = (Convolution1DLayer) node.layer();
    FrozenWeights w = FrozenWeights.conv1d(layer(node), read(node).get(0));
    boolean masks = quantizer(node).scales().masked();
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
            output(node, f)));
    String made = activation(node, name, f, product);
    if (!masks) {
      return made;
    }
    checkSteps(node, shapes.get(node.name()).get(0));
    return add(new Op.Masked(node.name(), made, mask(node), true)); // as DL4J makes it
  }

  private String dense(Topology.Node node, String input) {
    String name = node.name();
    FusedActivation f = FusedActivation.of(((BaseLayer) node.core()).getActivationFn(), name);
    FrozenWeights w = FrozenWeights.dense(layer(node), flattened(node));
    String product = f.isTable() ? name + "/product" : name;
    add(new Op.Dense(product, product(node, input), w.weights(), w.bias(), output(node, f)));
    return activation(node, name, f, product);
  }

  /** A product without its bias, which comes with the normalization, and a table. */
  private String normalizedDense(Topology.Node node, String input) {
    String name = node.name();
    LayerQuantizer q = quantizer(node);
    FusedActivation f = FusedActivation.of(((BaseLayer) node.core()).getActivationFn(), name);
    FrozenWeights w = FrozenWeights.dense(layer(node), flattened(node));
    Output.Codes middle = new Output.Codes(q.scales().of(Slot.MIDDLE));
    String x = product(node, input);
    String product = add(new Op.Dense(name + "/product", x, w.weights(), w.bias(), middle));
    TransformerCodes codes = TransformerCodes.of(q);
    boolean last = q.scales().range(Slot.PRE) == null;
    QuantParams made = last ? q.scales().output() : q.scales().of(Slot.PRE);
    String normal =
        add(
            new Op.LayerNorm(
                last ? name : name + "/normal",
                product,
                codes.gain(),
                codes.bias(),
                codes.shift(),
                TransformerCodes.NEARLY_ZERO,
                made));
    if (last) {
      return normal;
    }
    int[] table = f.table(made, q.scales().output());
    return add(new Op.Lookup(name, normal, IntVector.of(table), q.scales().output()));
  }

  private String output(Topology.Node node, String input) {
    IActivation f = ((BaseLayer) node.core()).getActivationFn();
    String name = node.name();
    String product = Answers.isPlain(f) ? name : name + "/logits";
    FrozenWeights w = FrozenWeights.dense(layer(node), flattened(node));
    add(new Op.Dense(product, product(node, input), w.weights(), w.bias(), new Output.Real()));
    return answer(name, f, product);
  }

  private String answer(String name, IActivation f, String logits) {
    return Answers.isPlain(f) ? logits : add(Answers.operation(f, name, logits));
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
    FrozenWeights w = FrozenWeights.conv2d(layer(node));
    FusedActivation f = FusedActivation.of(conf.getActivationFn(), name);
    String product = f.isTable() ? name + "/product" : name;
    List<Integer> shape = read(node);
    Window2d window = IntegerImages.window(conf, shape.get(0), shape.get(1));
    int groups = Kind.of(node) == Kind.DEPTHWISE ? shape.get(2) : 1;
    add(new Op.Conv2d(product, input, w.weights(), w.bias(), window, groups, output(node, f)));
    return activation(node, name, f, product);
  }

  /** A convolution over the image with zeros between its rows and columns. */
  private String deconv2d(Topology.Node node, String input) {
    ConvolutionLayer conf = (ConvolutionLayer) node.layer();
    String name = node.name();
    List<Integer> shape = read(node);
    String x = input;
    for (int d = 0; d < 2; d++) {
      if (conf.getStride()[d] > 1) {
        int[] places = IntegerImages.spread(shape.get(d), conf.getStride()[d]);
        String spread = name + (d == 0 ? "/rows" : "/columns");
        x = add(new Op.Select(spread, x, d, IntVector.of(places)));
      }
    }
    FrozenWeights w = FrozenWeights.conv2d(layer(node));
    FusedActivation f = FusedActivation.of(conf.getActivationFn(), name);
    String product = f.isTable() ? name + "/product" : name;
    Window2d window = IntegerImages.transposedWindow(conf, shape.get(0), shape.get(1));
    add(new Op.Conv2d(product, x, w.weights(), w.bias(), window, 1, output(node, f)));
    return activation(node, name, f, product);
  }

  /** A convolution of each channel by itself over one pixel. */
  private String elementProduct(Topology.Node node, String input) {
    String name = node.name();
    List<Integer> shape = read(node);
    int channels = shape.get(shape.size() - 1);
    int steps = shape.size() == 1 ? 1 : shape.get(0);
    FrozenWeights w = FrozenWeights.elementProduct(layer(node), channels);
    FusedActivation f = FusedActivation.of(((BaseLayer) node.core()).getActivationFn(), name);
    String x = add(new Op.Reshape(name + "/pixels", input, IntVector.of(steps, 1, channels)));
    Window2d one = Window2d.plain(1, 1, 1, 1);
    add(new Op.Conv2d(name + "/product", x, w.weights(), w.bias(), one, channels, output(node, f)));
    String made = activation(node, name + "/made", f, name + "/product");
    return add(new Op.Reshape(name, made, IntVector.of(shape)));
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
                new Output.Codes(q.scales().of(Slot.MIDDLE))));
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
    QuantParams out = quantizer(node).scales().output();
    Window2d window = window(node);
    boolean inside = IntegerImages.dividesByInside((SubsamplingLayer) node.layer(), window);
    return add(new Op.AvgPool2d(node.name(), x, window, inside, out));
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
    Output.Codes out = new Output.Codes(quantizer(node).scales().output());
    String made = flat ? name + "/product" : name;
    add(new Op.Conv2d(made, x, w.weights(), w.bias(), one, channels, out));
    return flat ? add(new Op.Reshape(name, made, IntVector.of(shape))) : made;
  }

  /** Places along one or two dimensions. */
  private String select(String made, Topology.Node node, String input) {
    List<Integer> shape = read(node);
    List<IntVector> places = Places.of(node, shape);
    String x = input;
    int last = -1;
    for (int axis = 0; axis < places.size(); axis++) {
      last = places.get(axis) == null ? last : axis;
    }
    for (int axis = 0; axis <= last; axis++) {
      if (places.get(axis) != null) {
        String name = axis == last ? made : made + "/rows";
        x = add(new Op.Select(name, x, axis, places.get(axis)));
      }
    }
    return x;
  }

  private Output output(Topology.Node node, FusedActivation f) {
    boolean real = !quantizer(node).settings().makesCodes();
    return real ? new Output.Real() : codes(node, f);
  }

  private Output.Codes codes(Topology.Node node, FusedActivation f) {
    LayerQuantizer q = quantizer(node);
    if (f.isTable()) {
      return new Output.Codes(q.scales().of(Slot.PRE));
    }
    QuantParams out = q.scales().output();
    IntVector exponents = IntVector.of(q.scales().exponents(Slot.OUTPUT));
    return new Output.Codes(out, f.lo(out), f.hi(out), exponents);
  }

  private String activation(Topology.Node node, String name, FusedActivation f, String product) {
    if (!f.isTable()) {
      return product;
    }
    LayerQuantizer q = quantizer(node);
    int[] table = f.table(q.scales().of(Slot.PRE), q.scales().output());
    return add(new Op.Lookup(name, product, IntVector.of(table), q.scales().output()));
  }

  private String lookup(Topology.Node node, String input) {
    LayerQuantizer q = quantizer(node);
    IActivation function = ((ActivationLayer) node.layer()).getActivationFn();
    if (Codes.isInserted(node) && q.scales().input().equals(q.scales().output())) {
      return input;
    }
    int[] table =
        FusedActivation.of(function, node.name()).table(q.scales().input(), q.scales().output());
    return add(new Op.Lookup(node.name(), input, IntVector.of(table), q.scales().output()));
  }

  /** What lies above 0, and of what lies below a product of each value by itself. */
  private String slopes(Topology.Node node, String input) {
    String name = node.name();
    QuantParams in = quantizer(node).scales().input();
    QuantParams out = quantizer(node).scales().output();
    Negation negation = new Negation(in);
    QuantParams other = negation.output();
    FusedActivation relu = FusedActivation.of(new ActivationReLU(), name);
    IntVector positive = IntVector.of(relu.table(in, out));
    IntVector negative = IntVector.of(relu.table(other, other));
    String above = add(new Op.Lookup(name + "/above", input, positive, out));
    String minus = add(new Op.Lookup(name + "/minus", input, negation.table(), other));
    String below = add(new Op.Lookup(name + "/below", minus, negative, other));
    IntVector shape = IntVector.of(shapes.get(name));
    FrozenWeights w = Slopes.frozen(quantizer(node), shape);
    int n = w.bias().size();
    String row = add(new Op.Reshape(name + "/row", below, IntVector.of(1, 1, n)));
    Window2d one = Window2d.plain(1, 1, 1, 1);
    Output.Codes codes = new Output.Codes(out);
    String product = name + "/product";
    add(new Op.Conv2d(product, row, w.weights(), w.bias(), one, n, codes));
    String sloped = add(new Op.Reshape(name + "/sloped", product, shape));
    return add(new Op.RealSum(name, List.of(above, sloped), out));
  }

  private String attention(Topology.Node node, String input) {
    LayerQuantizer q = quantizer(node);
    MultiHeadAttentionLayer conf = (MultiHeadAttentionLayer) node.layer();
    return add(
        new Op.Attention(
            node.name(),
            input,
            mask(node, q),
            conf.getHeads(),
            conf.getPrefix(),
            IntVector.of(AttentionStep.exponential()),
            q.scales().output()));
  }

  private String layerNorm(Topology.Node node, String input) {
    LayerQuantizer q = quantizer(node);
    TransformerCodes codes = TransformerCodes.of(q);
    return add(
        new Op.LayerNorm(
            node.name(),
            input,
            codes.gain(),
            codes.bias(),
            codes.shift(),
            ((LayerNormLayer) node.wrappers().core()).getEpsilon(),
            q.scales().output()));
  }

  /** One or two directions, side by side, of which the last step may be taken. */
  private String recurrent(Topology.Node node, String input) {
    String name = node.name();
    Wrappers w = node.wrappers();
    String codes = read(node, input);
    String there = // which steps are no padding
        w.maskZero() == null
            ? mask(node, quantizer(node))
            : add(new Op.NotZero(name + "/mask", unjoined(codes)));
    // DL4J's LSTM takes notice of a mask only where a layer around it tells it to.
    boolean told =
        w.maskZero() != null
            || w.last()
            || Kind.of(node) == Kind.SIMPLE_RNN
            || Maskable.leavesOut(w.core());
    String mask = told ? there : null;
    String all = w.last() ? name + "/steps" : name;
    if (w.bidirectional() == null) {
      String sequence = add(recurrent(all, codes, mask, quantizer(node), false));
      return w.last() ? add(new Op.LastStep(name, sequence, there)) : sequence;
    }
    String second = Wrappers.second(name);
    String forward = add(recurrent(w.first(name), codes, mask, quantizer(node), false));
    String backward = add(recurrent(second, codes, mask, quantizers.get(second), true));
    List<String> directions = List.of(forward, backward);
    return put(
        name,
        (made, params) ->
            w.last()
                ? add(new Op.LastStep(made, joined(made + "/steps", w, directions, params), there))
                : joined(made, w, directions, params));
  }

  /** Two directions as codes of one meaning. */
  private String joined(String name, Wrappers w, List<String> directions, QuantParams params) {
    return switch (w.bidirectional().getMode()) {
      case CONCAT -> concat(name, directions, params);
      case ADD -> add(new Op.RealSum(name, directions, params));
      case AVERAGE -> halved(name, directions, params);
      case MUL -> add(new Op.Elementwise(name, Function.PRODUCT, directions, params));
    };
  }

  /** A sum in codes of twice the scale, which are those of the mean. */
  private String halved(String name, List<String> directions, QuantParams params) {
    QuantParams twice =
        new QuantParams(2 * params.scale(), params.zeroPoint(), params.qmin(), params.qmax());
    String sum = add(new Op.RealSum(name + "/sum", directions, twice));
    int[] same = new int[params.qmax() - params.qmin() + 1];
    Arrays.setAll(same, i -> params.qmin() + i);
    return add(new Op.Lookup(name, sum, IntVector.of(same), params));
  }

  /** What codes were rounded from: the parts of what was joined, real inputs. */
  private List<String> unjoined(String value) {
    for (Op op : ops) {
      if (op.name().equals(value) && (op instanceof Op.Concat || op instanceof Op.Quantize)) {
        return op.inputs().stream().flatMap(part -> unjoined(part).stream()).toList();
      }
    }
    return List.of(value);
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
        quantizer.scales().output());
  }

  private String globalAverage(Topology.Node node, String input) {
    QuantParams out = quantizer(node).scales().output();
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
    return add(new Op.GlobalSumPool(node.name(), seen, quantizer(node).scales().output()));
  }

  /** Masked steps have the smallest code, so that they never win. */
  private String globalMax(String name, Topology.Node node, String input) {
    String mask = masked ? mask(node) : null;
    String seen = mask == null ? input : add(new Op.Masked(name + "/masked", input, mask, false));
    return add(new Op.GlobalMaxPool(name, seen));
  }

  /** The mask of what a layer reads, where it was trained with one; null otherwise. */
  private String mask(Topology.Node node, LayerQuantizer quantizer) {
    return quantizer.scales().masked() ? mask(node) : null;
  }

  /** The mask of what a layer reads. */
  private String mask(Topology.Node node) {
    String source = node.inputs().get(0);
    while (!topology.inputs().contains(source)) {
      Topology.Node made = topology.node(source);
      source =
          made.vertex() instanceof DuplicateToTimeSeriesVertex repeat
              ? repeat.getInputName()
              : made.inputs().get(0);
    }
    int steps = shapes.get(source).get(0);
    if (steps != read(node).get(0)) {
      throw cannotFollow(node);
    }
    return Kind.readsTokens(topology, source)
        ? source
        : maskInput(source + SampleArrays.MASK, steps);
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
            + " to what it makes, which a frozen mask cannot follow; give convolutions in front of"
            + " it the mode Same or Causal without strides, leave out what pools, crops or repeats"
            + " steps, or give no mask");
  }

  private String maskInput(String name, int steps) {
    if (inputs.stream().noneMatch(i -> i.name().equals(name))) {
      inputs.add(new Input(name, Input.Kind.TOKENS, List.of(steps), 2));
    }
    return name;
  }

  private String maxPool(String name, Topology.Node node, String input) {
    Subsampling1DLayer pool = (Subsampling1DLayer) node.layer();
    Window2d window = IntegerImages.window(pool, read(node).get(0));
    if (window.pads()) {
      String made = add(new Op.MaxPool2d(name + "/windows", rows(name, node, input), window));
      return steps(name, made, window, node);
    }
    return add(new Op.MaxPool1d(name, input, pool.getKernelSize()[0], pool.getStride()[0]));
  }

  /** A sequence as an image with one column. */
  private String rows(String name, Topology.Node node, String input) {
    List<Integer> shape = read(node);
    return add(new Op.Reshape(name + "/rows", input, IntVector.of(shape.get(0), 1, shape.get(1))));
  }

  private String steps(String name, String rows, Window2d window, Topology.Node node) {
    List<Integer> shape = read(node);
    int made = (int) window.rows(shape.get(0));
    return add(new Op.Reshape(name, rows, IntVector.of(made, shape.get(1))));
  }

  private String averagePool(Topology.Node node, String input) {
    Subsampling1DLayer pool = (Subsampling1DLayer) node.layer();
    String name = node.name();
    Window2d window = IntegerImages.window(pool, read(node).get(0));
    if (window.pads()) {
      boolean inside = IntegerImages.dividesByInside(pool, window);
      QuantParams out = quantizer(node).scales().output();
      String x = rows(name, node, input);
      String made = add(new Op.AvgPool2d(name + "/windows", x, window, inside, out));
      return steps(name, made, window, node);
    }
    return add(
        new Op.AvgPool1d(
            node.name(),
            input,
            pool.getKernelSize()[0],
            pool.getStride()[0],
            quantizer(node).scales().output()));
  }

  /** Logits as they are, or a function of them. */
  private String answer(Topology.Node node, String logits) {
    IActivation f =
        node.layer() instanceof ActivationLayer a
            ? a.getActivationFn()
            : ((BaseLayer) node.core()).getActivationFn();
    boolean real = Answers.isPlain(f) || Support.readsLogits(topology, node);
    return answer(node.name(), f, real ? logits : real(node, logits));
  }

  /** Real values of codes: a product with 1, which is exact. */
  private String real(Topology.Node node, String codes) {
    String name = node.name() + "/logits";
    List<Integer> shape = read(node);
    int channels = shape.get(shape.size() - 1);
    boolean image = shape.size() == 3;
    byte[] ones = new byte[image ? channels : channels * channels];
    for (int c = 0; c < channels; c++) {
      ones[image ? c : c * (channels + 1)] = 1;
    }
    int[] dims = image ? new int[] {channels, 1, 1, 1} : new int[] {channels, channels};
    QuantizedTensor weights = new QuantizedTensor(ones, dims, Byte.SIZE, new float[] {1}, 0);
    IntVector none = IntVector.of(new int[channels]);
    Output real = new Output.Real();
    return add(
        image
            ? new Op.Conv2d(name, codes, weights, none, Window2d.plain(1, 1, 1, 1), channels, real)
            : new Op.Dense(name, codes, weights, none, real));
  }

  private String own(Topology.Node node, String input) {
    LayerQuantizer q = quantizer(node);
    OwnQuantizedLayer layer = (OwnQuantizedLayer) node.layer();
    List<Op> made = layer.operations(node.name(), input, q.scales().input(), q.scales().output());
    if (made.isEmpty() || !made.get(made.size() - 1).name().equals(node.name())) {
      throw new QatException(
          "layer \"" + node.name() + "\": the last of its operations must bear its name");
    }
    made.forEach(this::add);
    return node.name();
  }

  private String concat(String name, List<String> parts, QuantParams params) {
    List<String> codes =
        parts.stream()
            .map(part -> wide.containsKey(part) ? part : codes(name, part, params))
            .toList();
    return add(new Op.Concat(name, codes, params));
  }

  /** A table of what becomes of each code, in float32 as DL4J computes it. */
  private String affine(String name, Topology.Node node, String codes, QuantParams params) {
    QuantParams in = made(node.inputs().get(0));
    int[] table = new int[in.qmax() - in.qmin() + 1];
    for (int i = 0; i < table.length; i++) {
      float x = in.dequantize(in.qmin() + i);
      float y =
          node.vertex() instanceof ScaleVertex scale
              ? x * (float) scale.getScaleFactor()
              : x + (float) ((ShiftVertex) node.vertex()).getShiftFactor();
      table[i] = params.quantize(y);
    }
    return add(new Op.Lookup(name, codes, IntVector.of(table), params));
  }

  /** A layer normalization of x and −x side by side, of which one half is wanted. */
  private String unitVector(String name, Topology.Node node, String codes, QuantParams params) {
    List<Integer> shape = shapes.get(node.name());
    int n = shape.stream().reduce(1, (a, b) -> a * b);
    if (2 * n > LayerNormStep.MAX_NARROW_CHANNELS) {
      throw new QatException(
          "vertex \""
              + node.name()
              + "\": the norm is over "
              + n
              + " values, of at most "
              + LayerNormStep.MAX_NARROW_CHANNELS / 2
              + "; put a pooling or a dense layer of fewer in front of it, or normalize what the"
              + " model answers");
    }
    boolean flat = shape.size() == 1;
    VectorNorm norm = new VectorNorm(n, made(node.inputs().get(0)));
    String x = flat ? codes : add(new Op.Reshape(name + "/flat", codes, IntVector.of(n)));
    Negation minus = new Negation(norm.input());
    String other = add(new Op.Lookup(name + "/minus", x, minus.table(), minus.output()));
    String both = add(new Op.Concat(name + "/both", List.of(x, other), norm.both()));
    String normal =
        add(
            new Op.LayerNorm(
                name + "/normal",
                both,
                norm.gain(),
                norm.bias(),
                norm.shift(),
                VectorNorm.EPSILON,
                params));
    IntVector first = IntVector.of(IntStream.range(0, n).toArray());
    String made = add(new Op.Select(flat ? name : name + "/half", normal, 0, first));
    return flat ? made : add(new Op.Reshape(name, made, IntVector.of(shape)));
  }

  /** What the codes of a vertex mean that has some of its own. */
  private QuantParams made(String vertex) {
    Topology.Node node = topology.node(vertex);
    if (node.vertex() instanceof QatElementWise max) {
      return quantizers.get(max.getSources().get(0).layer()).scales().output();
    }
    boolean own = Kind.of(node).computes();
    return own ? quantizer(node).scales().output() : made(node.inputs().get(0));
  }

  private static Function function(Topology.Node node) {
    return switch (((QatElementWise) node.vertex()).getOp()) {
      case Add -> throw new IllegalStateException("a sum");
      case Subtract -> Function.DIFFERENCE;
      case Product -> Function.PRODUCT;
      case Average -> Function.MEAN;
      case Max -> Function.MAX;
    };
  }

  /** Of codes that have one scale, which it keeps. */
  private String maximum(Topology.Node node) {
    String layer = ((QatElementWise) node.vertex()).getSources().get(0).layer();
    return elementwise(node.name(), node, quantizers.get(layer).scales().output());
  }

  private String elementwise(String name, Topology.Node node, QuantParams out) {
    List<String> inputs =
        node.inputs().stream().map(input -> spread(node, input, values.get(input))).toList();
    if (inputs.size() > 1) {
      return add(new Op.Elementwise(name, function(node), inputs, out));
    }
    return function(node) == Function.MAX ? inputs.get(0) : concat(name, inputs, out);
  }

  /** Codes that stand at each place of what is combined, also where there is one for many. */
  private String spread(Topology.Node node, String input, String codes) {
    List<Integer> from = shapes.get(input);
    List<Integer> to = shapes.get(node.name());
    if (from.size() != to.size()) {
      throw new QatException(
          "vertex \""
              + node.name()
              + "\": it combines \""
              + input
              + "\" of "
              + from
              + " with values of "
              + to
              + "; bring them to one shape, with a ReshapeVertex or a"
              + " DuplicateToTimeSeriesVertex");
    }
    String all = codes;
    for (int axis = 0; axis < to.size(); axis++) {
      if (!from.get(axis).equals(to.get(axis))) {
        String name = unused(node.name() + "/" + input + "/spread");
        all = add(new Op.Select(name, all, axis, IntVector.of(new int[to.get(axis)])));
      }
    }
    return all;
  }
}
