package org.qat4j.runtime.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.Value;
import org.qat4j.model.Window2d;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AccumulatorBound;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.numerics.internal.LayerNormStep;
import org.qat4j.numerics.internal.RecurrentStep;
import org.qat4j.runtime.reference.internal.Rearrangement;
import org.qat4j.runtime.reference.internal.ReferenceOps;
import org.qat4j.text.TextEncoder;

/**
 * Makes the steps of a {@link Plan}: decides what is fused, packs weights, places values. Values
 * are held as q − z, so that real 0 is 0 and the zero points of (6) are gone from all loops.
 */
public final class PlanBuilder implements Op.Visitor<Void> {
  private final IntegerModel model;
  private final Causality causality;
  private final Kernels kernels;
  private final TableBudget budget;
  private final Shared shared;
  private final ModelGraph graph;
  private final Layout layout = new Layout();
  private final List<Step> steps = new ArrayList<>();
  private final List<Integer> skipped = new ArrayList<>(); // by step
  private final Map<String, Place> codes = new HashMap<>();
  private final Map<String, Integer> reals = new HashMap<>();
  private final List<Plan.Margin> margins = new ArrayList<>();

  /** Operations that a step before them has taken over. */
  private final Set<String> fused = new HashSet<>();

  /**
   * @param causality of the model, or null
   * @param shared with other plans of the model
   */
  PlanBuilder(
      IntegerModel model, Causality causality, Kernels kernels, TableBudget budget, Shared shared) {
    this.causality = causality;
    this.model = model;
    this.kernels = kernels;
    this.budget = budget;
    this.shared = shared;
    this.graph = new ModelGraph(model);
  }

  public Plan build() {
    int[] realInputs = new int[model.inputs().size()];
    for (int i = 0; i < realInputs.length; i++) {
      String name = model.inputs().get(i).name();
      boolean real = model.value(name).isReal();
      realInputs[i] = real ? layout.reals(0) : -1;
      reals.put(name, realInputs[i]);
    }
    for (Op op : model.ops()) {
      // An embedding is gathered when the first operation asks for its codes.
      if (graph.isLive(op.name()) && !(op instanceof Op.Embedding) && !fused.contains(op.name())) {
        op.accept(this);
        int skip = causality == null ? 0 : causality.skipped().get(op.name());
        skipped.addAll(Collections.nCopies(steps.size() - skipped.size(), skip));
      }
    }
    List<Plan.Result> results = new ArrayList<>();
    for (String output : model.outputs()) {
      results.add(result(output));
    }
    int[] rows = skipped.stream().mapToInt(skip -> skip).toArray();
    return new Plan(layout, steps.toArray(new Step[0]), rows, realInputs, margins, results);
  }

  private Plan.Result result(String name) {
    Value value = model.value(name);
    return value.isReal()
        ? new Plan.RealResult(reals.get(name), value.size())
        : new Plan.CodeResult(place(name), value.params(), value.size());
  }

  // Real values and embeddings.

  @Override
  public Void visit(Op.Quantize o) {
    int size = model.value(o.name()).size();
    return add(
        new ElementSteps.Quantize(reals.get(o.input()), o.params(), allocate(o.name()), size));
  }

  @Override
  public Void visit(Op.Embedding o) {
    int steps = positions(o.name());
    return add(
        new TokenSteps.Gather(graph.inputIndex(o.input()), o.table(), steps, allocate(o.name())));
  }

  @Override
  public Void visit(Op.EmbeddingBag o) {
    TokenSum tokens = tokenSum(o.name(), o.input(), o.table(), TextEncoder.PADDING);
    float scale = o.table().scale(0);
    return add(
        new TokenSteps.Bag(
            tokens, scale, o.mean(), o.output(), allocate(o.name()), o.table().dim(1)));
  }

  private TokenSum tokenSum(String op, String input, QuantizedTensor table, int skipped) {
    int dim = table.dim(1);
    int index = graph.inputIndex(input);
    int vocabulary = model.inputs().get(index).vocabularySize();
    int length = model.value(input).size();
    int pitch = kernels.pitch(dim);
    TokenTable rows =
        shared.get(
            op,
            "tokens",
            () -> new TokenTable(table.codes(), vocabulary, dim, null, 1, pitch, budget));
    return new TokenSum(kernels, index, skipped, rows, layout.rows(length), layout.ints(pitch));
  }

