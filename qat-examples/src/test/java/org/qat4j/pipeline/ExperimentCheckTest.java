package org.qat4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.experiment.ExperimentException;

/** Networks are compared with overrides though no data are there. */
class ExperimentCheckTest {
  @TempDir Path folder;

  private Path write(String model, String override) throws IOException {
    String yaml =
        """
        schemaVersion: 1
        name: x
        data: {kind: newsgroups, path: not-there}
        model: %s
        quantize:
          overrides:
            - %s
        """;
    return Files.writeString(folder.resolve("x.yaml"), yaml.formatted(model, override));
  }

  @ParameterizedTest
  @ValueSource(strings = {"char-ngram-cnn", "word-cnn", "seed-cnn"})
  void findsTheLayersOfEveryNetwork(String model) throws IOException {
    for (String match :
        List.of("layer: out", "type: OutputLayer", "pattern: 'conv.*'", "place: first")) {
      Path file = write(model, "{" + match + ", weights: {bits: 4}}");
      assertThat(ExperimentCheck.resolve(file, List.of(), null).experiment().quantize().overrides())
          .hasSize(1);
    }
    Path wrong = write(model, "layer: outt");
    assertThatThrownBy(() -> ExperimentCheck.resolve(wrong, List.of(), null))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining("x.yaml:7:14: quantize.overrides[0].layer is \"outt\"")
        .hasMessageContaining("did you mean out?");
  }
}
