package org.qat4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TunedSettingsTest {
  private static final Experiment BASE =
      ExperimentReader.parse(
          """
          schemaVersion: 1
          name: x
          data: langid
          model: char-ngram-cnn
          quantize:
            overrides:
              - {layer: out, weights: {bits: 8}}
          """);

  @Test
  void laysSettingsOverTheExperiment() {
    Experiment tuned =
        TunedSettings.apply(
            BASE,
            Map.of(
                "weights.clip@conv",
                0.8,
                "weights.observer.kind@conv",
                "percentile",
                "weights.observer.percent@conv",
                99.5,
                "weights.bits@out",
                "2",
                "activations.zeroShift~b.*",
                1,
                "activations.observer.kind",
                "mse",
                "qat.learningRate",
                0.01,
                "qat.freezeObserversAfter",
                "30%"));
    assertThat(ExperimentWriter.changes(BASE.quantize(), tuned.quantize()))
        .isEqualTo(
            """
            quantize:
              overrides:
                - layer: out
                  weights:
                    bits: 8
                - pattern: .*
                  activations:
                    observer: mse
                - pattern: b.*
                  activations:
                    zeroShift: 1
                - layer: conv
                  weights:
                    observer:
                      kind: percentile
                      percent: 99.5
                    clip: 0.8
                - layer: out
                  weights:
                    bits: 2
              qat:
                learningRate: 0.01
                freezeObserversAfter: 30%
            """);
    assertThat(ExperimentReader.parse(ExperimentWriter.toYaml(tuned))).isEqualTo(tuned);
  }

  @Test
  void aValueThatDoesNotFitIsAnError() {
    assertThatThrownBy(() -> TunedSettings.apply(BASE, Map.of("weights.clip@conv", "wide")))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining("quantize.overrides.weights.clip is \"wide\"");
  }

  @Test
  void keysAreCheckedWhenTheFileIsRead() {
    String yaml =
        ExperimentWriter.toYaml(BASE)
            + "tune: {space: [{key: weights.clipp, values: "
            + "{kind: int, min: 1, max: 2}}]}\n";
    assertThatThrownBy(() -> ExperimentReader.parse(yaml))
        .hasMessageContaining("tune.space[0].key is \"weights.clipp\"")
        .hasMessageContaining("did you mean weights.clip");
    String qat =
        ExperimentWriter.toYaml(BASE)
            + "tune: {space: [{key: qat.learningRate, values: "
            + "{kind: log-uniform, min: 0.001, max: 0.01}}]}\n";
    assertThatThrownBy(() -> ExperimentReader.parse(qat)).hasMessageContaining("set qatSteps");
  }

  @Test
  void stepsAfterCalibrationAreNotSearchedWith() {
    String yaml =
        """
        schemaVersion: 1
        name: x
        data: langid
        model: char-ngram-cnn
        quantize: {postTraining: {correctBiases: true}}
        tune: {}
        """;
    assertThatThrownBy(() -> ExperimentReader.parse(yaml))
        .hasMessageContaining("tune tries candidates")
        .hasMessageContaining("quantize.postTraining");
  }
}