  // Products.

  @Override
  public Void visit(Op.Conv1d o) {
    Value in = model.value(o.input());
    QuantizedTensor w = o.weights();
    Window window =
        new Window(
            in.shape().get(0),
            model.value(o.name()).shape().get(0),
            w.dim(1),
            o.stride(),
            o.dilation(),
            o.padLeft(),
            o.padRight());
    return product(o, o.input(), w, o.bias(), window, o.output());
  }

  /** A dense layer is a convolution with one tap or, over flattened embeddings, a tap per step. */
  @Override
  public Void visit(Op.Dense o) {
    Op.Embedding embedding = graph.embedding(o.input());
    int rows = model.value(o.name()).size() / o.weights().dim(0);
    Window window = Window.plain(rows, rows, 1, 1);
    if (embedding != null && rows == 1) {
      int length = model.value(embedding.name()).shape().get(0);
      window = Window.plain(length, 1, length, 1);
    }
    return product(o, o.input(), o.weights(), o.bias(), window, o.output());
  }

  private Void product(
      Op op, String input, QuantizedTensor w, IntVector bias, Window window, Output output) {
    QuantParams in = model.value(input).params();
    int depth = w.codes().length / w.dim(0) / window.taps();
    Product product =
        shared.get(
            op.name(),
            "product",
            () -> product(w, bias, in, window.taps(), window.dilation() * depth));
    if (output instanceof Output.Codes out) {
      Requantization r =
          shared.get(op.name(), "requantization", () -> Requantization.ofProduct(in, w, bias, out));
      PoolFusion pool = PoolFusion.of(graph, op);
      if (pool != null) {
        return pooled(op, pool, input, product, window, r);
      }
      return convolution(
          op, input, product, window, new Finish.ToCodes(kernels, r, allocate(op.name())));
    }
    int slot = allocateReals(op.name());
    return convolution(op, input, product, window, new Finish.ToReals(bias, in.scale(), w, slot));
  }

  private Product product(
      QuantizedTensor w, IntVector bias, QuantParams in, int taps, int tapStep) {
    long bound = AccumulatorBound.check(in, w.codes(), w.dim(0), w.zeroPoint(), bias.toArray());
    return kernels.product(new ProductWeights(w, taps, tapStep, in.maxDistance(), bound));
  }

  private Void convolution(Op op, String input, Product product, Window window, Finish finish) {
    TokenWindows tokens = tokenWindows(op, input, product, window);
    if (tokens != null) {
      int acc = accumulators(product.channels);
      return add(new TokenSteps.Convolution(kernels, tokens, acc, finish));
    }
    ProductSteps.Source source = source(input, product, window);
    return add(new ProductSteps.Convolution(source, window.positions(), finish));
  }

  private Void pooled(
      Op op, PoolFusion fusion, String input, Product product, Window window, Requantization r) {
    int n = product.channels;
    PooledWindow pool =
        new PooledWindow(fusion.positions(), fusion.kernel(), fusion.stride(), accumulators(n));
    fused.add(fusion.pool().name());
    Place to =
        fusion.lookup() == null
            ? allocate(fusion.pool().name())
            : new Place(layout.ints(pool.positions() * n), 0);
    Finish finish = new Finish.ToCodes(kernels, r, to);
    TokenWindows tokens = tokenWindows(op, input, product, window);
    if (tokens != null) {
      int acc = accumulators(n);
      add(new TokenSteps.PooledConvolution(kernels, tokens, pool, acc, finish));
    } else {
      ProductSteps.Source source = source(input, product, window);
      add(new ProductSteps.PooledConvolution(kernels, source, pool, finish));
    }
    if (fusion.lookup() != null) {
      fused.add(fusion.lookup().name());
      lookup(fusion.lookup(), to, pool.positions() * n, allocate(fusion.pool().name()));
    }
    return null;
  }

