package org.qat4j.experiment;

import org.qat4j.calibration.Grids;
import org.qat4j.calibration.OwnObserver;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.ValueCounts;

/** An observer of one's own, listed in META-INF/services: three standard deviations about 0. */
public final class ThreeSigma implements OwnObserver {
  @Override
  public String name() {
    return "three-sigma";
  }

  @Override
  public Range range(ValueCounts seen, Grids grids) {
    double squares = 0;
    for (int i = 0; i < seen.size(); i++) {
      squares += seen.count(i) * seen.at(i) * seen.at(i);
    }
    float reach = (float) (3 * Math.sqrt(squares / seen.total()));
    Range all = seen.extremes();
    return new Range(
        Math.max(-reach, Math.min(0, all.lo())), Math.min(reach, Math.max(0, all.hi())));
  }
}
