package org.qat4j.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AccumulatorBound;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.numerics.internal.LayerNormStep;
import org.qat4j.numerics.internal.Requantize;

/** Checks a list of operations and finds the type of every value. */
final class ModelTypes implements Op.Visitor<Value> {
  private static final int MAX_ELEMENTS = 1 << 26;
  private static final int MAX_RANK = 3;

  private final Map<String, Value> values = new LinkedHashMap<>();
  private final Map<String, Integer> vocabulary = new LinkedHashMap<>();
  private final Map<String, Long> bounds = new LinkedHashMap<>();

  ModelTypes(List<Input> inputs, List<Op> ops) {
    if (inputs.isEmpty()) {
      throw new QatException("a model needs an input");
    }
    for (Input input : inputs) {
      boolean tokens = input.kind() == Input.Kind.TOKENS;
      int rank = input.shape().size();
      boolean ranked = rank == 1 || (!tokens && rank >= 2 && rank <= MAX_RANK);
      if (!ranked || (tokens && input.vocabularySize() < 1)) {
        throw new QatException("impossible input " + input);
      }
      put(input.name(), new Value(input.shape(), null, tokens));
      vocabulary.put(input.name(), input.vocabularySize());
    }
    for (Op op : ops) {
      try {
        put(op.name(), op.accept(this));
      } catch (QatException e) {
        throw new QatException("operation \"" + op.name() + "\": " + e.getMessage(), e);
      }
    }
  }

  Map<String, Value> values() {
    return Collections.unmodifiableMap(values);
  }

  /** For each operation that adds codes up, the bound (6) of its accumulators. */
  Map<String, Long> bounds() {
    return Collections.unmodifiableMap(bounds);
  }

  private void put(String name, Value value) {
    long size = 1;
    for (int d : value.shape()) {
      if (d < 1 || (size *= d) > MAX_ELEMENTS) {
        throw new QatException("the shape " + value.shape() + " is impossible or too large");
      }
    }
    if (values.put(name, value) != null) {
      throw new QatException("two values are called \"" + name + "\"");
    }
  }

  @Override
  public Value visit(Op.Quantize o) {
    Value in = get(o.input());
    require(in.isReal(), "quantizes real values, but \"%s\" is not real", o.input());
    return codes(in.shape(), o.params());
  }

  @Override
  public Value visit(Op.Embedding o) {
    table(o.input(), o.table());
    int steps = get(o.input()).shape().get(0);
    return codes(List.of(steps, o.table().dim(1)), tableParams(o.table()));
  }

  @Override
  public Value visit(Op.EmbeddingBag o) {
    table(o.input(), o.table());
    bounds.put(o.name(), AccumulatorBound.sum((long) get(o.input()).size() * o.table().reach()));
    return codes(List.of(o.table().dim(1)), activation(o.output()));
  }

  @Override
  public Value visit(Op.Conv1d o) {
    return conv(o);
  }

  @Override
  public Value visit(Op.Dense o) {
    Value in = wide(o.input());
    require(
        in.shape().size() < 3, "reads vectors or steps, but \"%s\" is %s", o.input(), in.shape());
    require(o.weights().rank() == 2, "weights %s are not [out, in]", o.weights());
    int features = last(in);
    require(
        o.weights().dim(1) == features,
        "weights %s do not fit the input %s",
        o.weights(),
        in.shape());
    List<Integer> shape = withLast(in, o.weights().dim(0));
    return product(o, in, o.weights(), o.bias(), o.output(), shape);
  }

  @Override
  public Value visit(Op.MaxPool1d o) {
    Value in = sequence(o.input());
    return codes(pooled(in, o.kernel(), o.stride()), in.params());
  }

  @Override
  public Value visit(Op.GlobalMaxPool o) {
    Value in = places(o.input());
    return codes(List.of(last(in)), in.params());
  }

  @Override
  public Value visit(Op.AvgPool1d o) {
    Value in = sequence(o.input());
    QuantParams out = activation(o.output());
    return codes(pooled(in, o.kernel(), o.stride()), average(o, in, o.kernel(), out));
  }

  @Override
  public Value visit(Op.GlobalAvgPool o) {
    Value in = places(o.input(), wide(o.input()));
    return codes(List.of(last(in)), average(o, in, in.size() / last(in), o.output()));
  }

