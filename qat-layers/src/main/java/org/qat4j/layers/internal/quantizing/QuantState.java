package org.qat4j.layers.internal.quantizing;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the quantizers of a layer keep among the layer's parameters: 4 floats for the layer, then 4
 * for each slot, then the exponents of channels that have scales of their own. Read through the
 * layer each time, so that it stays right whatever DL4J does with its views.
 */
final class QuantState {
  private static final int EACH = 4;

  /** Exponents lie behind all else, slot by slot. */
  private static final List<Slot> SLOTS = List.of(Slot.values());

  private static final int STEPS = 0;
  private static final int WEIGHTS_READY = 1;
  private static final int OTHERS_READY = 2;
  private static final int MASKED = 3;
  private static final int LO = 0;
  private static final int HI = 1;
  private static final int BATCHES = 2;
  private static final int LEARNING = 3;
  private static final float MANY = 1e6f;

  private final Layer layer;
  private final QuantSettings settings;
  private INDArray gradientsFlat;
  private java.util.Map<String, INDArray> gradients;

  QuantState(Layer layer, QuantSettings settings) {
    this.layer = layer;
    this.settings = settings;
  }

  /** Number of floats for a layer. */
  static long size(QuantSettings settings) {
    return exponents(settings, null);
  }

  /** Where the exponents of a slot begin; where all end for null. */
  private static int exponents(QuantSettings settings, Slot slot) {
    int at = EACH * (1 + Slot.places(settings.owned()));
    for (int i = 0; i < SLOTS.size() && SLOTS.get(i) != slot; i++) {
      at += settings.channels(SLOTS.get(i));
    }
    return at;
  }

  /** Exponents of the channels of a slot; empty where all have one scale. */
  int[] exponents(Slot slot) {
    int[] exponents = new int[settings.channels(slot)];
    int at = exponents(settings, slot);
    for (int c = 0; c < exponents.length; c++) {
      exponents[c] = Math.round(floats().getFloat(at + c));
    }
    return exponents;
  }

  void setExponents(Slot slot, int[] exponents) {
    int at = exponents(settings, slot);
    for (int c = 0; c < exponents.length; c++) {
      floats().putScalar(at + c, exponents[c]);
    }
  }

  private INDArray floats() {
    return layer.getParam(QuantParamInitializer.STATE);
  }

  private int at(Slot slot, int what) {
    return EACH * (slot.place() + 1) + what;
  }

  /** Training steps that the layer has seen. Data-parallel training may have averaged it. */
  long steps() {
    return Math.round((double) floats().getFloat(STEPS));
  }

  void countStep() {
    floats().putScalar(STEPS, steps() + 1f);
  }

  /** Whether ranges of a matrix of weights have been found. */
  boolean weightsReady(String weight) {
    return floats().getFloat(ready(weight)) > 0;
  }

  void setWeightsReady(String weight) {
    floats().putScalar(ready(weight), 1f);
  }

  private static int ready(String weight) {
    return DefaultParamInitializer.WEIGHT_KEY.equals(weight) ? WEIGHTS_READY : OTHERS_READY;
  }

  /** Whether the layer was given a mask when it was calibrated or trained. */
  boolean masked() {
    return floats().getFloat(MASKED) > 0;
  }

  void setMasked(boolean masked) {
    floats().putScalar(MASKED, masked ? 1f : 0f);
  }

  float lo(Slot slot) {
    return floats().getFloat(at(slot, LO));
  }

  float hi(Slot slot) {
    return floats().getFloat(at(slot, HI));
  }

  /** Number of batches that the observed range is of, or so. */
  int batches(Slot slot) {
    return Math.round(floats().getFloat(at(slot, BATCHES)));
  }

  void setRange(Slot slot, float lo, float hi, float batches) {
    INDArray s = floats();
    s.putScalar(at(slot, LO), lo);
    s.putScalar(at(slot, HI), hi);
    s.putScalar(at(slot, BATCHES), Math.min(batches, MANY));
    s.putScalar(at(slot, LEARNING), 0f);
  }

  /** Whether the learned range of a slot has taken over. */
  boolean learning(Slot slot) {
    return floats().getFloat(at(slot, LEARNING)) > 0;
  }

  void setLearning(Slot slot) {
    floats().putScalar(at(slot, LEARNING), 1f);
  }

  /** One of the layer's parameters for ranges. */
  INDArray param(String key) {
    return layer.getParam(key);
  }

  /** The gradient of one of them, to be written. */
  INDArray gradient(String key) {
    INDArray flat = layer.getGradientsViewArray();
    if (flat != gradientsFlat) {
      gradientsFlat = flat;
      gradients =
          layer.conf().getLayer().initializer().getGradientsFromFlattened(layer.conf(), flat);
    }
    return gradients.get(key);
  }
}
