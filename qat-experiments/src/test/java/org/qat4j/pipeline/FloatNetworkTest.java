package org.qat4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.console.Console;
import org.qat4j.data.Dataset;
import org.qat4j.experiment.ExperimentException;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.report.CurvePoint;
import org.qat4j.zoo.TinyTexts;

class FloatNetworkTest {
  private static final Dataset DATA = TinyTexts.of(48, 1);

  @TempDir private Path folder;

  private FloatNetwork floats(String train) throws IOException {
    Path file = folder.resolve("tiny.yaml");
    Files.writeString(
        file,
        "schemaVersion: 1\nname: tiny\ndata: langid\n"
            + "model: {kind: word-cnn, length: 8, dimension: 4, filters: 4, widths: [2]}\ntrain: {"
            + train
            + "}\n");
    return new FloatNetwork(
        ExperimentReader.read(file, List.of()), 1, DATA, Console.quiet(), point -> {});
  }

  /** 48 and 30 texts; nothing is said of validation texts that were learned. */
  @Test
  void refittingLearnsTheValidationTextsToo() throws IOException {
    FloatNetwork all = floats("epochs: 2, batch: 16, refit: true");
    assertThat(all.trainingTexts().size()).isEqualTo(78);
    assertThat(all.data()).isEqualTo(DATA);
    assertThat(all.trained().curve())
        .extracting(CurvePoint::validationAccuracy)
        .containsOnlyNulls();
    FloatNetwork some = floats("epochs: 2, batch: 16");
    assertThat(some.trainingTexts().size()).isEqualTo(48);
    assertThat(some.trained().curve())
        .extracting(CurvePoint::validationAccuracy)
        .anyMatch(a -> a != null);
  }

  /** Once all validation texts are right, no pass is better but by its loss. */
  @Test
  void patienceEndsTheTraining() throws IOException {
    List<CurvePoint> curve =
        floats("epochs: 400, batch: 48, patience: 3, learningRate: 0.05, schedule: constant")
            .trained()
            .curve();
    assertThat(curve.get(curve.size() - 1).epoch()).isLessThan(400);
  }

  @Test
  void nothingChoosesByTextsThatAreLearned() {
    assertThatThrownBy(() -> floats("refit: true, patience: 3"))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining("train.refit trains on the validation texts");
  }
}