  @Override
  public Value visit(Op.Concat o) {
    return concat(o);
  }

  @Override
  public Value visit(Op.Add o) {
    return add(o);
  }

  @Override
  public Value visit(Op.Flatten o) {
    Value in = places(o.input());
    return codes(List.of(in.size()), in.params());
  }

  @Override
  public Value visit(Op.Lookup o) {
    return lookup(o);
  }

  @Override
  public Value visit(Op.Softmax o) {
    Value in = get(o.input());
    require(in.isReal(), "softmax reads real values, but \"%s\" is not real", o.input());
    return in;
  }

  @Override
  public Value visit(Op.RealFunction o) {
    Value in = get(o.input());
    require(in.isReal(), "%s reads real values, but \"%s\" is not real", o.function(), o.input());
    boolean sloped = o.function() == Op.RealFunction.Form.LEAKY_RELU;
    require(
        sloped ? Float.isFinite(o.slope()) : o.slope() == 0,
        "%s with the slope %s",
        o.function(),
        o.slope());
    return in;
  }

  @Override
  public Value visit(Op.Recurrent o) {
    Value in = sequence(o.input());
    mask(o.mask(), in);
    int units = o.units();
    int rows = o.cell().gates() * units;
    require(
        o.weights().rank() == 2
            && o.recurrent().rank() == 2
            && o.weights().dim(0) == rows
            && o.recurrent().dim(0) == rows
            && o.weights().dim(1) == last(in),
        "weights %s and %s do not fit %s gates and the input %s",
        o.weights(),
        o.recurrent(),
        o.cell().gates(),
        in.shape());
    QuantizedTensor peepholes = o.cell().peepholes();
    require(
        peepholes == null
            || (Arrays.equals(peepholes.shape(), new int[] {3, units})
                && peepholes.groupSize() == 0),
        "peepholes %s are not those of 3 gates and %s units with a scale for each gate",
        peepholes,
        units);
    QuantParams out = activation(o.output());
    List<Integer> shape = List.of(in.shape().get(0), rows);
    product(o, in, o.weights(), o.bias(), new Output.Real(), shape);
    long ofInput = bounds.get(o.name());
    IntVector none = IntVector.of(new int[rows]);
    product(o, codes(shape, out), o.recurrent(), none, new Output.Real(), shape);
    bounds.merge(o.name(), ofInput, Math::max);
    return codes(List.of(in.shape().get(0), units), out);
  }

  @Override
  public Value visit(Op.LastStep o) {
    Value in = sequence(o.input());
    mask(o.mask(), in);
    return codes(List.of(last(in)), in.params());
  }

  @Override
  public Value visit(Op.NotZero o) {
    require(!o.inputs().isEmpty(), "a mask is made of one value or more");
    int steps = 0;
    for (String input : o.inputs()) {
      Value in = get(input);
      require(
          !in.tokens() && in.shape().size() == 2,
          "a mask is made of sequences, but \"%s\" is %s",
          input,
          in);
      require(
          steps == 0 || steps == in.shape().get(0),
          "a mask is made of values with the same steps, but \"%s\" is %s",
          input,
          in);
      steps = in.shape().get(0);
    }
    return new Value(List.of(steps), null, true);
  }

  @Override
  public Value visit(Op.RealSum o) {
    require(o.inputs().size() >= 2, "adds fewer than two values");
    Value first = anyCodes(o.inputs().get(0));
    for (String input : o.inputs()) {
      List<Integer> shape = anyCodes(input).shape();
      require(shape.equals(first.shape()), "adds %s and %s", first.shape(), shape);
    }
    return codes(first.shape(), o.output(), o.exponents());
  }

  @Override
  public Value visit(Op.Masked o) {
    Value in = sequence(o.input(), anyCodes(o.input()));
    mask(o.mask(), in);
    require(o.mask() != null, "there is no mask");
    return in;
  }

  @Override
  public Value visit(Op.MaskedMean o) {
    Value in = sequence(o.input(), wide(o.input()));
    mask(o.mask(), in);
    require(o.mask() != null, "there is no mask");
    long reach = (long) in.shape().get(0) * in.params().maxDistance();
    bounds.put(o.name(), AccumulatorBound.sum(reach));
    return codes(List.of(last(in)), o.output());
  }

