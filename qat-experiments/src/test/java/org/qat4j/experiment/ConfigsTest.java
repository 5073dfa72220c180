package org.qat4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Reader and schema agree, on the files of the repository and on broken ones. */
class ConfigsTest {
  @TempDir Path folder;

  static List<Path> configs() throws IOException {
    return Configs.runnable();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void everyConfigIsRead(Path file) throws IOException {
    Experiment experiment = ExperimentReader.read(file, List.of());

    assertThat(experiment.name() + ".yaml").isEqualTo(file.getFileName().toString());
    assertThat(SchemaValidator.problems(Files.readString(file))).isEmpty();
    assertThat(Files.readAllLines(file).get(0))
        .isEqualTo("# yaml-language-server: $schema=experiment.schema.json");
  }

  @Test
  void thereAreConfigs() throws IOException {
    assertThat(configs()).hasSizeGreaterThanOrEqualTo(3);
  }

  private static final String WHOLE =
      """
      schemaVersion: 1
      name: x
      data: {kind: newsgroups, path: x, keepHeaders: true}
      model: {kind: word-cnn, widths: [1, 2], dropout: 0.5}
      quantize:
        weights: {bits: 8, granularity: channel}
        qat: {freezeObserversAfter: 50%}
        overrides:
          - {layer: a, weights: {bits: 4}}
      """;

  @Test
  void bothAcceptTheUnbrokenFile() throws IOException {
    assertThat(SchemaValidator.problems(WHOLE)).isEmpty();
    assertThat(ExperimentReader.read(write(WHOLE), List.of()).name()).isEqualTo("x");
  }

  static final List<List<String>> BREAKS =
      List.of(
          List.of("schemaVersion: 1", "schemaVersion: 2"),
          List.of("schemaVersion: 1", "other: 1"),
          List.of("name: x", "name: 7"),
          List.of("name: x", "name: [x]"),
          List.of("newsgroups", "newsgroup"),
          List.of("kind: newsgroups, ", ""),
          List.of("newsgroups, path: x, keepHeaders: true", "table"),
          List.of("newsgroups", "folders"),
          List.of("keepHeaders: true", "keepHeaders: yes"),
          List.of("keepHeaders", "keepheaders"),
          List.of("[1, 2]", "[1, x]"),
          List.of("[1, 2]", "[1, 0]"),
          List.of("[1, 2]", "1"),
          List.of("dropout: 0.5", "dropout: 1"),
          List.of("dropout: 0.5", "dropout: half"),
          List.of("bits: 8", "bits: 1"),
          List.of("bits: 8", "bits: 8.5"),
          List.of("bits: 8", "bits: \"8\""),
          List.of("bits: 8", "bits:"),
          List.of("granularity: channel", "granularity: Channel"),
          List.of("50%", "0.5"),
          List.of("50%", "50"),
          List.of("50%", "half"),
          List.of("layer: a, ", ""),
          List.of("layer: a", "layer: a, type: b"),
          List.of("{bits: 4}", "{bits: 9}"),
          List.of("{bits: 4}", "{bit: 4}"));

  @ParameterizedTest
  @FieldSource("BREAKS")
  void bothRefuseABrokenFile(List<String> replace) throws IOException {
    String broken = WHOLE.replace(replace.get(0), replace.get(1));
    assertThat(broken).isNotEqualTo(WHOLE);
    Path file = write(broken);

    assertThat(SchemaValidator.problems(broken)).as("the schema").isNotEmpty();
    assertThatThrownBy(() -> ExperimentReader.read(file, List.of()))
        .isInstanceOf(ExperimentException.class);
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("x.yaml"), yaml);
  }
}
