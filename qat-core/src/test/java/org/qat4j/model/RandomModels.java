package org.qat4j.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.numerics.internal.GateTable;
import org.qat4j.numerics.internal.GroupScales;
import org.qat4j.numerics.internal.LayerNormStep;
import org.qat4j.numerics.internal.Runs;
import org.qat4j.runtime.Sample;
import org.qat4j.text.CharacterEncoder;
import org.qat4j.text.NgramEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.WordEncoder;

/**
 * Models drawn from a seed: every operation, odd sizes, 2 to 8 bits, streams of 9 to 16 bits,
 * symmetric and asymmetric, fused clamps; the same seed gives the same model. For tests that
 * compare two executions of a model, or a model with what was written and read again. Output scales
 * follow the spread of the accumulators, so that most codes lie inside their range.
 */
public final class RandomModels {
  /** Which numbers scales are. They decide how often (7) meets a tie. */
  public enum Scales {
    /** Any float: ties hardly ever occur. */
    RANDOM,
    /** Powers of two: ties are exact and frequent. */
    POWER_OF_TWO,
    /** Thirds of powers of two: float32 products round to ties that doubles lie next to. */
    THIRD
  }

  private static final int MAX_VALUES = 4096;

  private final Random random;
  private final Scales scales;
  private final List<Input> inputs = new ArrayList<>();
  private final List<TextInput> text = new ArrayList<>();
  private final List<Op> ops = new ArrayList<>();
  private Map<String, Value> values = Map.of();

  /** Whether activations that are drawn have 9 to 16 bits. */
  private boolean wide;

  private final List<String> wideValues = new ArrayList<>();

  private RandomModels(long seed, Scales scales) {
    // Neighbouring seeds of Random begin alike.
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.scales = scales;
  }

  /** A model with one kind of scales after the other. */
  public static IntegerModel model(long seed) {
    Scales[] kinds = Scales.values();
    return model(seed, kinds[(int) Math.floorMod(seed, (long) kinds.length)]);
  }

  /** A model. */
  public static IntegerModel model(long seed, Scales scales) {
    return new RandomModels(seed, scales).draw("random-" + scales + "-" + seed);
  }

  /**
   * A model of long texts, in which most operations keep the steps apart, so that many can be cut.
   */
  public static IntegerModel ofTexts(long seed) {
    Scales[] kinds = Scales.values();
    return new RandomModels(seed, kinds[(int) Math.floorMod(seed, (long) kinds.length)])
        .drawTexts("texts-" + seed);
  }

