package org.qat4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.experiment.ExperimentException;
import org.qat4j.experiment.ResolvedExperiment;

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

  /** A hundred rows in one batch: what helps is a smaller batch, not another moment. */
  @Test
  void aTableThatIsOneBatchIsToldWhatHelps() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      rows.add((i % 2 == 0 ? "a\tgood " : "b\tbad ") + i);
    }
    Files.write(folder.resolve("rows.tsv"), rows);
    Path file =
        Files.writeString(
            folder.resolve("x.yaml"),
            "schemaVersion: 1\nname: x\ndata: {kind: table, train: "
                + folder.resolve("rows.tsv")
                + "}\nmodel: {kind: word-cnn, length: 8}\ntrain:\n  batch: 128\n");
    ResolvedExperiment one = ExperimentCheck.resolve(file, List.of(), null);
    assertThatThrownBy(() -> ExperimentCheck.preflight(one))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining("x.yaml:6:10: train.batch is 128")
        .hasMessageContaining("has 1 step of ")
        .hasMessageContaining("set train.batch: 10");
    ResolvedExperiment fitting = ExperimentCheck.resolve(file, List.of("train.batch=10"), null);
    assertThat(ExperimentCheck.preflight(fitting).isFine()).isTrue();
  }

  @Test
  void layersThatAreTaughtAreLayersOfTheNetwork() throws IOException {
    Path file = write("word-cnn", "{layer: out, weights: {bits: 4}}");
    assertThatThrownBy(
            () ->
                ExperimentCheck.resolve(
                    file, List.of("quantize.qat.distillation.layers=[conv3, convv]"), null))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining(
            "quantize.qat.distillation.layers: there is no hidden layer \"convv\"")
        .hasMessageContaining("[words, conv3, conv4, conv5]");
    assertThatThrownBy(
            () ->
                ExperimentCheck.resolve(
                    file,
                    List.of("quantize.qat.epochs=0", "quantize.qat.distillation.temperature=2"),
                    null))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining("nothing is trained under quantization: epochs is 0");
  }

  @Test
  void whatCannotBePruned() throws IOException {
    Path file = write("word-cnn", "{layer: out, weights: {bits: 4}}");
    refuses(
        file,
        "prune prunes nothing; give vocabulary, channels, weights or keepOf",
        "prune.epochs=2");
    refuses(
        file,
        "prune.during is qat, but quantizers are made for the channels and tokens that are there",
        "prune.channels=0.5",
        "prune.during=qat");
    refuses(
        file,
        "prune is to happen in the training under quantization, but quantize.qat.epochs is 0",
        "prune.weights=0.5",
        "prune.during=qat",
        "quantize.qat.epochs=0");
    refuses(
        file,
        "prune.rewindToEpoch is given, but only a float network whose weights alone are pruned",
        "prune.weights=0.5",
        "prune.vocabulary=0.5",
        "prune.rewindToEpoch=1");
    refuses(
        file,
        "prune rewinds to epoch 5, but the first training ends with epoch 5",
        "prune.weights=0.5",
        "prune.rewindToEpoch=5");
    refuses(
        file,
        "prune.keepOf and weights are given; expected one of the two",
        "prune.weights=0.5",
        "prune.keepOf={keep: 2, of: 4}");
    refuses(
        file,
        "the exception for layer \"cnv\" matches no layer with weights",
        "prune.weights=0.5",
        "prune.overrides=[{layer: cnv, weights: 0}]");
    refuses(
        file,
        "the exception for layer \"cnv\" matches no layer",
        "prune.channels=0.5",
        "prune.overrides=[{layer: cnv, channels: 0}]");
    refuses(
        file,
        "changes nothing; give channels or weights",
        "prune.channels=0.5",
        "prune.overrides=[{layer: out}]");
  }

  private static void refuses(Path file, String message, String... sets) {
    assertThatThrownBy(() -> ExperimentCheck.resolve(file, List.of(sets), null))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining(message);
  }
}
