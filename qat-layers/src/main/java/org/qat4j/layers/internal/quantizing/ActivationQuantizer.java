package org.qat4j.layers.internal.quantizing;

import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.calibration.Grids;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.RangeRule;
import org.qat4j.calibration.internal.Observations;
import org.qat4j.calibration.internal.Observer;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.numerics.QuantParams;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.Scheme;

/** Observer and fake quantization of the activations at one place of the network. */
final class ActivationQuantizer {
  /** Floats kept for a learned range: the log of its width, and the place of 0 in it. */
  static final int LEARNED = 2;

  /** Weight of a batch in the average of ranges that are searched in each batch of a training. */
  private static final float MOMENTUM = RangeRule.MovingAverage.USUAL;

  /** Ratio of widths from which a range has nothing to do with what a training makes. */
  private static final float FAR = 2;

  /** Weight of a batch that is so far from the range. */
  private static final float AT_ONCE = 0.5f;

  private final QuantSettings settings;
  private final QuantState state;
  private final ActivationSpec spec;
  private final Slot slot;
  private final String name;
  private final FakeQuantPass pass;
  private final ArrayExtremes extremes = new ArrayExtremes();
  private Observer calibration;

  ActivationQuantizer(QuantSettings settings, QuantState state, Slot slot) {
    this.settings = settings;
    this.state = state;
    this.spec = settings.spec().activations();
    this.slot = slot;
    this.name = "layer \"" + settings.layer() + "\", " + slot;
    this.pass = new FakeQuantPass(settings.layer() + "/" + slot, spec.ste(), spec.learned());
  }

  /** The observed range as {lo, hi}, before it is adjusted. */
  float[] range() {
    return new float[] {state.lo(slot), state.hi(slot)};
  }

  /** Whether a range was observed or set. */
  boolean hasRange() {
    return state.batches(slot) > 0;
  }

  /** Fixes the range. */
  void setRange(float lo, float hi) {
    state.setRange(slot, lo, hi, Math.max(1, state.batches(slot)));
  }

  private int bits() {
    return settings.schedule().activationBits(settings.bits(slot), state.steps());
  }

  private Grids grids() {
    return spec.grids(bits());
  }

  /**
   * Scale and zero point.
   *
   * @throws QatException if nothing was observed yet
   */
  QuantParams params() {
    if (!hasRange()) {
      throw new QatException(
          name
              + " has no range yet: calibrate the network before it is trained or evaluated, or let"
              + " its observers run (freezeObserversAfter in the schedule)");
    }
    if (!state.learning(slot)) {
      return spec.params(state.lo(slot), state.hi(slot), bits());
    }
    QuantParams any = grids().covering(-1, 1);
    INDArray kept = state.param(QuantParamInitializer.ACTIVATION_RANGES);
    int at = slot.place() * LEARNED;
    float scale = LearnedRange.scale(kept.getFloat(at), any.qmin(), any.qmax(), false);
    int zeroPoint =
        spec.scheme() == Scheme.SYMMETRIC
            ? 0
            : LearnedRange.zeroPoint(kept.getFloat(at + 1), any.qmin(), any.qmax());
    return new QuantParams(scale, zeroPoint, any.qmin(), any.qmax());
  }

  /**
   * Begins a calibration: what was observed before is forgotten.
   *
   * @param all takes in everything that is observed, or null
   */
  void beginCalibration(Observations all) {
    state.setRange(slot, 0, 0, 0);
    calibration = new Observer(spec.range(), grids());
    calibration.recordIn(all);
  }

  /** Ends a calibration with the range that its rule gives. */
  void endCalibration() {
    if (calibration != null && calibration.batches() > 0) {
      Range range = calibration.range();
      state.setRange(slot, range.lo(), range.hi(), (float) calibration.batches());
    }
    calibration = null;
  }

  /**
   * Moves the range by a batch.
   *
   * @param mask [n, t] of x [n, c, t] or [n, 1] of x [n, c], 0 where a step is padding; or null
   * @throws QatException if a value is not finite
   */
  void observe(INDArray values, INDArray mask) {
    int seen = state.batches(slot);
    if (settings.channels(slot) > 0 && (calibration == null ? seen : calibration.batches()) == 0) {
      state.setExponents(slot, ChannelScales.exponents(values, mask(values, mask)));
    }
    INDArray x = scales().divided(values);
    try {
      if (calibration != null) {
        observe(calibration, x, mask);
        return;
      }
      Range batch = learns() ? null : rangeOf(x, mask);
      if (batch != null) {
        Range now = seen == 0 ? batch : combine(new Range(state.lo(slot), state.hi(slot)), batch);
        state.setRange(slot, now.lo(), now.hi(), seen + 1f);
      }
    } catch (QatException e) {
      throw new QatException(
          name
              + ", "
              + e.getMessage()
              + "; look for such values in the data, lower the learning rate or clip the gradient",
          e);
    }
  }

  private Range combine(Range kept, Range batch) {
    if (spec.range() instanceof RangeRule.MinMax) {
      return kept.with(batch);
    }
    float momentum = spec.range() instanceof RangeRule.MovingAverage m ? m.momentum() : MOMENTUM;
    if (settings.schedule().freezeObserversAfter() == Schedule.UNTIL_FROZEN && isFar(kept, batch)) {
      // The first batch of a training says more than any of an evaluation.
      return state.steps() <= 1 ? batch : kept.towards(batch, Math.max(momentum, AT_ONCE));
    }
    return kept.towards(batch, momentum);
  }

