package org.qat4j.examples;

import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.qat4j.calibration.Grids;
import org.qat4j.calibration.OwnObserver;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.RangeRule;
import org.qat4j.calibration.ValueCounts;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.LayerSpec;

/** A rule of one's own for ranges: one class. YAML names it with {@code observer: {own: CLASS}}. */
public final class OwnObserverExample {
  private OwnObserverExample() {}

  /** Nine tenths of what was seen; the rest is clipped. */
  public static final class NineTenths implements OwnObserver {
    @Override
    public Range range(ValueCounts seen, Grids grids) {
      Range all = seen.extremes();
      return new Range(0.9f * all.lo(), 0.9f * all.hi());
    }
  }

  /** Needs no arguments. */
  public static void main(String[] args) {
    ActivationSpec activations = ActivationSpec.of(8).withRange(RangeRule.Own.of(NineTenths.class));
    QuantSpec spec = QuantSpec.of(LayerSpec.int8().withActivations(activations));

    DataSetIterator data = Toy.data();
    QatNetwork qat = Qat.prepare(Toy.trained(16), spec);
    qat.calibrate(data, 8);
    System.out.println("accuracy " + qat.multiLayerNetwork().evaluate(data).accuracy());
  }
}
