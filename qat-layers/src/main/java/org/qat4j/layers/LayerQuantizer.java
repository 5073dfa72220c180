package org.qat4j.layers;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;

/**
 * All quantizers of one layer, with the modes in which a network runs. Training: observe, then
 * fake-quantize. Evaluation: integer codes.
 */
public final class LayerQuantizer {
  /** How the layer behaves. Lives as long as the layer object; new networks are in QAT mode. */
  public enum Mode {
    /** Fake quantization in training, integer codes in evaluation. */
    QAT,
    /** Float arithmetic in evaluation; ranges are observed. */
    CALIBRATE,
    /** Float arithmetic; nothing is observed. */
    FLOAT
  }

  /** Place of the step counter in the state: behind the three floats of the first slot. */
  private static final int STEPS = 3;

  private final QuantSettings settings;
  private final Map<Slot, ActivationQuantizer> slots = new EnumMap<>(Slot.class);
  private final WeightFakeQuant weights;
  private Mode mode = Mode.QAT;
  private INDArray paramsView;
  private INDArray steps;
  private boolean fresh;
  private boolean observing;
  private Supplier<QuantParams> table;

  LayerQuantizer(QuantSettings settings) {
    this.settings = settings;
    this.weights = new WeightFakeQuant(settings);
    if (settings.owns(Slot.INPUT)) {
      slots.put(Slot.INPUT, new ActivationQuantizer(settings, Slot.INPUT));
    }
    if (settings.owns(Slot.PRE)) {
      slots.put(Slot.PRE, new ActivationQuantizer(settings, Slot.PRE));
    }
    if (settings.owns(Slot.OUTPUT)) {
      slots.put(Slot.OUTPUT, new ActivationQuantizer(settings, Slot.OUTPUT));
    }
  }

  /** Connects to the layer's parameters. */
  void attach(INDArray layerParams, INDArray state) {
    this.paramsView = layerParams;
    slots.forEach(
        (slot, quantizer) -> {
          long from = slot.offset();
          INDArray flat = state.reshape(state.length());
          quantizer.attach(
              flat.get(NDArrayIndex.interval(from, from + QuantStateInitializer.SLOT_SIZE)));
        });
    steps = state.reshape(state.length()).get(NDArrayIndex.interval(STEPS, STEPS + 1));
    QuantizerRegistry.register(layerParams, settings.layer(), this);
  }

  public QuantSettings settings() {
    return settings;
  }

  public Mode mode() {
    return mode;
  }

  public void setMode(Mode mode) {
    this.mode = mode;
  }

  /** Whether this pass computes on integer codes. */
  boolean integer(boolean training) {
    return !training && mode == Mode.QAT;
  }

  /** Training steps that this layer has seen. */
  public long trainingSteps() {
    return (long) steps.getFloat(0);
  }

  /** Tells that the layer was given a new input. */
  void newInput() {
    fresh = true;
  }

  /**
   * Begins a pass, once for each input: counts the step and observes and fake-quantizes the input
   * where this layer owns its quantizer.
   *
   * @return {@code x} itself, or a copy in the INPUT workspace
   */
  INDArray begin(INDArray x, boolean training, LayerWorkspaceMgr workspaces) {
    observing = false;
    if (!fresh) {
      return x;
    }
    fresh = false;
    if (training && mode == Mode.QAT) {
      steps.putScalar(0, steps.getFloat(0) + 1f);
    }
    observing = observes(training);
    ActivationQuantizer q = slots.get(Slot.INPUT);
    if (q == null) {
      return x;
    }
    observe(q, x);
    if (!fake(training)) {
      return x;
    }
    INDArray copy = workspaces.dup(ArrayType.INPUT, x, 'c');
    q.fakeQuantize(copy);
    return copy;
  }

  private boolean observes(boolean training) {
    if (training) {
      return mode == Mode.QAT && trainingSteps() <= settings.schedule().freezeObserversAfter();
    }
    return mode == Mode.CALIBRATE;
  }

  /** Whether this pass is fake-quantized. */
  boolean fake(boolean training) {
    return training && mode == Mode.QAT && trainingSteps() > settings.schedule().fakeQuantFrom();
  }

  private void observe(ActivationQuantizer q, INDArray x) {
    if (observing || (mode == Mode.QAT && !q.hasRange())) {
      q.observe(x);
    }
  }

  /** Weights to compute with in this pass. */
  INDArray weights(INDArray w, int channels, boolean channelsFastest, boolean training) {
    return fake(training) ? weights.refresh(w, channels, channelsFastest) : w;
  }

  /** The weights that the last forward pass computed with, for the backward pass. */
  INDArray sameWeights(INDArray w) {
    return fake(true) ? weights.last() : w;
  }

  /** Observes and fake-quantizes an array of this layer in place. */
  INDArray quantize(Slot slot, INDArray y, boolean training) {
    ActivationQuantizer q = slots.get(slot);
    if (q == null) {
      return y;
    }
    observe(q, y);
    if (!fake(training)) {
      return y;
    }
    if (Floats.dense(y)) {
      q.fakeQuantize(y);
    } else {
      INDArray dense = y.dup('c');
      q.fakeQuantize(dense);
      y.assign(dense);
    }
    return y;
  }

  /** Gradient before the quantizer of a slot: that behind it where nothing was clipped (13). */
  INDArray gradient(Slot slot, INDArray epsilon, LayerWorkspaceMgr workspaces) {
    ActivationQuantizer q = slots.get(slot);
    if (q == null || epsilon == null || !fake(true)) {
      return epsilon;
    }
    ArrayType where = slot == Slot.INPUT ? ArrayType.ACTIVATION_GRAD : ArrayType.BP_WORKING_MEM;
    return q.gradient(epsilon, where, workspaces);
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
    ActivationQuantizer q = slots.get(slot);
    if (q != null) {
      return q.params();
    }
    if (slot == Slot.OUTPUT && table != null) {
      return table.get();
    }
    throw new QatException("layer \"" + settings.layer() + "\" has no quantizer at " + slot);
  }

  /** Observed range of a slot as {lo, hi}, or null where this layer has no quantizer there. */
  public float[] range(Slot slot) {
    ActivationQuantizer q = slots.get(slot);
    return q == null ? null : new float[] {q.lo(), q.hi()};
  }

  /** Fixes the range of a slot. */
  public void setRange(Slot slot, float lo, float hi) {
    ActivationQuantizer q = slots.get(slot);
    if (q == null) {
      throw new QatException("layer \"" + settings.layer() + "\" has no quantizer at " + slot);
    }
    q.setRange(lo, hi);
  }

  /** For embeddings, whose output has the scale of their table. */
  void outputFromTable(Supplier<QuantParams> params) {
    this.table = params;
  }

  private QuantParams resolve(String reference) {
    if (reference == null) {
      throw new QatException("layer \"" + settings.layer() + "\" has no such quantizer");
    }
    int slash = reference.lastIndexOf('/');
    String layer = reference.substring(0, slash);
    Slot slot = Slot.valueOf(reference.substring(slash + 1));
    LayerQuantizer owner =
        layer.equals(settings.layer()) ? this : QuantizerRegistry.find(paramsView, layer);
    return owner.params(slot);
  }
}
