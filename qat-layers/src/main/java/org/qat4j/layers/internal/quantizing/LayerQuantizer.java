package org.qat4j.layers.internal.quantizing;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.internal.Observations;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.WeightGrid;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.Mode;
import org.qat4j.quantizer.WeightSpec;

/**
 * All quantizers of one layer, with the modes in which a network runs. Training: observe, then
 * fake-quantize. Evaluation: integer codes.
 */
public final class LayerQuantizer {
  private final Layer layer;
  private final QuantSettings settings;
  private final QuantState state;
  private final Map<Slot, ActivationQuantizer> slots = new EnumMap<>(Slot.class);
  private Mode mode = Mode.QAT;
  private boolean fresh;
  private boolean observing;
  private INDArray mask;

  /** Of each matrix of weights, by its key. */
  private final Map<String, WeightQuantization> weights = new TreeMap<>();

  /** Of an embedding; null otherwise. */
  private TableQuantizer table;

  /** What the layer is taught to hand on, or null. */
  private HiddenTarget target;

  private final ProductCache products = new ProductCache();

  /** Stand in for what was calibrated while a candidate is frozen; null otherwise. */
  private Substitute substitute;

  /** Take in what a calibration observes; empty where nothing is recorded. */
  private Map<Slot, Observations> recording = Map.of();

  private boolean stale;
  private boolean substituting;

  public LayerQuantizer(Layer layer) {
    this.layer = layer;
    this.settings = ((QatLayerConf) layer.conf().getLayer()).getQuant();
    this.state = new QuantState(layer);
    for (Slot slot : settings.owned()) {
      slots.put(slot, new ActivationQuantizer(settings, state, slot));
    }
  }

  /** For a layer that multiplies by a matrix. */
  public static LayerQuantizer ofProduct(
      Layer layer, WeightQuantization.Layout layout, long outputChannels) {
    LayerQuantizer q = new LayerQuantizer(layer);
    q.addWeights(DefaultParamInitializer.WEIGHT_KEY, layout, outputChannels);
    return q;
  }

  /** Declares a matrix of weights. */
  public void addWeights(String key, WeightQuantization.Layout layout, long outputChannels) {
    weights.put(key, new WeightQuantization(settings, state, key, layout, outputChannels));
  }

  /** For a layer that gathers rows of a table. */
  public static LayerQuantizer ofTable(Layer layer) {
    LayerQuantizer q = new LayerQuantizer(layer);
    q.table = new TableQuantizer(q.settings, q.state, layer);
    return q;
  }

  /**
   * The quantizer of a layer of DL4J, which may lie within other layers.
   *
   * @param layer that stands in the network
   * @param name of the quantized layer
   * @return null if no layer of that network is quantized by this name
   */
  public static LayerQuantizer of(Layer layer, String name) {
    if (layer instanceof QatLayer quantized) {
      return quantized.quantizer();
    }
    return layer.params() == null ? null : QuantizerRegistry.findOrNull(layer.params(), name);
  }

  public QuantSettings settings() {
    return settings;
  }

  /** The layer. */
  public Layer layer() {
    return layer;
  }

  /** Configuration of the layer. */
  public org.deeplearning4j.nn.conf.layers.Layer conf() {
    return layer.conf().getLayer();
  }

  /** Which steps of what the layer makes are padding; null for none. */
  public INDArray mask() {
    return mask;
  }

  public Mode mode() {
    return mode;
  }

  /** Switches the mode; leaving {@link Mode#CALIBRATE} sets the ranges. */
  public void setMode(Mode next) {
    if (mode == Mode.CALIBRATE) {
      slots.values().forEach(ActivationQuantizer::endCalibration);
      recording = Map.of();
    }
    if (next == Mode.CALIBRATE) {
      slots.forEach((slot, q) -> q.beginCalibration(recording.get(slot)));
      calibrateWeights();
      state.setMasked(false);
    }
    mode = next;
  }

  private void calibrateWeights() {
    weights.forEach((key, w) -> w.calibrate(layer.getParam(key)));
    if (table != null) {
      table.calibrate();
    }
  }

