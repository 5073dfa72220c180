package org.qat4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.console.Console;
import org.qat4j.data.TextBatches;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.model.Op;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.zoo.TinyTexts;

/** A network that reads masks reads them whatever is pruned of it. */
class PruneNetworkTest {
  private static final String LSTM = "kind: bilstm, length: 50, dimension: 6, units: 5";
  private static final String TRANSFORMER =
      "kind: transformer, length: 50, blocks: {count: 1, dimension: 8, heads: 2, feedForward: 12}";

  private static final String YAML =
      """
      schemaVersion: 1
      name: tiny
      data: langid
      model: {%s}
      train: {epochs: 1, batch: 16}
      prune: {epochs: 1, times: 2, %s}
      """;

  @TempDir private Path folder;

  private FloatNetwork floats(String network, String prune) throws IOException {
    Path file = folder.resolve("tiny.yaml");
    Files.writeString(file, YAML.formatted(network, prune));
    ResolvedExperiment resolved = ExperimentReader.resolve(file, List.of());
    FloatNetwork whole =
        new FloatNetwork(
            resolved.experiment(), 1, TinyTexts.of(48, 1), Console.quiet(), point -> {});
    whole.trained();
    return new PruneNetwork(resolved, whole).prune().floats();
  }

  @ParameterizedTest
  @CsvSource({
    "lstm, vocabulary: 0.3",
    "lstm, weights: 0.3",
    "transformer, vocabulary: 0.3",
    "transformer, weights: 0.3"
  })
  void masksStay(String network, String prune) throws IOException {
    FloatNetwork pruned = floats(network.equals("lstm") ? LSTM : TRANSFORMER, prune);
    assertThat(pruned.text().masked()).isTrue();
    for (TextBatches batches :
        new TextBatches[] {pruned.trainingTexts(), pruned.validationTexts()}) {
      batches.seek(new TextBatches.Position(0, 0));
      INDArray mask = batches.next().getFeaturesMaskArray(0);
      assertThat(mask.minNumber().intValue()).isZero();
      assertThat(mask.maxNumber().intValue()).isOne();
    }
    Model trained = pruned.text().network();
    QatNetwork qat = Qat.prepare(trained, QuantSpec.int8());
    pruned.trainingTexts().seek(new TextBatches.Position(0, 0));
    qat.calibrate(pruned.trainingTexts(), 2);
    assertThat(qat.freeze(FreezeInfo.named("tiny"), pruned.firstTexts()).ops())
        .anyMatch(op -> op instanceof Op.Masked);
  }
}
