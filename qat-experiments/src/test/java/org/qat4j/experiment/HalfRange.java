package org.qat4j.experiment;

import org.qat4j.calibration.Grids;
import org.qat4j.calibration.OwnObserver;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.ValueCounts;

/** An observer of one's own that no file lists, named by its class: half of what was seen. */
public final class HalfRange implements OwnObserver {
  @Override
  public Range range(ValueCounts seen, Grids grids) {
    return new Range(seen.extremes().lo() / 2, seen.extremes().hi() / 2);
  }
}