  /**
   * Records what the next calibration observes.
   *
   * @return one for each place where this layer has a quantizer of its own; empty now
   */
  public Map<Slot, Observations> record() {
    recording = new EnumMap<>(Slot.class);
    slots.keySet().forEach(slot -> recording.put(slot, new Observations()));
    return recording;
  }

  /**
   * What a calibration with another specification would have come to.
   *
   * @param activations how ranges become scales and zero points
   * @param ranges for each slot that the layer owns
   * @param weights of each matrix of weights or the table, by its key
   * @param masked whether the layer was given a mask
   */
  public record Substitute(
      ActivationSpec activations,
      Map<Slot, Range> ranges,
      Map<String, WeightGrid> weights,
      boolean masked) {
    private QuantParams params(Slot slot) {
      Range range = ranges.get(slot);
      return activations.params(range.lo(), range.hi(), activations.bits());
    }
  }

  /** Freezes with other scales and zero points from now on; null goes back to the layer's own. */
  public void substitute(Substitute tried) {
    substitute = tried;
  }

  /** Whether the layer has weights or a table. */
  public boolean hasWeights() {
    return table != null || !weights.isEmpty();
  }

  /**
   * The grids that a specification gives each matrix of weights, or the table, as it is, before
   * they are adjusted; by its key.
   */
  public Map<String, WeightGrid> searchWeights(WeightSpec spec) {
    Map<String, WeightGrid> grids = new TreeMap<>();
    weights.forEach(
        (key, w) ->
            grids.put(key, ranges(spec, key).search(weightsByChannel(key), w.channels(), 0)));
    if (table != null) {
      String key = DefaultParamInitializer.WEIGHT_KEY;
      INDArray w = layer.getParam(key);
      grids.put(key, ranges(spec, key).search(Floats.read(w), (int) w.size(0), 0));
    }
    return grids;
  }

  /** What {@link #searchWeights} gave, as it is after a calibration with the specification. */
  public Map<String, WeightGrid> calibrated(WeightSpec spec, Map<String, WeightGrid> searched) {
    Map<String, WeightGrid> grids = new TreeMap<>();
    searched.forEach((key, grid) -> grids.put(key, ranges(spec, key).calibrated(grid)));
    return grids;
  }

  private WeightRanges ranges(WeightSpec spec, String key) {
    QuantSettings other = settings.withSpec(settings.spec().withWeights(spec));
    return new WeightRanges(other, state, key);
  }

  /** Whether this pass computes on integer codes. */
  public boolean integer(boolean training) {
    return !training && mode == Mode.QAT;
  }

  /** Whether this pass is fake-quantized. */
  public boolean fake(boolean training) {
    return training && mode == Mode.QAT && state.steps() > settings.schedule().fakeQuantFrom();
  }

  /** Training steps that this layer has seen. */
  public long trainingSteps() {
    return state.steps();
  }

  /** Tells that the layer was given a new input. */
  public void newInput() {
    fresh = true;
  }

  /** Tells which steps of the values that the layer makes are padding; null for none. */
  public void setMask(INDArray mask) {
    this.mask = mask;
  }

  /**
   * Begins a pass, once for each input: counts the step and observes and fake-quantizes the input
   * where this layer owns its quantizer.
   *
   * @param inputMask [n, t] or null
   * @return {@code x} itself, or a copy in the INPUT workspace
   */
  public INDArray begin(
      INDArray x, INDArray inputMask, boolean training, LayerWorkspaceMgr workspaces) {
    if (!fresh) {
      return x;
    }
    fresh = false;
    stale = true;
    if (training && mode == Mode.QAT) {
      state.countStep();
    }
    observing = observes(training);
    if (inputMask != null && (observing || fake(training)) && !state.masked()) {
      state.setMasked(true);
    }
    ActivationQuantizer q = slots.get(Slot.INPUT);
    if (q == null) {
      return x;
    }
    if (observing) {
      q.observe(x, inputMask);
    }
    DataType type = layer.params().dataType(); // features may be integers, as anywhere in DL4J
    if (!fake(training)) {
      return x.dataType() == type ? x : workspaces.castTo(ArrayType.INPUT, type, x, false);
    }
    INDArray copy =
        x.dataType() == type
            ? workspaces.dup(ArrayType.INPUT, x, 'c')
            : workspaces.dup(ArrayType.INPUT, x.castTo(type), 'c');
    q.fakeQuantize(copy);
    return copy;
  }