  /** The rows of a product that reads embedded tokens; null if it does not, or has no room. */
  private TokenWindows tokenWindows(Op op, String input, Product product, Window window) {
    Op.Embedding e = graph.embedding(input);
    if (e == null) {
      return null;
    }
    int index = graph.inputIndex(e.input());
    int vocabulary = model.inputs().get(index).vocabularySize();
    TokenTable table =
        shared.get(
            op.name(),
            "tokens",
            () ->
                !budget.hasRoomForIndex((long) vocabulary * window.taps())
                    ? null
                    : new TokenTable(
                        e.table().codes(),
                        vocabulary,
                        e.table().dim(1),
                        product,
                        window.taps(),
                        kernels.pitch(product.channels),
                        budget));
    return table == null ? null : TokenWindows.of(index, table, window, layout);
  }

  private ProductSteps.Source source(String input, Product product, Window window) {
    return source(place(input), product, window);
  }

  private ProductSteps.Source source(Place from, Product product, Window window) {
    int pad = window.padLeft() * product.depth;
    return source(from, product, pad, window.stride() * product.depth, window.positions());
  }

  private ProductSteps.Source source(Place from, Product product, int pad, int step, int windows) {
    int at = from.offset() - pad;
    int end = at + (windows - 1) * step + product.reach();
    int pitch = kernels.pitch(product.channels);
    int acc = layout.ints(product.block() * pitch);
    int scratch = layout.reals(product.scratch(layout.intsSize(from.slot())));
    return new ProductSteps.Source(product, from.slot(), at, step, end, acc, pitch, scratch);
  }

  // Recurrence.

  @Override
  public Void visit(Op.Recurrent o) {
    QuantizedTensor w = o.weights();
    QuantizedTensor r = o.recurrent();
    int steps = positions(o.input());
    int rows = w.dim(0);
    QuantParams in = model.value(o.input()).params();
    int sums = layout.ints(steps * rows);
    convolution(
        o,
        o.input(),
        shared.get(o.name(), "product", () -> product(w, o.bias(), in, 1, w.dim(1))),
        Window.plain(steps, steps, 1, 1),
        new RecurrentSteps.ToSums(o.bias(), sums));
    Product product =
        shared.get(
            o.name(),
            "state",
            () -> product(r, IntVector.of(new int[rows]), o.output(), 1, o.units()));
    Place state = new Place(layout.ints(o.units()), 0);
    RecurrentStep step = shared.get(o.name(), "step", () -> ReferenceOps.step(in, o));
    return add(
        new RecurrentSteps.Recurrence(
            source(state, product, Window.plain(1, 1, 1, 1)),
            step,
            sums,
            o.cell().gates(),
            layout.ints(o.units()),
            mask(o.mask()),
            o.reverse(),
            steps,
            allocate(o.name())));
  }

  private RecurrentSteps.Mask mask(String name) {
    if (name == null) {
      return RecurrentSteps.Mask.NONE;
    }
    return codes.containsKey(name)
        ? new RecurrentSteps.Mask(-1, codes.get(name))
        : new RecurrentSteps.Mask(graph.inputIndex(name), null);
  }

  @Override
  public Void visit(Op.LastStep o) {
    Place from = place(o.input());
    return add(
        new RecurrentSteps.Last(
            mask(o.mask()), positions(o.input()), channels(o.input()), from, allocate(o.name())));
  }

  @Override
  public Void visit(Op.Masked o) {
    QuantParams params = model.value(o.name()).params();
    int fill = o.zero() ? 0 : params.qmin() - params.zeroPoint();
    Place from = place(o.input());
    return add(
        new RecurrentSteps.Masked(
            mask(o.mask()),
            fill,
            positions(o.input()),
            channels(o.input()),
            from,
            allocate(o.name())));
  }

  @Override
  public Void visit(Op.MaskedMean o) {
    int n = channels(o.input());
    Place from = place(o.input());
    return add(
        new RecurrentSteps.Mean(
            mask(o.mask()),
            positions(o.input()),
            n,
            model.value(o.input()).params().scale(),
            o.output(),
            layout.ints(n),
            from,
            allocate(o.name())));
  }