  @Override
  public Value visit(Op.Attention o) {
    Value in = sequence(o.input());
    mask(o.mask(), in);
    Cell.check(o.exponential());
    int steps = in.shape().get(0);
    int channels = last(in) / 3;
    require(
        last(in) % 3 == 0 && o.heads() >= 1 && channels % o.heads() == 0,
        "%s channels are not queries, keys and values of %s heads each",
        last(in),
        o.heads());
    require(o.prefix() >= 0, "a prefix of %s steps", o.prefix());
    for (int j = 0; j < o.exponential().size(); j++) {
      require(o.exponential().get(j) >= 0, "an exponential is not negative");
    }
    long reach = in.params().maxDistance();
    long scores = 2 * reach * reach * (channels / o.heads()); // a difference of two
    long sums = (long) Short.MAX_VALUE * steps;
    long mixed = (long) AttentionStep.ONE * reach * steps;
    bounds.put(o.name(), AccumulatorBound.sum(Math.max(scores, Math.max(sums, mixed))));
    float argument = AttentionStep.argument(in.params().scale(), channels / o.heads());
    require(
        argument >= Float.MIN_NORMAL && Float.isFinite(argument),
        "the scale %s is too small or too large for attention",
        in.params().scale());
    return codes(List.of(steps, channels), o.output());
  }

  @Override
  public Value visit(Op.LayerNorm o) {
    Value in = anyCodes(o.input());
    int channels = last(in);
    boolean narrow =
        !in.hasChannelScales() && in.params().qmax() - in.params().qmin() <= LayerNormStep.NARROW;
    int most = narrow ? LayerNormStep.MAX_NARROW_CHANNELS : LayerNormStep.MAX_CHANNELS;
    require(
        o.gain().size() == channels
            && o.bias().size() == channels
            && channels <= most
            && o.shift() >= 0
            && o.shift() <= 15,
        "%s gains and %s biases with the shift %s for %s channels of at most %s",
        o.gain().size(),
        o.bias().size(),
        o.shift(),
        channels,
        most);
    require(
        o.epsilon() >= 0 && o.epsilon() <= 1, "what is added to the variance is %s", o.epsilon());
    long largest = 0;
    for (int c = 0; c < channels; c++) {
      require(o.gain().get(c) == (short) o.gain().get(c), "gain %s is not a short", c);
      long sum = (1L << 15) * Math.abs(o.gain().get(c)) + Math.abs((long) o.bias().get(c));
      largest = Math.max(largest, sum);
    }
    bounds.put(o.name(), AccumulatorBound.sum(largest));
    return codes(in.shape(), o.output());
  }

  private void mask(String name, Value sequence) {
    if (name != null) {
      Value mask = get(name);
      require(
          mask.tokens() && mask.shape().get(0).equals(sequence.shape().get(0)),
          "the mask \"%s\" is %s, not one token id for each of %s steps",
          name,
          mask,
          sequence.shape().get(0));
    }
  }

  @Override
  public Value visit(Op.Conv2d o) {
    Value in = image(o.input());
    QuantizedTensor w = o.weights();
    require(w.rank() == 4, "weights %s are not [out, height, width, in]", w);
    require(
        w.dim(1) == o.window().kernelH() && w.dim(2) == o.window().kernelW(),
        "weights %s do not fit the window %s",
        w,
        o.window());
    require(
        o.groups() == 1 || (o.groups() == last(in) && w.dim(0) % o.groups() == 0),
        "%s groups for %s channels",
        o.groups(),
        last(in));
    require(w.dim(3) == last(in) / o.groups(), "weights %s do not fit the input %s", w, in.shape());
    if (o.output() instanceof Output.Codes out) {
      activation(out.params());
    }
    return product(o, in, w, o.bias(), o.output(), windows(in, o.window(), w.dim(0)));
  }

  @Override
  public Value visit(Op.MaxPool2d o) {
    Value in = image(o.input());
    return codes(pooled(in, o.window()), in.params());
  }

  @Override
  public Value visit(Op.AvgPool2d o) {
    Value in = image(o.input());
    QuantParams out = activation(o.output());
    return codes(pooled(in, o.window()), average(o, in, o.window().taps(), out));
  }

