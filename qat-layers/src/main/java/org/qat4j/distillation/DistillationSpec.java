package org.qat4j.distillation;

import java.util.List;
import org.qat4j.QatException;

/**
 * How much a network learns from its teacher.
 *
 * @param temperature T, above 0: both networks' logits are divided by it, so that the smaller
 *     probabilities count more
 * @param weight w of the teacher's answers, above 0 to 1; the labels have 1 − w
 * @param layers hidden layers whose outputs are taught as well, by name, with * for any characters;
 *     may be empty
 * @param layerWeight of each of them, above 0
 */
public record DistillationSpec(
    double temperature, double weight, List<String> layers, double layerWeight) {
  public DistillationSpec {
    layers = List.copyOf(layers);
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new QatException("a temperature is a number above 0, not " + temperature);
    }
    if (!(weight > 0 && weight <= 1)) {
      throw new QatException(
          "the weight of a teacher lies above 0 and is at most 1, not " + weight);
    }
    if (!(layerWeight > 0 && layerWeight < Double.POSITIVE_INFINITY)) {
      throw new QatException(
          "the weight of a hidden layer is a number above 0, not " + layerWeight);
    }
  }

  /** Answers alone. */
  public static DistillationSpec of(double temperature, double weight) {
    return new DistillationSpec(temperature, weight, List.of(), 1);
  }
}