  @Override
  public Void visit(Op.NotZero o) {
    Place to = new Place(layout.ints(positions(o.inputs().get(0))), 0);
    codes.put(o.name(), to);
    boolean first = true;
    for (String input : o.inputs()) {
      boolean real = model.value(input).isReal();
      add(
          new RecurrentSteps.NotZero(
              first,
              real ? reals.get(input) : -1,
              real ? null : place(input),
              positions(input),
              channels(input),
              to));
      first = false;
    }
    return null;
  }

  // Transformers.

  @Override
  public Void visit(Op.Attention o) {
    int steps = positions(o.input());
    AttentionStep step =
        shared.get(o.name(), "step", () -> ReferenceOps.step(model.value(o.input()), o));
    Place from = place(o.input());
    return add(
        new AttentionSteps.Attention(
            step, mask(o.mask()), steps, layout.ints(steps), from, allocate(o.name())));
  }

  @Override
  public Void visit(Op.RealSum o) {
    List<AttentionSteps.Addend> addends = new ArrayList<>();
    for (String input : o.inputs()) {
      addends.add(new AttentionSteps.Addend(place(input), o.scales(model.value(input))));
    }
    int size = model.value(o.name()).size();
    return add(
        new AttentionSteps.RealSum(
            addends, o.output(), allocate(o.name()), size, channels(o.name())));
  }

  @Override
  public Void visit(Op.LayerNorm o) {
    int steps = model.value(o.name()).size() / channels(o.name());
    LayerNormStep step =
        shared.get(o.name(), "step", () -> ReferenceOps.step(model.value(o.input()), o));
    Place from = place(o.input());
    return add(new AttentionSteps.LayerNorm(step, steps, from, allocate(o.name())));
  }

  // Pooling.

  @Override
  public Void visit(Op.MaxPool1d o) {
    return max(o.name(), o.input(), o.kernel(), o.stride());
  }

  @Override
  public Void visit(Op.GlobalMaxPool o) {
    return max(o.name(), o.input(), positions(o.input()), 1);
  }

  private Void max(String name, String input, int kernel, int stride) {
    Place from = place(input);
    Window window = pooling(name, input, kernel, stride);
    int n = channels(input);
    return add(new PoolSteps.Max(kernels, from, allocate(name), window, accumulators(n), n));
  }

  @Override
  public Void visit(Op.AvgPool1d o) {
    return average(o.name(), o.input(), o.kernel(), o.stride(), o.output());
  }

  @Override
  public Void visit(Op.GlobalAvgPool o) {
    return average(o.name(), o.input(), positions(o.input()), 1, o.output());
  }

  private Void average(String name, String input, int kernel, int stride, QuantParams out) {
    int n = channels(input);
    Requantization r = Requantization.ofMean(model.value(input).params(), kernel, n, out);
    Finish finish = new Finish.ToCodes(kernels, r, allocate(name));
    Op.Embedding e = graph.embedding(input);
    boolean everything = shared.get(name, "everything", () -> kernel == positions(input));
    if (e != null && everything) { // as in the plan for the longest texts
      return add(new TokenSteps.Sum(tokenSum(name, e.input(), e.table(), -1), finish));
    }
    Window window = pooling(name, input, kernel, stride);
    return add(new PoolSteps.Average(kernels, place(input), window, accumulators(n), n, finish));
  }

  private Window pooling(String name, String input, int kernel, int stride) {
    return Window.plain(positions(input), positions(name), kernel, stride);
  }

  // Images.

  @Override
  public Void visit(Op.Conv2d o) {
    ImageWindows windows = windows(o.input(), o.name(), o.window());
    QuantizedTensor w = o.weights();
    QuantParams in = model.value(o.input()).params();
    long bound = AccumulatorBound.check(in, w.codes(), w.dim(0), w.zeroPoint(), o.bias().toArray());
    Place from = place(o.input());
    Finish finish = finish(o.name(), in, w, o.bias(), o.output());
    if (o.groups() > 1) {
      int multiplier = w.dim(0) / o.groups();
      int acc = accumulators(w.dim(0));
      return add(new ImageSteps.Depthwise(windows, from, w, multiplier, acc, finish));
    }
    int size = o.window().taps() * channels(o.input());
    Product product = kernels.product(new ProductWeights(w, 1, size, in.maxDistance(), bound));
    int patches = layout.ints(product.block() * size);
    ProductSteps.Source source = source(new Place(patches, 0), product, 0, size, product.block());
    return add(new ImageSteps.Convolution(windows, from, source, size, finish));
  }

