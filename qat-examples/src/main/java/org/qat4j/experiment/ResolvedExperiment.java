package org.qat4j.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An experiment and where its values stand.
 *
 * @param experiment as read
 * @param positions of all values that were given, by paths such as {@code
 *     quantize.overrides[0].layer}
 */
public record ResolvedExperiment(Experiment experiment, Map<String, Position> positions) {
  public ResolvedExperiment {
    positions = Map.copyOf(positions);
  }

  /**
   * Checks that every override matches a layer of the network.
   *
   * @param layers simple class names of the layers that can be quantized, by layer name
   * @throws ExperimentException with all overrides that match none
   */
  public void checkLayers(Map<String, String> layers) {
    List<Problem> problems = new ArrayList<>();
    QuantizeSpec quantize = experiment.quantize();
    for (int i = 0; i < quantize.overrides().size(); i++) {
      LayerOverride override = quantize.overrides().get(i);
      if (layers.entrySet().stream().noneMatch(e -> override.matches(e.getKey(), e.getValue()))) {
        String path = "quantize.overrides[" + i + "]." + override.by();
        problems.add(new Problem(positions.get(path), path + " " + override.noMatch(layers)));
      }
    }
    if (!problems.isEmpty()) {
      throw new ExperimentException(problems);
    }
  }
}