  private boolean observes(boolean training) {
    return training
        ? mode == Mode.QAT && settings.schedule().observesIn(state.steps())
        : mode == Mode.CALIBRATE;
  }

  /**
   * Computes with fake-quantized weights where this pass has them, then observes and fake-quantizes
   * what was made.
   */
  public INDArray forward(boolean training, Supplier<INDArray> compute) {
    return compared(quantize(Slot.OUTPUT, withWeights(training, compute), training), training);
  }

  /** Compares what the layer hands on with what it is taught. */
  public INDArray compared(INDArray y, boolean training) {
    if (training && target != null) {
      target.compare(y, mask);
    }
    return y;
  }

  /** The gradient of what the layer hands on, with that of what it is taught. */
  public INDArray taught(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return target == null ? epsilon : target.addGradient(epsilon, workspaces);
  }

  /**
   * Teaches the layer what to hand on in the next training step.
   *
   * @param values like those that the layer hands on, or null to end the lessons
   * @param weight of the mean over the values of ½·(own − taught)²
   */
  public void teach(INDArray values, float weight) {
    target = values == null ? null : new HiddenTarget(settings.layer(), values, weight);
  }

  /** Computes with fake-quantized weights where this pass has them. */
  public <T> T withWeights(boolean training, Supplier<T> compute) {
    if (weights.isEmpty() || substituting || !fake(training)) {
      return compute.get();
    }
    if (stale) {
      weights.forEach((key, w) -> w.refresh(layer.getParam(key)));
      stale = false;
    }
    substituting = true;
    try {
      return compute.get();
    } finally {
      substituting = false;
    }
  }

  /**
   * A parameter as the layer shall see it.
   *
   * @param own the layer's own
   */
  public INDArray param(String key, INDArray own) {
    return substituting && weights.containsKey(key) ? weights.get(key).last() : own;
  }

  /**
   * The backward pass around that of DL4J's layer: through the quantizers of what was made, of the
   * weights, and of what was read.
   *
   * @param backprop DL4J's own
   */
  public Pair<Gradient, INDArray> backward(
      INDArray epsilon,
      LayerWorkspaceMgr workspaces,
      Function<INDArray, Pair<Gradient, INDArray>> backprop) {
    INDArray made = gradient(Slot.OUTPUT, taught(epsilon, workspaces), workspaces);
    INDArray delta = gradient(Slot.PRE, made, workspaces);
    return backward(workspaces, () -> backprop.apply(delta));
  }

  /** The same for a layer that takes the gradient through what it made by itself. */
  public Pair<Gradient, INDArray> backward(
      LayerWorkspaceMgr workspaces, Supplier<Pair<Gradient, INDArray>> backprop) {
    Pair<Gradient, INDArray> back = withWeights(true, backprop);
    back.setSecond(gradient(Slot.INPUT, back.getSecond(), workspaces));
    Map<String, INDArray> gradients = back.getFirst().gradientForVariable();
    if (fake(true)) {
      weights.forEach((key, w) -> w.backward(gradients.get(key)));
    }
    for (String key : layer.paramTable().keySet()) {
      if (QuantParamInitializer.isRange(key)) {
        gradients.put(key, state.gradient(key));
      }
    }
    return back;
  }

  /** Whether what the layer makes is observed in this pass. */
  public boolean observing() {
    return observing;
  }

  /** Observes an array of this layer, where this pass does that. */
  public void observe(Slot slot, INDArray y) {
    if (observing) {
      require(slot).observe(y, mask);
    }
  }

  /** Whether a range was observed, or set, in a slot. */
  public boolean hasRange(Slot slot) {
    return require(slot).hasRange();
  }

  /** Whether this layer was given a mask when it was calibrated or trained. */
  public boolean masked() {
    return substitute != null ? substitute.masked : state.masked();
  }