  private Finish finish(
      String name, QuantParams in, QuantizedTensor w, IntVector bias, Output output) {
    if (output instanceof Output.Codes out) {
      Requantization r = Requantization.ofProduct(in, w, bias, out);
      return new Finish.ToCodes(kernels, r, allocate(name));
    }
    return new Finish.ToReals(bias, in.scale(), w, allocateReals(name));
  }

  private ImageWindows windows(String input, String output, Window2d window) {
    return new ImageWindows(model.value(input).shape(), model.value(output).shape(), window);
  }

  @Override
  public Void visit(Op.MaxPool2d o) {
    int n = channels(o.input());
    ImageWindows windows = windows(o.input(), o.name(), o.window());
    Place from = place(o.input());
    return add(new ImageSteps.Max(kernels, windows, from, allocate(o.name()), accumulators(n)));
  }

  @Override
  public Void visit(Op.AvgPool2d o) {
    int n = channels(o.input());
    QuantParams in = model.value(o.input()).params();
    Requantization r = Requantization.ofMean(in, o.window().taps(), n, o.output());
    ImageWindows windows = windows(o.input(), o.name(), o.window());
    Place from = place(o.input());
    Place to = allocate(o.name());
    Finish finish =
        o.inside()
            ? new Finish.ToMeans(windows, in.scale(), o.output(), n, to)
            : new Finish.ToCodes(kernels, r, to);
    return add(new ImageSteps.Average(kernels, windows, from, accumulators(n), finish));
  }

  @Override
  public Void visit(Op.GlobalSumPool o) {
    int n = channels(o.input());
    float scale = model.value(o.input()).params().scale();
    Window window = pooling(o.name(), o.input(), positions(o.input()), 1);
    Place from = place(o.input());
    Finish finish = new Finish.ToSum(scale, o.output(), n, allocate(o.name()));
    return add(new PoolSteps.Average(kernels, from, window, accumulators(n), n, finish));
  }

  // Moving codes.

  @Override
  public Void visit(Op.Select o) {
    return move(o, Rearrangement.of(o, model.value(o.input()).shape()));
  }

  @Override
  public Void visit(Op.Transpose o) {
    return move(o, Rearrangement.of(o, model.value(o.input()).shape()));
  }

  @Override
  public Void visit(Op.Reshape o) {
    return move(o, Rearrangement.none(model.value(o.input()).size()));
  }

  private Void move(Op op, int[] sources) {
    Place from = place(op.inputs().get(0));
    return add(new ElementSteps.Move(IntVector.of(sources), from, allocate(op.name())));
  }

  @Override
  public Void visit(Op.Elementwise o) {
    List<Place> from = new ArrayList<>();
    float scale = 1;
    for (String input : o.inputs()) {
      float s = model.value(input).params().scale();
      scale = o.function() == Op.Elementwise.Function.PRODUCT ? scale * s : s;
      from.add(place(input));
    }
    int size = model.value(o.name()).size();
    Place to = allocate(o.name());
    return add(new ElementSteps.Combination(o.function(), from, scale, o.output(), to, size));
  }

  // Element by element.

  @Override
  public Void visit(Op.Concat o) {
    int outWidth = channels(o.name());
    int rows = model.value(o.name()).size() / outWidth;
    Place to = allocate(o.name());
    int at = 0;
    for (String input : o.inputs()) {
      QuantParams in = model.value(input).params();
      int width = channels(input);
      Place from = place(input);
      Place part = new Place(to.slot(), to.offset() + at);
      if (isWide(in)) {
        add(new ElementSteps.Rescale(in.scale(), o.output(), from, part, rows, width, outWidth));
      } else {
        IntVector table = shared.get(o.name(), input, () -> rescaled(in, o.output()));
        int lowest = in.qmin() - in.zeroPoint();
        add(new ElementSteps.Map(table, lowest, from, part, rows, width, outWidth));
      }
      at += width;
    }
    return null;
  }

