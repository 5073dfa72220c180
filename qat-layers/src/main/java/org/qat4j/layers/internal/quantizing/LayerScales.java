package org.qat4j.layers.internal.quantizing;

import java.util.EnumMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.internal.Observations;
import org.qat4j.numerics.QuantParams;

/**
 * Scales and zero points of what one quantized layer reads, makes and has within: the ranges of its
 * own quantizers, and the way to those of other layers that it shares.
 */
public final class LayerScales {
  private final Layer layer;
  private final QuantSettings settings;
  private final QuantState state;
  private final LayerWeights weights;
  private final Map<Slot, ActivationQuantizer> slots = new EnumMap<>(Slot.class);

  /** Stands in for what was calibrated while a candidate is frozen; null otherwise. */
  private Substitute substitute;

  /** Take in what a calibration observes; empty where nothing is recorded. */
  private Map<Slot, Observations> recording = Map.of();

  LayerScales(Layer layer, QuantSettings settings, QuantState state, LayerWeights weights) {
    this.layer = layer;
    this.settings = settings;
    this.state = state;
    this.weights = weights;
    for (Slot slot : settings.owned()) {
      slots.put(slot, new ActivationQuantizer(settings, state, slot));
    }
  }

  /** The quantizer of this layer in a slot, or null. */
  ActivationQuantizer quantizer(Slot slot) {
    return slots.get(slot);
  }

  void beginCalibration() {
    slots.forEach((slot, q) -> q.beginCalibration(recording.get(slot)));
  }

  void endCalibration() {
    slots.values().forEach(ActivationQuantizer::endCalibration);
    recording = Map.of();
  }

  /** Fake-quantizes an array in place, with the scale that it shares where it shares one. */
  void fakeQuantize(Slot slot, INDArray dense) {
    ActivationQuantizer q = require(slot);
    if (slot == Slot.OUTPUT && isJoined()) {
      q.fakeQuantize(dense, joined());
    } else {
      q.fakeQuantize(dense);
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

  /** Freezes with other scales and zero points from now on; null goes back to the layer's own. */
  public void substitute(Substitute tried) {
    substitute = tried;
    weights.substitute(tried == null ? null : tried.weights());
  }

  /** Whether a range was observed, or set, in a slot. */
  public boolean hasRange(Slot slot) {
    return require(slot).hasRange();
  }

  /** Whether this layer was given a mask when it was calibrated or trained. */
  public boolean masked() {
    return substitute != null ? substitute.masked() : state.masked();
  }

  /** Scale and zero point of what this layer reads. */
  public QuantParams input() {
    if (settings.inputRef() == null) {
      throw new QatException("layer \"" + settings.layer() + "\" reads no codes");
    }
    return resolve(layer.params(), settings.inputRef());
  }

  /**
   * The same in a pass of evaluation, of rows of a table as they have just been rounded: nobody
   * need go through the table again.
   */
  public QuantParams inputOfPass() {
    Ref source = settings.inputRef();
    if (source != null && source.slot() == Slot.OUTPUT) {
      LayerQuantizer owner = ownerOf(layer.params(), source);
      TableQuantizer table = owner.weights().table();
      if (table != null && !owner.settings().owns(Slot.OUTPUT) && table.evaluated() != null) {
        return table.evaluated().params(0);
      }
    }
    return input();
  }

  /** Scale and zero point of what this layer hands on. */
  public QuantParams output() {
    if (!settings.makesCodes()) {
      throw new QatException("layer \"" + settings.layer() + "\" makes no codes");
    }
    return settings.owns(Slot.OUTPUT)
        ? of(Slot.OUTPUT)
        : resolve(layer.params(), settings.outputRefs().get(0));
  }

  /** Scale and zero point of the quantizer in a slot of this layer. */
  public QuantParams of(Slot slot) {
    if (slot == Slot.OUTPUT && weights.table() != null && !settings.owns(slot)) {
      return weights.tableGrid().params(0);
    }
    if (slot == Slot.OUTPUT && settings.owns(slot) && isJoined()) {
      return joined();
    }
    ActivationQuantizer own = require(slot);
    return substitute != null ? substitute.params(slot) : own.params();
  }

  /**
   * Exponents e of the channels of what this layer reads or hands on, whose codes mean 2^e·s·(q −
   * z); empty where all have one scale.
   */
  public int[] exponents(Slot slot) {
    return state.exponents(slot);
  }

  /** Observed range of a slot as {lo, hi}, or null where this layer has no quantizer there. */
  public float[] range(Slot slot) {
    ActivationQuantizer q = slots.get(slot);
    if (q == null || substitute == null) {
      return q == null ? null : q.range();
    }
    Range tried = substitute.ranges().get(slot);
    return new float[] {tried.lo(), tried.hi()};
  }

  /** Fixes the range of a slot. */
  public void setRange(Slot slot, float lo, float hi) {
    require(slot).setRange(lo, hi);
  }

  ActivationQuantizer require(Slot slot) {
    ActivationQuantizer q = slots.get(slot);
    if (q == null) {
      throw new QatException("layer \"" + settings.layer() + "\" has no quantizer at " + slot);
    }
    return q;
  }

  /** The layer that has a quantizer, in the network of these parameters. */
  public static LayerQuantizer ownerOf(INDArray networkParams, Ref reference) {
    return QuantizerRegistry.find(networkParams, reference.layer());
  }

  /** Scale and zero point of a quantizer. */
  public static QuantParams resolve(INDArray networkParams, Ref reference) {
    return ownerOf(networkParams, reference).scales().of(reference.slot());
  }

  /** The range of all quantizers that share one with what this layer makes. */
  private QuantParams joined() {
    float[] all = null;
    for (Ref part : settings.outputRefs()) {
      LayerScales owner = ownerOf(layer.params(), part).scales();
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
        : substitute.params(Slot.OUTPUT, all[0], all[1]);
  }

  private boolean isJoined() {
    return settings.outputRefs().size() > 1;
  }
}
