package org.qat4j.task.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.qat4j.console.Console;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Question;
import org.qat4j.data.Skipped;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.BaselineSpec;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.format.ModelFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.network.TextNetwork;
import org.qat4j.pipeline.IntegerEvaluation;
import org.qat4j.pipeline.TextVerification;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.runtime.Translator;
import org.qat4j.task.Task;
import org.qat4j.text.PieceEncoder;
import org.qat4j.training.Evaluate;
import org.qat4j.training.Trainer;
import org.qat4j.training.TrainingLog;
import org.qat4j.training.TrainingPlan;
import org.qat4j.zoo.Zoo;

/** Translation from pairs of texts to those that a frozen model makes by itself. */
class TranslationTest {
  private static final Dataset DATA =
      new Dataset(
          Question.TRANSLATION, texts(1, 400), texts(2, 30), texts(3, 40), List.of(), Skipped.NONE);
  private static final ModelSpec SPEC = new ModelSpec.Translator(30, 1, 6, 7, 16, 2, 2, 1, 32, 0);
  private static final TrainSpec TRAIN =
      new TrainSpec(20, 16, 0.02, TrainSpec.Schedule.LINEAR, 0, 0);

  /** Words of a made-up language: "un ba du" is said "DU! BA! UN!", from the end. */
  private static List<Example> texts(long seed, int n) {
    String[] words = {"ba", "du", "gi", "un"};
    Random random = new Random(seed);
    List<Example> texts = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      StringBuilder source = new StringBuilder();
      StringBuilder target = new StringBuilder();
      for (int w = 1 + random.nextInt(3); w > 0; w--) {
        String word = words[random.nextInt(words.length)];
        source.append(source.isEmpty() ? "" : " ").append(word);
        target.insert(0, word.toUpperCase(Locale.ROOT) + (target.isEmpty() ? "" : " "));
      }
      texts.add(new Example(source + "\t" + target, 0));
    }
    return texts;
  }

  @Test
  void learnsToTranslateAndFreezesIt() {
    TextNetwork net = Zoo.build(SPEC, DATA, TRAIN, 1);
    TextBatches train = TextBatches.shuffled(DATA, net.inputs(), TRAIN.batch(), 1, 0);
    TextBatches test = TextBatches.inOrder(DATA, DATA.test(), net.inputs(), TRAIN.batch());
    TrainingPlan plan = new TrainingPlan(20, 0.02, TrainSpec.Schedule.LINEAR, false, 1);
    Trainer.fit(net.network(), plan, train, test, TrainingLog.SILENT);
    Predictions floats = Evaluate.predict(net.network(), test);
    assertThat(floats.metric()).isEqualTo(Metric.BLEU);
    assertThat(floats.accuracy()).isGreaterThan(0.9);

    QatNetwork qat = Qat.prepare(net.network(), QuantSpec.int8());
    train.reset();
    qat.calibrate(train, 8);
    Trainer.fit(
        qat.network(),
        new TrainingPlan(1, 0.001, TrainSpec.Schedule.LINEAR, false, 2),
        train,
        null,
        TrainingLog.SILENT);
    test.reset();
    FreezeInfo info = new FreezeInfo("translation", net.text(), List.of());
    IntegerModel frozen = qat.freeze(info, test.first(16));
    Console quiet = Console.standardError(true);
    TextVerification.of(qat, frozen, DATA, 40, quiet).requireExact();

    IntegerModel model = ModelFile.fromBytes(ModelFile.toBytes(frozen));
    Predictions integer = IntegerEvaluation.predict(model, DATA, quiet.progress("evaluation", 40));
    Predictions network = Evaluate.predict(qat.network(), test);
    assertThat(integer.flipRate(network)).isZero();
    assertThat(integer.meanLoss()).isCloseTo(network.meanLoss(), within(1e-5));
    assertThat(integer.accuracy()).isGreaterThan(0.9);

    Translator translator = new Translator(model);
    assertThat(translator.translate("ba gi")).isEqualTo("GI BA");
    assertThat(translator.translate("ba gi\tignored", 3)).isEqualTo("GI BA");
    assertThat(translator.translate("what it never saw")).matches("[A-Z]+( [A-Z]+)*|");
  }

  @Test
  void whatComesNextIsTheLabel() {
    TextNetwork net = Zoo.build(SPEC, DATA, TRAIN, 1);
    PieceEncoder encoder = (PieceEncoder) net.encoders().get(0);
    List<Example> one = List.of(new Example("ba du\tDU BA", 0));
    MultiDataSet batch = TextBatches.inOrder(DATA, one, net.inputs(), 1).next();
    float[] ids = batch.getFeatures(0).toFloatVector();
    float[] next = batch.getLabels(0).dup().reshape(-1).toFloatVector();
    assertThat(batch.getLabels(0).shape())
        .containsExactly(1, 1, 3); // what is behind the end is cut off
    assertThat(ids[6]).isEqualTo(PieceEncoder.END);
    assertThat(new float[] {ids[7], ids[8]}).containsExactly(next[0], next[1]);
    assertThat(next[2]).isEqualTo(PieceEncoder.END);
    assertThat(encoder.text(new int[] {(int) next[0], (int) next[1], (int) next[2]}))
        .isEqualTo("DU BA");
    assertThat(batch.getLabelsMaskArray(0).toFloatVector()).containsExactly(1, 1, 1);
  }

  @Test
  void aDictionaryAndACopyAreBaselines() {
    var answers =
        Task.of(DATA).baselines(new BaselineSpec(true, true, BaselineSpec.Terms.WORDS), DATA);
    assertThat(answers).containsOnlyKeys(Stage.COPY, Stage.DICTIONARY);
    assertThat(answers.get(Stage.COPY).accuracy()).isZero();
    List<Example> texts = DATA.test();
    for (int i = 0; i < texts.size(); i++) {
      if (!texts.get(i).text().contains(" ")) {
        assertThat(answers.get(Stage.DICTIONARY).isCorrect(i)).as(texts.get(i).text()).isTrue();
      }
    }
  }
}