  /** Whether a table of its codes would not stay in the processor's cache: 16 bits, not bytes. */
  private static boolean isWide(QuantParams in) {
    return in.qmax() - in.qmin() >= 1 << Byte.SIZE;
  }

  private static IntVector rescaled(QuantParams in, QuantParams out) {
    int[] table = new int[in.qmax() - in.qmin() + 1];
    for (int i = 0; i < table.length; i++) {
      table[i] = out.quantize(in.dequantize(in.qmin() + i)) - out.zeroPoint();
    }
    return IntVector.of(table);
  }

  @Override
  public Void visit(Op.Add o) {
    int lowest = 0;
    int highest = 0;
    List<Place> from = new ArrayList<>();
    for (String input : o.inputs()) {
      QuantParams in = model.value(input).params();
      lowest += in.qmin() - in.zeroPoint();
      highest += in.qmax() - in.zeroPoint();
      from.add(place(input));
    }
    float scale = model.value(o.inputs().get(0)).params().scale();
    int[] table = new int[highest - lowest + 1];
    for (int i = 0; i < table.length; i++) {
      table[i] = o.output().quantize((float) (lowest + i) * scale) - o.output().zeroPoint();
    }
    int size = model.value(o.name()).size();
    return add(new ElementSteps.Add(IntVector.of(table), lowest, from, allocate(o.name()), size));
  }

  @Override
  public Void visit(Op.Lookup o) {
    return lookup(o, place(o.input()), model.value(o.name()).size(), allocate(o.name()));
  }

  private Void lookup(Op.Lookup o, Place from, int size, Place to) {
    QuantParams in = model.value(o.input()).params();
    IntVector table = shared.get(o.name(), "table", () -> lowered(o));
    int lowest = in.qmin() - in.zeroPoint();
    return add(new ElementSteps.Map(table, lowest, from, to, 1, size, size));
  }

  private static IntVector lowered(Op.Lookup o) {
    int[] table = o.table().toArray();
    for (int i = 0; i < table.length; i++) {
      table[i] -= o.output().zeroPoint();
    }
    return IntVector.of(table);
  }

  @Override
  public Void visit(Op.Flatten o) {
    if (graph.embedding(o.name()) == null) {
      codes.put(o.name(), place(o.input()));
    }
    return null;
  }

  @Override
  public Void visit(Op.Softmax o) {
    int size = model.value(o.name()).size();
    int from = reals.get(o.input());
    return add(
        new ElementSteps.Probabilities(from, allocateReals(o.name()), size, channels(o.name())));
  }

  @Override
  public Void visit(Op.RealFunction o) {
    int from = reals.get(o.input());
    int size = model.value(o.name()).size();
    return add(new ElementSteps.Functions(o, from, allocateReals(o.name()), size));
  }

  // Places.

  private Void add(Step step) {
    steps.add(step);
    return null;
  }

  /** Accumulators of one position. */
  private int accumulators(int channels) {
    return layout.ints(kernels.pitch(channels));
  }

  /** Where the codes of a value lie; an embedding is gathered now, unless it was before. */
  private Place place(String name) {
    Place place = codes.get(name);
    if (place == null) {
      Op.Embedding e = graph.embedding(name);
      place = codes.get(e.name());
      if (place == null) {
        e.accept(this);
        place = codes.get(e.name());
      }
      codes.put(name, place);
    }
    return place;
  }

  /** Room for the codes of a value, between margins of zeros for the padding of who reads it. */
  private Place allocate(String name) {
    int before = graph.padLeft(name) * channels(name);
    int behind = graph.padRight(name) * channels(name);
    int size = before + model.value(name).size();
    Place place = new Place(layout.ints(size + behind), before);
    codes.put(name, place);
    if (behind > 0) {
      margins.add(new Plan.Margin(place.slot(), size, size + behind));
    }
    return place;
  }

  private int allocateReals(String name) {
    int slot = layout.reals(model.value(name).size());
    reals.put(name, slot);
    return slot;
  }

  private int channels(String name) {
    List<Integer> shape = model.value(name).shape();
    return shape.get(shape.size() - 1);
  }

  /** Steps of a sequence, or pixels of an image. */
  private int positions(String name) {
    return model.value(name).size() / channels(name);
  }
}