  /** Every window holds a part of the image. */
  private static List<Integer> pooled(Value in, Window2d w) {
    boolean plain = w.dilationH() == 1 && w.dilationW() == 1;
    boolean holds =
        Math.max(w.padTop(), w.padBottom()) < w.kernelH()
            && Math.max(w.padLeft(), w.padRight()) < w.kernelW();
    require(plain && holds, "pooling has no dilation, and padding below its kernel, not %s", w);
    return windows(in, w, last(in));
  }

  private static List<Integer> windows(Value in, Window2d w, int channels) {
    boolean positive =
        Math.min(Math.min(w.kernelH(), w.kernelW()), Math.min(w.strideH(), w.strideW())) >= 1
            && Math.min(w.dilationH(), w.dilationW()) >= 1
            && Math.min(Math.min(w.padTop(), w.padLeft()), Math.min(w.padBottom(), w.padRight()))
                >= 0;
    require(positive, "impossible %s", w);
    long rows = w.rows(in.shape().get(0));
    long columns = w.columns(in.shape().get(1));
    require(
        rows >= 1 && columns >= 1 && rows <= MAX_ELEMENTS && columns <= MAX_ELEMENTS,
        "%s does not fit the input %s",
        w,
        in.shape());
    return List.of((int) rows, (int) columns, channels);
  }

  @Override
  public Value visit(Op.GlobalSumPool o) {
    Value in = places(o.input());
    long n = in.size() / last(in);
    bounds.put(o.name(), AccumulatorBound.sum(n * in.params().maxDistance()));
    return codes(List.of(last(in)), activation(o.output()));
  }

  @Override
  public Value visit(Op.Select o) {
    Value in = getCodes(o.input());
    require(
        o.axis() >= 0 && o.axis() < in.shape().size(), "dimension %s of %s", o.axis(), in.shape());
    int size = in.shape().get(o.axis());
    for (int place : o.places().toArray()) {
      require(place >= -1 && place < size, "place %s of %s", place, size);
    }
    List<Integer> shape = new ArrayList<>(in.shape());
    shape.set(o.axis(), o.places().size());
    return codes(shape, in.params());
  }

  @Override
  public Value visit(Op.Transpose o) {
    Value in = getCodes(o.input());
    int[] sorted = o.order().toArray();
    Arrays.sort(sorted);
    boolean permutes = sorted.length == in.shape().size();
    for (int i = 0; permutes && i < sorted.length; i++) {
      permutes = sorted[i] == i;
    }
    require(permutes, "the order %s does not fit the input %s", o.order(), in.shape());
    List<Integer> shape = new ArrayList<>();
    for (int d : o.order().toArray()) {
      shape.add(in.shape().get(d));
    }
    return codes(shape, in.params());
  }

  @Override
  public Value visit(Op.Reshape o) {
    Value in = getCodes(o.input());
    List<Integer> shape = new ArrayList<>();
    long size = 1;
    for (int d : o.shape().toArray()) {
      require(d >= 1 && size <= MAX_ELEMENTS, "impossible shape %s", o.shape());
      size *= d;
      shape.add(d);
    }
    require(
        size == in.size() && !shape.isEmpty() && shape.size() <= MAX_RANK,
        "%s cannot become %s",
        in.shape(),
        o.shape());
    return codes(shape, in.params());
  }

  @Override
  public Value visit(Op.Elementwise o) {
    boolean two =
        o.function() == Op.Elementwise.Function.DIFFERENCE
            || o.function() == Op.Elementwise.Function.PRODUCT;
    require(
        two ? o.inputs().size() == 2 : o.inputs().size() >= 2,
        "%s of %s values",
        o.function(),
        o.inputs().size());
    Value first = getCodes(o.inputs().get(0));
    boolean product = o.function() == Op.Elementwise.Function.PRODUCT;
    long bound = product ? 1 : 0;
    for (String input : o.inputs()) {
      Value in = getCodes(input);
      require(
          in.shape().equals(first.shape()) && (product || in.params().equals(first.params())),
          "%s %s and %s %s do not fit",
          first.shape(),
          first.params(),
          in.shape(),
          in.params());
      bound = product ? bound * in.params().maxDistance() : bound + in.params().maxDistance();
    }
    if (o.function() == Op.Elementwise.Function.MAX) {
      require(o.output().equals(first.params()), "a maximum keeps %s", first.params());
    } else {
      bounds.put(o.name(), AccumulatorBound.sum(bound));
    }
    return codes(first.shape(), activation(o.output()));
  }

