package org.qat4j.diagnostics;

import java.util.List;

/**
 * Layers of a quantized network, in topological order.
 *
 * @param rows one per quantized layer
 * @param distributions of their weights and outputs
 */
public record LayerReport(List<LayerRow> rows, List<ValueDistribution> distributions) {
  public LayerReport {
    rows = List.copyOf(rows);
    distributions = List.copyOf(distributions);
  }
}
