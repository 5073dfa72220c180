package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.qat4j.distillation.DistillationSpec;

/**
 * What the network learns from the float network while it is trained under quantization.
 *
 * @param temperature divides the logits of both
 * @param weight of the teacher's answers; the labels have the rest
 * @param layers hidden layers that are taught as well
 * @param layerWeight of each of them
 */
public record TeacherSpec(
    @JsonProperty(defaultValue = "2")
        @JsonPropertyDescription(
            "Divides the logits of teacher and student, so that small probabilities count more.")
        @Bounds(above = 0, max = 1000)
        double temperature,
    @JsonProperty(defaultValue = "0.5")
        @JsonPropertyDescription("Weight of the teacher's answers; the labels have the rest.")
        @Bounds(above = 0, max = 1)
        double weight,
    @JsonProperty(defaultValue = "[]")
        @JsonPropertyDescription(
            "Names of hidden layers whose outputs are taught as well, with * for any characters.")
        List<String> layers,
    @JsonProperty(defaultValue = "1")
        @JsonPropertyDescription("Weight of the mean squared difference of each of these layers.")
        @Bounds(above = 0, max = 1000000)
        double layerWeight) {
  public TeacherSpec {
    layers = List.copyOf(layers);
  }

  /** The same with what only counts for classes as it is by default. */
  TeacherSpec ofVectors() {
    TeacherSpec usual = ExperimentReader.defaults(TeacherSpec.class);
    return new TeacherSpec(usual.temperature, usual.weight, layers, layerWeight);
  }

  /** The same in the terms of the library. */
  public DistillationSpec toSpec() {
    return new DistillationSpec(temperature, weight, layers, layerWeight);
  }
}