  private Value conv(Op.Conv1d o) {
    Value in = sequence(o.input(), wide(o.input()));
    require(o.weights().rank() == 3, "weights %s are not [out, kernel, in]", o.weights());
    require(
        o.weights().dim(2) == last(in),
        "weights %s do not fit the input %s",
        o.weights(),
        in.shape());
    require(
        o.stride() >= 1 && o.dilation() >= 1 && o.padLeft() >= 0 && o.padRight() >= 0,
        "stride %s, dilation %s, padding %s and %s",
        o.stride(),
        o.dilation(),
        o.padLeft(),
        o.padRight());
    long span = (long) (o.weights().dim(1) - 1) * o.dilation() + 1;
    long room = (long) in.shape().get(0) + o.padLeft() + o.padRight() - span;
    require(room >= 0, "a kernel over %s steps does not fit the input %s", span, in.shape());
    long steps = room / o.stride() + 1;
    require(steps <= MAX_ELEMENTS, "%s steps are too many", steps);
    List<Integer> shape = List.of((int) steps, o.weights().dim(0));
    return product(o, in, o.weights(), o.bias(), o.output(), shape);
  }

  private Value product(
      Op op,
      Value in,
      QuantizedTensor weights,
      IntVector bias,
      Output output,
      List<Integer> shape) {
    int channels = weights.dim(0);
    require(bias.size() == channels, "%s biases for %s channels", bias.size(), channels);
    long bound =
        AccumulatorBound.check(
            in.params(), weights.codes(), channels, weights.zeroPoint(), bias.toArray());
    bounds.put(op.name(), bound);
    for (int c = 0; c < weights.scaleCount(); c++) {
      float outputScale = output instanceof Output.Codes codes ? codes.params().scale() : 1f;
      Requantize.multiplier(in.params().scale(), weights.scale(c), outputScale);
    }
    return output instanceof Output.Codes codes
        ? codes(shape, codes.params(), codes.exponents())
        : new Value(shape, null, false);
  }

  private QuantParams average(Op op, Value in, int n, QuantParams output) {
    bounds.put(op.name(), AccumulatorBound.sum((long) n * in.params().maxDistance()));
    Requantize.multiplier(in.params().scale(), 1f / n, output.scale());
    return output;
  }

  private static List<Integer> pooled(Value in, int kernel, int stride) {
    int steps = in.shape().get(0);
    require(
        kernel >= 1 && stride >= 1 && kernel <= steps,
        "windows of %s steps, %s apart, do not fit the input %s",
        kernel,
        stride,
        in.shape());
    return List.of((steps - kernel) / stride + 1, last(in));
  }

  private Value concat(Op.Concat o) {
    require(!o.inputs().isEmpty(), "concatenates nothing");
    Value first = wide(o.inputs().get(0));
    long channels = 0;
    for (String input : o.inputs()) {
      Value in = wide(input);
      require(
          withLast(in, 1).equals(withLast(first, 1)),
          "%s and %s do not lie side by side",
          first.shape(),
          in.shape());
      channels += last(in);
    }
    require(channels <= MAX_ELEMENTS, "%s channels are too many", channels);
    return codes(withLast(first, (int) channels), o.output());
  }

  private Value add(Op.Add o) {
    require(o.inputs().size() >= 2, "adds fewer than two values");
    Value first = getCodes(o.inputs().get(0));
    long reach = 0;
    for (String input : o.inputs()) {
      Value in = getCodes(input);
      reach += in.params().maxDistance();
      require(
          in.shape().equals(first.shape())
              && in.params().scale() == first.params().scale()
              && in.params().zeroPoint() == first.params().zeroPoint(),
          "values to be added share shape, scale and zero point; here %s and %s",
          first,
          in);
    }
    bounds.put(o.name(), AccumulatorBound.sum(reach));
    return codes(first.shape(), activation(o.output()));
  }