  private IntegerModel drawTexts(String name) {
    int length = 12 + random.nextInt(30);
    int n = 1 + random.nextInt(2);
    List<String> made = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      String input = "in" + i;
      int vocabulary = 2 + random.nextInt(30);
      inputs.add(new Input(input, Input.Kind.TOKENS, List.of(length), vocabulary));
      QuantizedTensor table = tensor(new int[] {vocabulary, size(12)}, true);
      if (random.nextInt(3) > 0) {
        byte[] codes = table.codes().clone();
        Arrays.fill(codes, 0, table.dim(1), (byte) 0);
        table = table.withCodes(codes);
      }
      made.add(add(new Op.Embedding(name("embedding"), input, table)));
      if (random.nextInt(4) == 0) {
        QuantParams out = activationFor(reach(value(made.get(i)).params()));
        add(new Op.EmbeddingBag(name("bag"), input, table, random.nextBoolean(), out));
      }
    }
    String x = made.get(0);
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      x = textStep(x);
      String other = made.get(random.nextInt(made.size()));
      boolean fits = steps(other) == steps(x) && channels(x) + channels(other) < 60;
      x = fits && random.nextInt(3) == 0 ? concat(List.of(x, other)) : x;
      made.add(x);
    }
    String last =
        switch (random.nextInt(6)) {
          case 0 -> denseLogits(x, 3);
          case 1 -> add(new Op.LastStep(name("last"), x, textMask(x)));
          case 2 -> {
            String mask = textMask(x);
            QuantParams out = activationFor(reach(value(x).params()) / 3);
            yield mask == null
                ? add(new Op.GlobalMaxPool(name("globalMax"), x))
                : add(new Op.MaskedMean(name("mean"), x, mask, out));
          }
          case 3 -> {
            String mask = textMask(x);
            String zeros = mask == null ? x : add(new Op.Masked(name("masked"), x, mask, true));
            double reach = reach(value(x).params()) * Math.sqrt(steps(x));
            yield add(new Op.GlobalSumPool(name("sum"), zeros, activationFor(reach)));
          }
          default -> {
            String mask = random.nextBoolean() ? null : textMask(x);
            String seen = mask == null ? x : add(new Op.Masked(name("masked"), x, mask, false));
            yield add(new Op.GlobalMaxPool(name("globalMax"), seen));
          }
        };
    String answer = value(last).isReal() ? last : denseLogits(last, 3);
    return new IntegerModel(name, inputs, ops, List.of(answer), List.of(), List.of());
  }

  private String textStep(String x) {
    return switch (random.nextInt(14)) {
      case 0 -> lookup(x);
      case 13 -> {
        int first = random.nextInt(Math.min(6, steps(x)));
        int[] places = IntStream.range(first, steps(x)).toArray();
        yield add(new Op.Select(name("behind"), x, 0, IntVector.of(places)));
      }
      case 1 -> random.nextBoolean() ? realSum(x) : apart(x);
      case 2 -> layerNorm(x);
      case 3 -> sum(x);
      case 4 -> dense(x, null);
      case 5, 6 -> attention(x);
      case 7 -> recurrent(x);
      case 8 -> {
        String mask = textMask(x);
        yield mask == null ? x : add(new Op.Masked(name("masked"), x, mask, random.nextInt(4) > 0));
      }
      case 9 -> random.nextBoolean() ? maxPool(x) : averagePool(x);
      default -> conv(x);
    };
  }

  /** Token ids, if a value has as many steps, or what is made of their embedding. */
  private String textMask(String x) {
    for (Op op : ops) {
      if (op instanceof Op.Embedding e && steps(x) == steps(e.name())) {
        return random.nextInt(4) > 0 ? e.input() : notZero(e.name());
      }
    }
    return null;
  }

  /** A sample for a model. */
  public static Sample sample(IntegerModel model, Random random) {
    return Sample.random(model, random);
  }

  private IntegerModel draw(String name) {
    boolean allText = random.nextInt(3) == 0;
    int n = 1 + random.nextInt(2);
    List<String> made = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      addInput("in" + i, allText, made);
    }
    for (int i = random.nextInt(7); i > 0; i--) {
      made.add(step(made.get(random.nextInt(made.size()))));
    }
    String joined = join(made);
    String last = random.nextInt(8) == 0 ? joined : head(joined);
    List<String> outputs = new ArrayList<>(List.of(last));
    if (random.nextInt(6) == 0 && !made.contains(last)) {
      outputs.add(made.get(made.size() - 1));
    }
    if (!wideValues.isEmpty() && random.nextInt(3) == 0) {
      outputs.add(wideValues.get(random.nextInt(wideValues.size())));
    }
    return new IntegerModel(name, inputs, ops, outputs, allText ? text : List.of(), labels(last));
  }

  private List<String> labels(String output) {
    List<String> labels = new ArrayList<>();
    for (int c = 0; c < channels(output) && random.nextInt(40) > 0; c++) {
      labels.add("label " + c + (c % 3 == 0 ? " \u00e4\ud83d\ude00" : ""));
    }
    return labels.size() == channels(output) ? labels : List.of();
  }

  // Inputs.

  private void addInput(String name, boolean allText, List<String> made) {
    if (allText || random.nextInt(3) > 0) {
      addTokens(name, made);
      return;
    }
    List<Integer> shape =
        switch (random.nextInt(6)) {
          case 0, 1 -> List.of(size(40));
          case 2 -> List.of(size(9), size(9), size(12));
          default -> List.of(size(20), size(24));
        };
    inputs.add(new Input(name, Input.Kind.REAL, shape, 0));
    QuantParams params = activation(scale(0.02f));
    made.add(add(new Op.Quantize(name("quantize"), name, params)));
  }

  private void addTokens(String name, List<String> made) {
    TextEncoder encoder = encoder(2 + random.nextInt(24));
    int vocabulary = encoder.vocabularySize();
    inputs.add(new Input(name, Input.Kind.TOKENS, List.of(encoder.length()), vocabulary));
    text.add(new TextInput(name, encoder));
    int rows = vocabulary + random.nextInt(3);
    boolean sequence = random.nextInt(3) > 0;
    if (sequence) {
      QuantizedTensor table = tensor(new int[] {rows, size(40)}, true);
      made.add(add(new Op.Embedding(name("embedding"), name, table)));
    }
    if (!sequence || random.nextInt(4) == 0) {
      QuantizedTensor table = tensor(new int[] {rows, size(40)}, true);
      boolean mean = random.nextBoolean();
      float spread = table.scale(0) * QuantParams.maxCode(table.bits());
      double growth = mean ? 1 : Math.sqrt(encoder.length());
      QuantParams out = activationFor(spread * growth);
      made.add(add(new Op.EmbeddingBag(name("bag"), name, table, mean, out)));
    }
  }

  private TextEncoder encoder(int length) {
    boolean lowerCase = random.nextBoolean();
    int size = 1 + random.nextInt(200);
    switch (random.nextInt(3)) {
      case 0 -> {
        List<Integer> alphabet = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          alphabet.add('a' + i * 7);
        }
        return new CharacterEncoder(alphabet, length, lowerCase);
      }
      case 1 -> {
        int minN = 1 + random.nextInt(3);
        int maxN = minN + random.nextInt(3);
        if (size % 2 == 0) {
          return new NgramEncoder(minN, maxN, size, length, lowerCase);
        }
        BitSet odd = new BitSet();
        for (int bucket = 1; bucket < 2 * size; bucket += 2) {
          odd.set(1 + bucket);
        }
        return new NgramEncoder(minN, maxN, 2 * size, length, lowerCase).keeping(odd);
      }
      default -> {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          words.add("word" + i);
        }
        return new WordEncoder(
            words, length, lowerCase, random.nextBoolean(), random.nextBoolean());
      }
    }
  }

  // Operations.

  private String step(String x) {
    if (random.nextInt(8) == 0) {
      return moved(x);
    }
    if (value(x).shape().size() == 3) {
      return image(x);
    }
    if (!isSequence(x)) {
      return switch (random.nextInt(7)) {
        case 6 -> random.nextBoolean() ? stream(x) : apart(x);
        case 0 -> lookup(x);
        case 1 -> sum(x);
        case 2 -> concat(List.of(x, dense(x, null)));
        case 3 -> random.nextBoolean() ? layerNorm(x) : realSum(x);
        default -> dense(x, null);
      };
    }
    return switch (random.nextInt(22)) {
      case 0 -> lookup(x);
      case 14 -> reshape(x, List.of(1, steps(x), channels(x)));
      case 1 -> sum(x);
      case 2 -> concat(List.of(x, dense(x, null)));
      case 3 -> dense(x, null);
      case 4 -> maxPool(x);
      case 5 -> averagePool(x);
      case 6 -> vector(x);
      case 7 -> recurrent(x);
      case 8 -> layerNorm(x);
      case 9, 10 -> attention(x);
      case 11 -> masked(x);
      case 13 -> realSum(x);
      case 12 -> add(new Op.LastStep(name("last"), x, mask(x)));
      case 15, 16 -> random.nextBoolean() ? stream(x) : apart(x);
      default -> conv(x);
    };
  }

  /** An LSTM or simple recurrence, whose weights are such that gates are open and closed. */
  private String recurrent(String x) {
    boolean lstm = random.nextInt(3) > 0;
    int units = Math.max(1, Math.min(size(24), MAX_VALUES / steps(x) / 4));
    int rows = lstm ? 4 * units : units;
    QuantizedTensor w = sized(tensor(new int[] {rows, channels(x)}, false), x);
    QuantParams out = activationFor(0.4);
    QuantizedTensor r = tensor(new int[] {rows, units}, false);
    Random form = new Random(31L * units + rows); // others' seeds stay what they are
    boolean straight = form.nextInt(3) == 0;
    int argument = straight ? form.nextInt(13) : Cell.ARGUMENT;
    int value = straight ? form.nextInt(argument + 1) : Cell.VALUE;
    IntVector activation =
        IntVector.of(GateTable.of(straight ? v -> Math.max(0, v) : Math::tanh, argument, value));
    Cell cell =
        lstm
            ? new Cell.Lstm(
                8 + random.nextInt(8),
                IntVector.of(GateTable.of(v -> 1 / (1 + Math.exp(-v)))),
                activation,
                argument,
                value,
                form.nextBoolean() ? null : peepholes(form, units))
            : new Cell.Simple(activation, argument, value);
    IntVector bias = bias(rows, spread(x, w));
    return add(
        new Op.Recurrent(
            name("recurrent"), x, mask(x), w, r, bias, cell, random.nextBoolean(), out));
  }

  private static QuantizedTensor peepholes(Random random, int units) {
    byte[] codes = new byte[3 * units];
    random.nextBytes(codes);
    boolean shifted = random.nextBoolean();
    float[] scales = shifted ? new float[] {0.01f} : new float[] {0.01f, 0.003f, 0.02f};
    return new QuantizedTensor(codes, new int[] {3, units}, 8, scales, shifted ? -2 : 0);
  }

  /** The same weights at a scale at which their products with a value are about 1. */
  private QuantizedTensor sized(QuantizedTensor w, String x) {
    float[] scales = w.scales();
    float one = (float) (1 / real(x, w, spread(x, w)));
    for (int c = 0; c < scales.length; c++) {
      scales[c] *= Math.scalb(1f, Math.getExponent(one));
    }
    return new QuantizedTensor(
        w.codes(), w.shape(), w.bits(), scales, w.zeroPoint(), w.groupSize(), w.multiples());
  }

  private String masked(String x) {
    QuantParams p = value(x).params();
    String mask = notZero(x);
    if (random.nextBoolean()) {
      return add(new Op.Masked(name("masked"), x, mask, random.nextBoolean()));
    }
    return add(new Op.MaskedMean(name("mean"), x, mask, activationFor(reach(p) / 4)));
  }

  /** Queries, keys and values by one product, and attention. */
  private String attention(String x) {
    int heads = 1 + random.nextInt(3);
    int channels = heads * (1 + random.nextInt(8));
    channels = Math.max(heads, Math.min(channels, MAX_VALUES / steps(x) / 4 / heads * heads));
    String y = dense(x, tensor(new int[] {3 * channels, channels(x)}, false), null);
    IntVector exponential = IntVector.of(AttentionStep.exponential());
    QuantParams out = activationFor(reach(value(y).params()) / 5);
    int prefix = random.nextBoolean() ? AttentionStep.EVERYTHING : random.nextInt(steps(y) + 1);
    return add(new Op.Attention(name("attention"), y, mask(y), heads, prefix, exponential, out));
  }

  private String layerNorm(String x) {
    int[] gain = new int[channels(x)];
    int[] bias = new int[gain.length];
    int shift = random.nextInt(15);
    for (int c = 0; c < gain.length; c++) {
      gain[c] = random.nextInt(1 << 15) - (1 << 14);
      bias[c] = random.nextInt(1 << 25) - (1 << 24);
    }
    double epsilon = shift % 2 == 0 ? LayerNormStep.EPSILON : 1e-12;
    QuantParams out = activationFor(Math.scalb(0.5, 14 - shift));
    return add(
        new Op.LayerNorm(
            name("norm"), x, IntVector.of(gain), IntVector.of(bias), shift, epsilon, out));
  }

  /** Token ids that have a step for each of a value's, a mask made of a value, or none. */
  private String mask(String x) {
    for (Input input : inputs) {
      if (input.kind() == Input.Kind.TOKENS
          && input.shape().get(0) == steps(x)
          && random.nextInt(3) > 0) {
        return input.name();
      }
    }
    return random.nextInt(3) > 0 ? null : notZero(x);
  }

  /** A mask made of a value, or of two. */
  private String notZero(String x) {
    List<String> values = new ArrayList<>(List.of(x));
    if (random.nextBoolean()) {
      int channels = 1 + random.nextInt(4);
      values.add(dense(x, tensor(new int[] {channels, channels(x)}, false), null));
    }
    return add(new Op.NotZero(name("mask"), values));
  }

  private String image(String x) {
    return switch (random.nextInt(8)) {
      case 0 -> lookup(x);
      case 1 -> sum(x);
      case 2 -> add(new Op.MaxPool2d(name("max"), x, window(x, true)));
      case 3 -> {
        QuantParams out = activationFor(reach(value(x).params()) / 2);
        Window2d window = window(x, true);
        boolean inside = window.hashCode() % 2 == 0;
        yield add(new Op.AvgPool2d(name("average"), x, window, inside, out));
      }
      case 4 -> vector(x);
      default -> conv2d(x, null);
    };
  }

  /** A convolution, or one of each channel by itself. */
  private String conv2d(String x, QuantParams given) {
    int depth = channels(x);
    boolean depthwise = random.nextInt(3) == 0;
    Window2d w = given == null ? window(x, false) : new Window2d(3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
    int channels = given != null ? depth : depthwise ? depth * (1 + random.nextInt(2)) : size(24);
    int[] shape = {channels, w.kernelH(), w.kernelW(), depthwise ? 1 : depth};
    QuantizedTensor weights = tensor(shape, false);
    double spread = spread(x, weights);
    QuantParams out = given == null ? activationFor(real(x, weights, spread)) : given;
    Output clamp = clamp(out, given != null);
    IntVector bias = bias(channels, spread);
    int groups = depthwise ? depth : 1;
    return add(new Op.Conv2d(name("conv"), x, weights, bias, w, groups, clamp));
  }

  private Window2d window(String x, boolean pooling) {
    int[] v = new int[10];
    for (int d = 0; d < 2; d++) {
      int size = value(x).shape().get(d);
      v[d] = 1 + random.nextInt(4);
      v[2 + d] = 1 + random.nextInt(3);
      v[4 + d] = pooling ? 1 : 1 + random.nextInt(2);
      int most = pooling ? v[d] : 3;
      v[6 + d] = random.nextInt(most);
      v[8 + d] = random.nextInt(most);
      while (size + v[6 + d] + v[8 + d] < (v[d] - 1) * v[4 + d] + 1) {
        v[d]--;
        v[6 + d] = Math.min(v[6 + d], Math.max(0, v[d] - 1));
        v[8 + d] = Math.min(v[8 + d], Math.max(0, v[d] - 1));
      }
    }
    return new Window2d(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]);
  }

  /** The codes elsewhere, or combined with themselves. */
  private String moved(String x) {
    List<Integer> shape = value(x).shape();
    int rank = shape.size();
    switch (random.nextInt(4)) {
      case 0 -> {
        int axis = random.nextInt(rank);
        int[] places = new int[size(Math.min(20, 2 * shape.get(axis)))];
        boolean zeros = random.nextInt(4) == 0;
        for (int i = 0; i < places.length; i++) {
          places[i] = zeros && random.nextInt(3) == 0 ? -1 : random.nextInt(shape.get(axis));
        }
        return add(new Op.Select(name("select"), x, axis, IntVector.of(places)));
      }
      case 1 -> {
        List<Integer> order = new ArrayList<>();
        for (int d = 0; d < rank; d++) {
          order.add(random.nextInt(order.size() + 1), d);
        }
        int[] dims = order.stream().mapToInt(d -> d).toArray();
        return add(new Op.Transpose(name("transpose"), x, IntVector.of(dims)));
      }
      case 2 -> {
        int last = channels(x);
        int rest = value(x).size() / last;
        return last > 64 ? x : reshape(x, rank == 2 ? List.of(rest, 1, last) : List.of(rest, last));
      }
      default -> {
        return combined(x);
      }
    }
  }

  private String combined(String x) {
    Op.Elementwise.Function[] functions = Op.Elementwise.Function.values();
    Op.Elementwise.Function f = functions[random.nextInt(functions.length)];
    QuantParams params = value(x).params();
    int[] backwards = new int[channels(x)];
    for (int i = 0; i < backwards.length; i++) {
      backwards[i] = backwards.length - 1 - i;
    }
    int axis = value(x).shape().size() - 1;
    String y = add(new Op.Select(name("select"), x, axis, IntVector.of(backwards)));
    float reach = reach(params);
    QuantParams out =
        switch (f) {
          case MAX -> params;
          case PRODUCT -> activationFor(reach * reach / 4);
          default -> activationFor(reach / 2);
        };
    return add(new Op.Elementwise(name("elementwise"), f, List.of(x, y), out));
  }

  private String reshape(String x, List<Integer> shape) {
    int[] dims = shape.stream().mapToInt(d -> d).toArray();
    return add(new Op.Reshape(name("reshape"), x, IntVector.of(dims)));
  }

  private String conv(String x) {
    int steps = steps(x);
    int padLeft = random.nextInt(3);
    int padRight = random.nextInt(3);
    int dilation = 1 + random.nextInt(3);
    int room = steps + padLeft + padRight;
    int kernel = Math.min(1 + random.nextInt(5), (room - 1) / dilation + 1);
    int channels = Math.max(1, Math.min(size(48), MAX_VALUES / room));
    QuantizedTensor w = tensor(new int[] {channels, kernel, channels(x)}, false);
    return conv(x, w, 1 + random.nextInt(3), dilation, padLeft, padRight, null);
  }

  private String conv(
      String x, QuantizedTensor w, int stride, int dilation, int left, int right, QuantParams p) {
    double spread = spread(x, w);
    QuantParams out = p == null ? activationFor(real(x, w, spread)) : p;
    IntVector bias = bias(w.dim(0), spread);
    return add(
        new Op.Conv1d(
            name("conv"), x, w, bias, stride, dilation, left, right, clamp(out, p != null)));
  }

  /** A dense layer whose output has the given meaning, or one that fits where it is null. */
  private String dense(String x, QuantParams given) {
    QuantizedTensor w = tensor(new int[] {size(isSequence(x) ? 24 : 60), channels(x)}, false);
    return dense(x, w, given);
  }

  private String dense(String x, QuantizedTensor w, QuantParams given) {
    double spread = spread(x, w);
    QuantParams out = given == null ? activationFor(real(x, w, spread)) : given;
    IntVector bias = bias(w.dim(0), spread);
    return add(new Op.Dense(name("dense"), x, w, bias, clamp(out, given != null)));
  }

  /** The value plus a product of the same shape and meaning, as in a residual block. */
  private String sum(String x) {
    QuantParams params = value(x).params();
    int c = channels(x);
    String y =
        value(x).shape().size() == 3
            ? conv2d(x, params)
            : isSequence(x) && random.nextBoolean()
                ? conv(x, tensor(new int[] {c, 3, c}, false), 1, 1, 1, 1, params)
                : dense(x, tensor(new int[] {c, c}, false), params);
    List<String> summands = new ArrayList<>(List.of(x, y));
    if (random.nextInt(3) == 0) {
      summands.add(random.nextBoolean() ? x : y);
    }
    QuantParams out = activation(scale(params.scale() * (1 + random.nextFloat())));
    int even = Math.max(out.qmin(), out.zeroPoint() & ~1);
    return add(
        new Op.Add(
            name("add"), summands, new QuantParams(out.scale(), even, out.qmin(), out.qmax())));
  }

  private String realSum(String x) {
    String y = dense(x, tensor(new int[] {channels(x), channels(x)}, false), null);
    float reach = reach(value(x).params()) + reach(value(y).params());
    return add(new Op.RealSum(name("residual"), List.of(x, y), activationFor(reach / 4)));
  }

  /** A residual stream whose channels have scales of their own, and the norm that reads it. */
  private String apart(String x) {
    QuantizedTensor w = tensor(new int[] {channels(x), channels(x)}, false);
    if (w.zeroPoint() != 0) {
      return realSum(x);
    }
    double spread = spread(x, w);
    QuantParams out = activationFor(real(x, w, spread) / 16);
    Output.Codes codes = new Output.Codes(out, out.qmin(), out.qmax(), exponents(channels(x)));
    String y = add(new Op.Dense(name("apart"), x, w, bias(w.dim(0), spread), codes));
    float reach = reach(value(x).params()) + reach(out) * 16;
    String z =
        add(
            new Op.RealSum(
                name("residual"),
                random.nextBoolean() ? List.of(x, y) : List.of(y, x, y),
                activationFor(reach / 16),
                exponents(channels(x))));
    return random.nextInt(3) > 0
        ? layerNorm(z)
        : add(new Op.RealSum(name("residual"), List.of(z, x), activationFor(reach / 4)));
  }

  private IntVector exponents(int channels) {
    return IntVector.of(random.ints(channels, 0, 9).map(e -> Math.max(0, e - 3)).toArray());
  }

  /** A residual stream of 9 to 16 bits, and an operation that makes bytes of it. */
  private String stream(String x) {
    wide = true;
    int c = channels(x);
    String y = random.nextInt(3) == 0 ? concat(List.of(x)) : product(x, c);
    float reach = reach(value(x).params()) + reach(value(y).params());
    String z = add(new Op.RealSum(name("residual"), List.of(x, y), activationFor(reach / 4)));
    wideValues.add(y);
    wideValues.add(z);
    if (random.nextBoolean()) {
      z = layerNorm(z);
    }
    if (isSequence(z) && random.nextInt(3) == 0) {
      z = add(new Op.Masked(name("masked"), z, notZero(x), random.nextBoolean()));
    }
    if (random.nextInt(3) == 0) {
      z = add(new Op.RealSum(name("residual"), List.of(z, x), activationFor(reach / 2)));
    }
    if (isSequence(z) && random.nextInt(3) == 0) {
      QuantParams out = activationFor(reach(value(z).params()) / 3);
      z =
          random.nextBoolean()
              ? add(new Op.GlobalAvgPool(name("globalAverage"), z, out))
              : add(new Op.MaskedMean(name("mean"), z, notZero(z), out));
    }
    wideValues.add(z);
    wide = false;
    QuantParams params = value(z).params();
    return switch (random.nextInt(4)) {
      case 0 -> add(new Op.Concat(name("concat"), List.of(z), activationFor(reach(params) / 2)));
      case 1 -> params.qmax() < 1 << 11 ? lookup(z) : product(z, size(24));
      case 2 -> isSequence(z) ? attention(z) : dense(z, null);
      default -> product(z, size(24));
    };
  }

  private String product(String x, int channels) {
    boolean conv = isSequence(x) && channels(x) <= 24 && random.nextInt(3) == 0;
    return conv
        ? conv(x, tensor(new int[] {channels, 3, channels(x)}, false), 1, 1, 1, 1, null)
        : dense(x, tensor(new int[] {channels, channels(x)}, false), null);
  }

  private String concat(List<String> parts) {
    float largest = 0;
    for (String part : parts) {
      largest = Math.max(largest, reach(value(part).params()));
    }
    QuantParams out =
        random.nextBoolean() ? value(parts.get(0)).params() : activationFor(largest / 2);
    return add(new Op.Concat(name("concat"), parts, out));
  }

  private String lookup(String x) {
    QuantParams in = value(x).params();
    QuantParams out = activationFor(1);
    int[] table = new int[in.qmax() - in.qmin() + 1];
    boolean smooth = random.nextBoolean();
    for (int i = 0; i < table.length; i++) {
      table[i] =
          smooth
              ? out.quantize((float) Math.tanh(in.dequantize(in.qmin() + i)))
              : out.qmin() + random.nextInt(out.qmax() - out.qmin() + 1);
    }
    return add(new Op.Lookup(name("lookup"), x, IntVector.of(table), out));
  }

  private String maxPool(String x) {
    int kernel = 1 + random.nextInt(Math.min(4, steps(x)));
    return add(new Op.MaxPool1d(name("max"), x, kernel, 1 + random.nextInt(3)));
  }

  private String averagePool(String x) {
    int kernel = 1 + random.nextInt(Math.min(5, steps(x)));
    QuantParams out = activationFor(reach(value(x).params()) / 2);
    return add(new Op.AvgPool1d(name("average"), x, kernel, 1 + random.nextInt(3), out));
  }

  /** From a sequence to a vector. */
  private String vector(String x) {
    int how = random.nextInt(value(x).size() > MAX_VALUES / 4 ? 3 : 4);
    if (how == 2) {
      double size = reach(value(x).params()) * Math.sqrt((double) value(x).size() / channels(x));
      return add(new Op.GlobalSumPool(name("globalSum"), x, activationFor(size / 2)));
    } else if (how == 0) {
      return add(new Op.GlobalMaxPool(name("globalMax"), x));
    } else if (how == 1) {
      QuantParams out = activationFor(reach(value(x).params()) / 3);
      return add(new Op.GlobalAvgPool(name("globalAverage"), x, out));
    }
    return add(new Op.Flatten(name("flatten"), x));
  }

  /** The last value, beside other vectors if there are some. */
  private String join(List<String> made) {
    String last = made.get(made.size() - 1);
    if (value(last).shape().size() == 2 && random.nextInt(6) == 0) {
      return last;
    }
    List<String> vectors = new ArrayList<>();
    for (String x : made) {
      if (!isSequence(x) && !x.equals(last) && random.nextBoolean()) {
        vectors.add(x);
      }
    }
    vectors.add(isSequence(last) ? vector(last) : last);
    return vectors.size() == 1 ? vectors.get(0) : concat(vectors);
  }

  private String head(String x) {
    int classes = 2 + random.nextInt(12);
    String logits =
        value(x).shape().size() == 2 && random.nextBoolean()
            ? convLogits(x, classes)
            : denseLogits(x, classes);
    return switch (random.nextInt(4)) {
      case 0 -> logits;
      case 1 -> add(function(logits));
      default -> add(new Op.Softmax(name("softmax"), logits));
    };
  }

  private Op function(String logits) {
    Op.RealFunction.Form[] all = Op.RealFunction.Form.values();
    Op.RealFunction.Form f = all[random.nextInt(all.length)];
    float slope = f == Op.RealFunction.Form.LEAKY_RELU ? random.nextFloat() : 0;
    return new Op.RealFunction(name("function"), f, logits, slope);
  }

  private String denseLogits(String x, int classes) {
    QuantizedTensor w = tensor(new int[] {classes, channels(x)}, false);
    IntVector bias = bias(classes, spread(x, w));
    return add(new Op.Dense(name("logits"), x, w, bias, new Output.Real()));
  }

  private String convLogits(String x, int classes) {
    QuantizedTensor w = tensor(new int[] {classes, Math.min(3, steps(x)), channels(x)}, false);
    IntVector bias = bias(classes, spread(x, w));
    int pad = random.nextInt(2);
    return add(new Op.Conv1d(name("logits"), x, w, bias, 1, 1, pad, pad, new Output.Real()));
  }

  // Numbers.

  private QuantizedTensor tensor(int[] shape, boolean table) {
    int bits = 2 + random.nextInt(7);
    int highest = QuantParams.maxCode(bits);
    boolean asymmetric = !table && random.nextInt(4) == 0;
    int zeroPoint = asymmetric ? random.nextInt(highest + 1) - highest / 2 : 0;
    int lowest = asymmetric ? QuantParams.minCode(bits) : -highest;
    byte[] codes = new byte[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (lowest + random.nextInt(highest - lowest + 1));
    }
    float[] s = new float[asymmetric || table || random.nextInt(4) == 0 ? 1 : shape[0]];
    for (int c = 0; c < s.length; c++) {
      s[c] = scale(1f / highest);
    }
    QuantizedTensor plain = new QuantizedTensor(codes, shape, bits, s, zeroPoint);
    int most = GroupScales.most(-highest, highest, random.nextBoolean());
    return asymmetric || most == 1 || random.nextInt(4) > 0 ? plain : grouped(plain, most);
  }

  /** The same codes times multiples of groups, at the scale that then fits. */
  private QuantizedTensor grouped(QuantizedTensor t, int most) {
    Runs groups = new Runs(t.codes().length / t.dim(0), 1 + random.nextInt(6));
    byte[] multiples = new byte[groups.count(t.codes().length)];
    for (int i = 0; i < multiples.length; i++) {
      multiples[i] = (byte) (1 + random.nextInt(most));
    }
    byte[] codes = t.codes().clone();
    for (int i = 0; i < codes.length; i++) {
      codes[i] *= multiples[groups.of(i)];
    }
    float[] scales = t.scales();
    for (int c = 0; c < scales.length; c++) {
      scales[c] = Math.scalb(scales[c], -Math.getExponent((float) most));
    }
    return new QuantizedTensor(codes, t.shape(), t.bits(), scales, 0, groups.size(), multiples);
  }

  private IntVector bias(int channels, double spread) {
    int[] b = new int[channels];
    for (int c = 0; c < channels; c++) {
      b[c] = random.nextInt(5) == 0 ? 0 : (int) (random.nextGaussian() * spread / 2);
    }
    return IntVector.of(b);
  }

  /** Typical magnitude of an accumulator of {@code w} on {@code x}. */
  private double spread(String x, QuantizedTensor w) {
    double squares = 0;
    for (byte q : w.codes()) {
      squares += Math.pow(q - w.zeroPoint(), 2);
    }
    return Math.max(1, value(x).params().maxDistance() / 2.5 * Math.sqrt(squares / w.dim(0)));
  }

  private double real(String x, QuantizedTensor w, double accumulator) {
    return accumulator * value(x).params().scale() * w.scale(0);
  }

  /** Largest magnitude that codes stand for. */
  private static float reach(QuantParams params) {
    return params.scale() * params.maxDistance();
  }

  /** Params under which values of that typical magnitude mostly lie inside the range. */
  private QuantParams activationFor(double magnitude) {
    QuantParams shape = activation(1f);
    float steps = (shape.qmax() - shape.qmin()) / 3f;
    float scale = scale((float) magnitude / steps);
    return new QuantParams(scale, shape.zeroPoint(), shape.qmin(), shape.qmax());
  }

  private QuantParams activation(float scale) {
    int bits = random.nextInt(3) > 0 ? 8 : 2 + random.nextInt(7);
    if (wide) {
      bits = random.nextInt(3) > 0 ? 16 : 9 + random.nextInt(8);
    }
    int qmin = QuantParams.minCode(bits);
    int qmax = QuantParams.maxCode(bits);
    return switch (random.nextInt(4)) {
      case 0 -> new QuantParams(scale, 0, -qmax, qmax);
      case 1 -> new QuantParams(scale, qmin, qmin, qmax);
      default -> new QuantParams(scale, qmin + random.nextInt(qmax - qmin + 1), qmin, qmax);
    };
  }

  /** A scale of about that size. */
  private float scale(float about) {
    double s = about * Math.exp(0.3 * random.nextGaussian());
    return switch (scales) {
      case RANDOM -> (float) s;
      case POWER_OF_TWO -> powerOfTwo(s);
      case THIRD -> powerOfTwo(3 * s) / 3;
    };
  }

  private static float powerOfTwo(double near) {
    return Math.scalb(1f, (int) Math.rint(Math.log(near) / Math.log(2)));
  }

  private Output clamp(QuantParams p, boolean never) {
    boolean relu = !never && random.nextInt(2) == 0 && p.zeroPoint() < p.qmax();
    int lo = relu ? p.zeroPoint() : p.qmin();
    boolean cut = !never && random.nextInt(5) == 0;
    int hi = cut ? lo + 1 + random.nextInt(p.qmax() - lo) : p.qmax();
    return new Output.Codes(p, lo, hi);
  }

  /** 1 to {@code max}, small and odd sizes as likely as large ones. */
  private int size(int max) {
    return 1 + random.nextInt(random.nextBoolean() ? Math.min(9, max) : max);
  }

  // Bookkeeping.

  private String add(Op op) {
    ops.add(op);
    values = new ModelTypes(inputs, ops).values();
    return op.name();
  }

  private String name(String kind) {
    return kind + ops.size();
  }

  private Value value(String name) {
    return values.get(name);
  }

  private int channels(String name) {
    List<Integer> shape = value(name).shape();
    return shape.get(shape.size() - 1);
  }

  private int steps(String name) {
    return value(name).shape().get(0);
  }

  /** A sequence or an image. */
  private boolean isSequence(String name) {
    return value(name).shape().size() >= 2;
  }
}
