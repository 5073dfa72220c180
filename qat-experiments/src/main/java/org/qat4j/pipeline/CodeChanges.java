package org.qat4j.pipeline;

import java.util.LinkedHashMap;
import java.util.Map;
import org.qat4j.qat.QatNetwork;

/**
 * How many codes of weights are others behind each pass of a training under quantization than they
 * were before it. Where few change any more, further passes change little.
 */
final class CodeChanges {
  private final QatNetwork qat;

  /** Null where it is not known. */
  private Map<String, byte[]> before;

  /**
   * @param qat calibrated
   */
  CodeChanges(QatNetwork qat) {
    this.qat = qat;
    this.before = qat.weightCodes();
  }

  /** The network becomes another one: what its codes were before the pass is not known. */
  void forget() {
    before = null;
  }

  /**
   * A pass ends.
   *
   * @return of each layer with weights the share of codes, in [0, 1], that changed since the pass
   *     before; null where that is not known
   */
  Map<String, Double> next() {
    Map<String, byte[]> now = qat.weightCodes();
    Map<String, Double> changed = before == null ? null : new LinkedHashMap<>();
    if (changed != null) {
      now.forEach((layer, codes) -> changed.put(layer, changed(before.get(layer), codes)));
    }
    before = now;
    return changed;
  }

  private static double changed(byte[] before, byte[] now) {
    int changed = 0;
    for (int i = 0; i < now.length; i++) {
      changed += before[i] == now[i] ? 0 : 1;
    }
    return (double) changed / now.length;
  }
}
