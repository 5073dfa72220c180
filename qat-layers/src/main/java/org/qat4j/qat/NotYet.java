package org.qat4j.qat;

import org.qat4j.QatException;
import org.qat4j.calibration.RangeRule;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.Ste;
import org.qat4j.quantizer.WeightSpec;

/** What can be said in a specification, but is not trained yet. */
final class NotYet {
  private NotYet() {}

  static void check(String layer, LayerSpec spec, Schedule schedule) {
    WeightSpec w = spec.weights();
    ActivationSpec a = spec.activations();
    refuse(layer, w.scheme() == Scheme.ASYMMETRIC, "asymmetric weights");
    refuse(layer, w.granularity() instanceof Granularity.Group, "weight scales per group");
    refuse(layer, w.powerOfTwo() || a.powerOfTwo(), "scales that are powers of two");
    refuse(layer, w.fullRange(), "the full range of weights");
    refuse(layer, !(w.range() instanceof RangeRule.MinMax), "the range rule " + w.range());
    refuse(
        layer,
        !(a.range() instanceof RangeRule.MinMax || a.range() instanceof RangeRule.MovingAverage),
        "the range rule " + a.range());
    refuse(
        layer,
        !(w.learned() instanceof Learned.None && a.learned() instanceof Learned.None),
        "learned ranges");
    refuse(layer, w.ste() != Ste.CLIPPED || a.ste() != Ste.CLIPPED, "this gradient of rounding");
    refuse(layer, !schedule.wider().isEmpty(), "a gradual reduction of bits");
    refuse(
        layer,
        schedule.freezeBatchNormAfter() != Schedule.NEVER,
        "freezing of batch normalization");
  }

  private static void refuse(String layer, boolean condition, String what) {
    if (condition) {
      throw new QatException("layer \"" + layer + "\": " + what + ": not supported yet");
    }
  }
}