  private Value lookup(Op.Lookup o) {
    Value in = wide(o.input());
    int codes = in.params().qmax() - in.params().qmin() + 1;
    require(o.table().size() == codes, "a table of %s for %s codes", o.table().size(), codes);
    QuantParams out = o.output();
    for (int q : o.table().toArray()) {
      require(q >= out.qmin() && q <= out.qmax(), "code %s lies outside %s", q, out);
    }
    return codes(in.shape(), out);
  }

  private void table(String input, QuantizedTensor table) {
    Value in = get(input);
    require(
        in.tokens() && vocabulary.containsKey(input),
        "an embedding reads token ids, but \"%s\" is not",
        input);
    require(
        table.rank() == 2 && table.scaleCount() == 1 && table.zeroPoint() == 0,
        "a table has the shape [vocabulary, dimension], one scale and zero point 0; not %s",
        table);
    require(
        vocabulary.get(input) <= table.dim(0),
        "a table %s for ids below %s",
        table,
        vocabulary.get(input));
  }

  private static QuantParams tableParams(QuantizedTensor table) {
    int bits = table.codeBits();
    return new QuantParams(table.scale(0), 0, QuantParams.minCode(bits), QuantParams.maxCode(bits));
  }

  private static QuantParams activation(QuantParams params) {
    require(isByte(params), "activations of this operation are bytes, not %s", params);
    return params;
  }

  private static boolean isByte(QuantParams params) {
    return params.qmin() >= Byte.MIN_VALUE && params.qmax() <= Byte.MAX_VALUE;
  }

  private static Value codes(List<Integer> shape, QuantParams params) {
    return new Value(shape, params, false);
  }

  /** Codes whose channels may have scales of their own. */
  private static Value codes(List<Integer> shape, QuantParams params, IntVector exponents) {
    Value value = new Value(shape, params, false, exponents);
    if (value.hasChannelScales()) {
      int channels = last(value);
      require(
          exponents.size() == channels && isByte(params),
          "scales of their own for %s channels of %s, which has %s",
          exponents.size(),
          params,
          channels);
      for (int e : exponents.toArray()) {
        require(
            e >= 0 && e <= Value.MAX_EXPONENT, "exponent %s, not 0 to %s", e, Value.MAX_EXPONENT);
      }
    }
    return value;
  }

  private Value get(String name) {
    Value value = values.get(name);
    require(value != null, "reads \"%s\", which nothing before it makes", name);
    return value;
  }

  /** Codes of any number of bits, whose channels may have scales of their own. */
  private Value anyCodes(String name) {
    Value value = get(name);
    require(value.isCodes(), "reads codes, but \"%s\" is not codes", name);
    return value;
  }

  /** Codes of any number of bits. */
  private Value wide(String name) {
    Value value = anyCodes(name);
    require(
        !value.hasChannelScales(),
        "reads \"%s\", whose channels have scales of their own; only sums and layer normalizations"
            + " read those",
        name);
    return value;
  }

  private Value getCodes(String name) {
    Value value = wide(name);
    require(
        isByte(value.params()),
        "reads codes that are bytes, but those of \"%s\" go from %s to %s; a Concat of it alone"
            + " brings it to fewer bits",
        name,
        value.params().qmin(),
        value.params().qmax());
    return value;
  }

  private Value sequence(String name) {
    return sequence(name, getCodes(name));
  }

  private static Value sequence(String name, Value value) {
    require(value.shape().size() == 2, "reads a sequence, but \"%s\" is %s", name, value.shape());
    return value;
  }

  private Value image(String name) {
    Value value = getCodes(name);
    require(value.shape().size() == 3, "reads an image, but \"%s\" is %s", name, value.shape());
    return value;
  }

  /** A sequence or an image. */
  private Value places(String name) {
    return places(name, getCodes(name));
  }

  private static Value places(String name, Value value) {
    require(
        value.shape().size() >= 2,
        "reads a sequence or an image, but \"%s\" is %s",
        name,
        value.shape());
    return value;
  }

  private static int last(Value value) {
    return value.shape().get(value.shape().size() - 1);
  }

  private static List<Integer> withLast(Value value, int channels) {
    List<Integer> shape = new ArrayList<>(value.shape());
    shape.set(shape.size() - 1, channels);
    return shape;
  }

  private static void require(boolean condition, String message, Object... args) {
    if (!condition) {
      throw new QatException(String.format(message, args));
    }
  }
}
