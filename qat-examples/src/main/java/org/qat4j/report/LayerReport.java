package org.qat4j.report;

import java.util.List;

/**
 * Layers of a quantized network, in topological order.
 *
 * @param rows one per quantized layer
 * @param histograms of their weights and outputs
 */
public record LayerReport(List<LayerRow> rows, List<Histogram> histograms) {
  public LayerReport {
    rows = List.copyOf(rows);
    histograms = List.copyOf(histograms);
  }
}