  /** Observes and fake-quantizes an array of this layer in place. */
  INDArray quantize(Slot slot, INDArray y, boolean training) {
    ActivationQuantizer q = slots.get(slot);
    if (q == null) {
      return y;
    }
    if (observing) {
      q.observe(y, mask);
    }
    return fake(training) ? fakeQuantize(slot, q, y) : y;
  }

  /**
   * Quantizes what goes into an activation function that is looked up.
   *
   * @param again whether DL4J computes its forward pass again, so that nothing is observed twice
   */
  public INDArray preActivation(INDArray z, boolean training, boolean again) {
    return within(Slot.PRE, z, training, again);
  }

  /** The same at any place within the layer. */
  public INDArray within(Slot slot, INDArray z, boolean training, boolean again) {
    if (!again) {
      return quantize(slot, z, training);
    }
    ActivationQuantizer q = slots.get(slot);
    return q != null && fake(true) ? fakeQuantize(slot, q, z) : z;
  }

  private INDArray fakeQuantize(Slot slot, ActivationQuantizer q, INDArray y) {
    INDArray dense = Floats.dense(y) ? y : y.dup('c');
    if (slot == Slot.OUTPUT && isJoined()) {
      q.fakeQuantize(dense, joined());
    } else {
      q.fakeQuantize(dense);
    }
    if (dense != y) {
      y.assign(dense);
    }
    return y;
  }

  /** Gradient of what was quantized in a slot before it was. */
  public INDArray gradient(Slot slot, INDArray epsilon, LayerWorkspaceMgr workspaces) {
    ActivationQuantizer q = slots.get(slot);
    if (q == null || epsilon == null || !fake(true)) {
      return epsilon;
    }
    ArrayType where = slot == Slot.INPUT ? ArrayType.ACTIVATION_GRAD : ArrayType.BP_WORKING_MEM;
    return q.gradient(epsilon, where, workspaces);
  }

  /** Rounds the gathered rows of an embedding, in training and in evaluation. */
  public INDArray quantizedRows(INDArray rows, boolean training) {
    if (integer(training) || fake(training)) {
      table.quantize(rows, training);
    }
    return compared(rows, training);
  }

