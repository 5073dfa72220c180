package org.qat4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.data.Dataset;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Predictions;
import org.qat4j.experiment.BlockSpec;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.NgramSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.network.TextNetwork;
import org.qat4j.training.Evaluate;
import org.qat4j.training.Trainer;
import org.qat4j.training.TrainingLog;
import org.qat4j.training.TrainingPlan;

class ZooTest {
  static final Dataset DATA = TinyTexts.of(120, 1);
  private static final BlockSpec BLOCK = new BlockSpec(1, 8, 2, 16);
  static final TrainSpec TRAIN = new TrainSpec(4, 8, 0.01, TrainSpec.Schedule.LINEAR, 0.1, 0);

  static Stream<ModelSpec> networks() {
    return Stream.of(
        new ModelSpec.CharNgramCnn(20, false, 1, 6, 8, 3, 2, 3, 64, 32, 5, 0.2),
        wordCnn(List.of(1, 2), false, 0, 0, null),
        wordCnn(List.of(1, 2), true, 0.1, 2, new NgramSpec(2, 3, 64, 40, 5)),
        wordCnn(List.of(), false, 0, 2, null),
        wordCnn(List.of(), true, 0.1, 0, new NgramSpec(2, 3, 64, 40, 5)),
        new ModelSpec.SeedCnn(50, 8, true, 6, 8, 3, 2),
        new ModelSpec.BiLstm(ModelSpec.Units.CHARACTERS, 20, false, 1, 6, 8, 0),
        new ModelSpec.BiLstm(ModelSpec.Units.WORDS, 8, true, 1, 8, 16, 0),
        new ModelSpec.Transformer(ModelSpec.Units.CHARACTERS, 20, false, 1, 3, BLOCK, 0));
  }

  private static ModelSpec wordCnn(
      List<Integer> widths, boolean skip, double minIdf, int skipGrams, NgramSpec ngrams) {
    return new ModelSpec.WordCnn(
        50, 8, true, false, skip, 1, minIdf, skipGrams, 6, 8, widths, true, ngrams, 0.2);
  }

  static TextBatches train(TextNetwork net) {
    return TextBatches.shuffled(DATA.train(), net.inputs(), 3, TRAIN.batch(), 9, 0.1);
  }

  static TextBatches test(TextNetwork net) {
    return TextBatches.inOrder(DATA.test(), net.inputs(), 3, TRAIN.batch());
  }

  static TextNetwork trained(ModelSpec spec, long seed) {
    TextNetwork net = Zoo.build(spec, DATA, TRAIN, seed);
    TrainingPlan plan = new TrainingPlan(4, 0.01, TrainSpec.Schedule.LINEAR, false, seed);
    Trainer.fit(net.network(), plan, train(net), null, TrainingLog.SILENT);
    return net;
  }

  @ParameterizedTest
  @MethodSource("networks")
  void learns(ModelSpec spec) {
    TextNetwork net = trained(spec, 5);
    Predictions test = Evaluate.predict(net.network(), test(net));
    assertThat(test.accuracy()).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void sameSeedSameParameters(ModelSpec spec) {
    INDArray first = trained(spec, 5).network().params();
    assertThat(trained(spec, 5).network().params()).isEqualTo(first);
    assertThat(trained(spec, 6).network().params()).isNotEqualTo(first);
  }
}