  /**
   * Whether a range is another one than that of a calibration in evaluation: running statistics of
   * batch normalization that have not settled make other values than those of a batch.
   */
  private static boolean isFar(Range kept, Range batch) {
    float before = kept.hi() - kept.lo();
    float now = batch.hi() - batch.lo();
    return now > FAR * before || before > FAR * now;
  }

  private static void observe(Observer observer, INDArray x, INDArray mask) {
    float[] values = Floats.read(x);
    if (mask == null) {
      observer.observe(values);
    } else {
      observer.observe(values, counts(x, mask));
    }
  }

  /** Range of one batch by the rule; null where all of it is padding. */
  private Range rangeOf(INDArray x, INDArray mask) {
    boolean extremes =
        spec.range() instanceof RangeRule.MinMax || spec.range() instanceof RangeRule.MovingAverage;
    if (extremes && Floats.inPlace(x) && (mask == null || x.ordering() == 'c')) {
      return extremesOf(x, mask);
    }
    Observer once =
        new Observer(
            extremes ? new RangeRule.MinMax() : spec.range(), grids(), state.batches(slot));
    if (extremes && mask == null && !Floats.onHost()) {
      // A sum carries a NaN through, which minimum and maximum need not do.
      float sum = x.sumNumber().floatValue();
      float lo = Float.isNaN(sum) ? sum : x.minNumber().floatValue();
      once.observe(new float[] {lo, x.maxNumber().floatValue()});
    } else {
      observe(once, x, mask);
    }
    return once.batches() == 0 ? null : once.range();
  }

  private Range extremesOf(INDArray x, INDArray mask) {
    try {
      return extremes.of(x, mask(x, mask));
    } catch (QatException e) {
      throw new QatException("batch " + (state.batches(slot) + 1) + ": " + e.getMessage(), e);
    }
  }

  /** Which values of x, in c order, do not belong to padded steps. */
  private static boolean[] counts(INDArray x, INDArray mask) {
    float[] m = mask(x, mask);
    int steps = m.length / (int) x.size(0);
    int perExample = (int) x.size(1) * steps;
    boolean[] counts = new boolean[(int) x.length()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = m[i / perExample * steps + i % steps] != 0;
    }
    return counts;
  }

  /** What the channels have that the others have not. */
  private ChannelScales scales() {
    return new ChannelScales(state.exponents(slot));
  }

  /** A mask of x as [n, t], row-major; null for none. */
  private static float[] mask(INDArray x, INDArray mask) {
    if (mask == null) {
      return null;
    }
    long steps = x.rank() == 3 ? x.size(2) : 1;
    if (mask.length() != x.size(0) * steps) {
      throw new QatException(
          "a mask "
              + mask.shapeInfoToString()
              + " does not fit the values "
              + x.shapeInfoToString());
    }
    return Floats.read(mask);
  }

  /** Whether the range is trained in a step. */
  private boolean learns() {
    return (slot == Slot.INPUT || slot == Slot.OUTPUT)
        && settings.learnsActivations()
        && state.steps() > settings.schedule().learnScalesFrom();
  }

  /** Replaces each value of an array by s·(q − z). */
  void fakeQuantize(INDArray x) {
    boolean learning = learns();
    if (learning && !state.learning(slot)) {
      beginLearning();
    }
    ChannelScales scales = scales();
    scales.divide(x);
    pass.forward(x, params(), state.steps(), learning);
    scales.multiply(x);
  }

  /** The same with the range of several quantizers. */
  void fakeQuantize(INDArray x, QuantParams shared) {
    pass.forward(x, shared, state.steps(), false);
  }

  /** Scale and zero point for a range {lo, hi}. */
  QuantParams covering(float[] range) {
    return grids().covering(range[0], range[1]);
  }

  private void beginLearning() {
    float lo = state.lo(slot);
    float hi = state.hi(slot);
    QuantParams p = params();
    if (spec.learned() instanceof Learned.Pact) {
      float alpha = Math.max(Math.abs(lo), Math.abs(hi));
      p = spec.params(lo < 0 ? -alpha : 0, alpha, bits());
    }
    INDArray kept = state.param(QuantParamInitializer.ACTIVATION_RANGES);
    int at = slot.place() * LEARNED;
    kept.putScalar(at, LearnedRange.logWidth(p));
    kept.putScalar(at + 1, LearnedRange.zero(p));
    state.setLearning(slot);
  }

  /** Gradient before the quantizer (13); writes that of the range (14) where it is learned. */
  INDArray gradient(INDArray epsilon, ArrayType where, LayerWorkspaceMgr workspaces) {
    if (learns()) {
      putGradient(scales().multiplied(epsilon));
    }
    return pass.backward(epsilon, where, workspaces);
  }

  private void putGradient(INDArray epsilon) {
    QuantParams p = params();
    double[] byRange = pass.byRange(epsilon);
    long n = epsilon.size(0);
    double byLog = p.scale() * byRange[0];
    double byZero = 0;
    if (spec.learned() instanceof Learned.Pact pact) {
      double alpha = Math.max(Math.abs(p.minValue()), Math.abs(p.maxValue()));
      byLog += pact.decay() * alpha * alpha * n;
    } else {
      double features = (double) epsilon.length() / n;
      double g = 1 / Math.sqrt(features * (p.qmax() - p.zeroPoint()));
      byLog *= g;
      byZero = spec.learned() instanceof Learned.LsqPlus ? byRange[1] * g : 0;
    }
    INDArray gradient = state.gradient(QuantParamInitializer.ACTIVATION_RANGES);
    int at = slot.place() * LEARNED;
    gradient.putScalar(at, (float) byLog);
    gradient.putScalar(at + 1, (float) (byZero * (p.qmax() - p.qmin())));
  }
}