  /** Gradient of gathered rows before they were rounded. */
  public INDArray rowGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return fake(true) ? table.gradient(epsilon, workspaces) : epsilon;
  }

  /** Quantizer of an embedding's rows. */
  public TableQuantizer table() {
    return table;
  }

  /**
   * The integer product of this layer as its parameters are now.
   *
   * @param bias or null
   * @param make makes it
   */
  public IntegerProduct product(float[] bias, QuantParams input, Supplier<IntegerProduct> make) {
    INDArray kept = state.param(QuantParamInitializer.WEIGHT_RANGES);
    return products.get(
        state.param(DefaultParamInitializer.WEIGHT_KEY),
        bias,
        kept == null ? null : Floats.read(kept),
        input,
        state.steps(),
        make);
  }

  /** Scales of an embedding's table. */
  public WeightGrid tableGrid() {
    return substitute != null
        ? substitute.weights.get(DefaultParamInitializer.WEIGHT_KEY)
        : table.grid();
  }

  /** Grid of weights [channels, k] of this layer. */
  public WeightGrid grid(String key, float[] byChannel) {
    return substitute != null ? substitute.weights.get(key) : weights.get(key).grid(byChannel);
  }

  /** Weights of the layer as [channels, k], row-major. */
  public float[] weightsByChannel(String key) {
    return weights.get(key).byChannel(layer.getParam(key));
  }

  /** Weights of a layer of the same shape that is not quantized, as [channels, k], row-major. */
  public float[] weightsByChannel(INDArray weights) {
    return this.weights.get(DefaultParamInitializer.WEIGHT_KEY).byChannel(weights);
  }

  /** Replaces the layer's weights by values [channels, k], row-major. */
  public void setWeightsByChannel(float[] values) {
    weights
        .get(DefaultParamInitializer.WEIGHT_KEY)
        .setByChannel(layer.getParam(DefaultParamInitializer.WEIGHT_KEY), values);
  }

  /** The normalization behind this layer that its product takes over; null for none. */
  public Normalization folded() {
    return settings.foldRef() == null
        ? null
        : QuantizerRegistry.find(layer.params(), settings.foldRef()).normalization();
  }

  /** Of a layer that normalizes. */
  public Normalization normalization() {
    return Normalization.of(
        (org.deeplearning4j.nn.conf.layers.BatchNormalization) conf(), layer.paramTable());
  }

  /** Whether running statistics are used in this step of a training too. */
  public boolean statisticsFrozen() {
    return mode == Mode.QAT && state.steps() > settings.schedule().freezeBatchNormAfter();
  }

  /** Scale and zero point of what this layer reads. */
  public QuantParams inputParams() {
    return resolve(settings.inputRef());
  }

  /** Scale and zero point of what this layer hands on. */
  public QuantParams outputParams() {
    return resolve(settings.outputRef());
  }

  /** Scale and zero point of the quantizer in a slot of this layer. */
  public QuantParams params(Slot slot) {
    if (slot == Slot.OUTPUT && table != null && !settings.owns(slot)) {
      return tableGrid().params(0);
    }
    if (slot == Slot.OUTPUT && settings.owns(slot) && isJoined()) {
      return joined();
    }
    ActivationQuantizer own = require(slot);
    return substitute != null ? substitute.params(slot) : own.params();
  }

  /** Observed range of a slot as {lo, hi}, or null where this layer has no quantizer there. */
  public float[] range(Slot slot) {
    ActivationQuantizer q = slots.get(slot);
    if (q == null || substitute == null) {
      return q == null ? null : q.range();
    }
    Range tried = substitute.ranges.get(slot);
    return new float[] {tried.lo(), tried.hi()};
  }

  /** Fixes the range of a slot. */
  public void setRange(Slot slot, float lo, float hi) {
    require(slot).setRange(lo, hi);
  }

  private ActivationQuantizer require(Slot slot) {
    ActivationQuantizer q = slots.get(slot);
    if (q == null) {
      throw new QatException("layer \"" + settings.layer() + "\" has no quantizer at " + slot);
    }
    return q;
  }

  private QuantParams resolve(String reference) {
    if (reference == null) {
      throw new QatException("layer \"" + settings.layer() + "\" has no such quantizer");
    }
    return reference.equals(settings.outputRef()) && settings.owns(Slot.OUTPUT)
        ? params(Slot.OUTPUT)
        : resolve(layer.params(), reference);
  }

  /** The layer that has the first quantizer of a reference, in the network of these parameters. */
  public static LayerQuantizer ownerOf(INDArray networkParams, String reference) {
    String first = QuantSettings.parts(reference).get(0);
    return QuantizerRegistry.find(networkParams, first.substring(0, first.lastIndexOf('/')));
  }

  /** Scale and zero point of a quantizer, or of several that share one range. */
  public static QuantParams resolve(INDArray networkParams, String reference) {
    String first = QuantSettings.parts(reference).get(0);
    Slot slot = Slot.valueOf(first.substring(first.lastIndexOf('/') + 1));
    return ownerOf(networkParams, reference).params(slot);
  }

  /** The range of all quantizers that share one with what this layer makes. */
  private QuantParams joined() {
    float[] all = null;
    for (String part : QuantSettings.parts(settings.outputRef())) {
      LayerQuantizer owner = ownerOf(layer.params(), part);
      ActivationQuantizer q = owner.slots.get(Slot.OUTPUT);
      if (q != null && (owner.substitute != null || q.hasRange())) {
        float[] range = owner.range(Slot.OUTPUT);
        all =
            all == null
                ? range
                : new float[] {Math.min(all[0], range[0]), Math.max(all[1], range[1])};
      }
    }
    if (all == null) {
      return require(Slot.OUTPUT).params();
    }
    return substitute == null
        ? require(Slot.OUTPUT).covering(all)
        : substitute.activations.params(all[0], all[1], substitute.activations.bits());
  }

  private boolean isJoined() {
    return settings.outputRef() != null && QuantSettings.parts(settings.outputRef()).size() > 1;
  }
}
