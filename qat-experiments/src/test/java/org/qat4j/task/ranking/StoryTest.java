package org.qat4j.task.ranking;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.console.Console;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.TextBatches;
import org.qat4j.experiment.BlockSpec;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.format.ModelFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.network.TextNetwork;
import org.qat4j.pipeline.TextVerification;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.runtime.Predictor;
import org.qat4j.training.Evaluate;
import org.qat4j.training.Trainer;
import org.qat4j.training.TrainingLog;
import org.qat4j.training.TrainingPlan;
import org.qat4j.zoo.Zoo;

/** Questions about stories, from the text to the answer of a frozen model. */
class StoryTest {
  private static final List<String> NAMES = List.of("Ann", "Bob", "Eve");
  private static final List<String> PLACES = List.of("bath", "hall", "park");
  private static final Dataset DATA =
      new Dataset(stories(1, 400), stories(2, 20), stories(3, 100), PLACES);

  @TempDir private Path folder;

  /** Everybody is where they went last. */
  private static List<Example> stories(long seed, int n) {
    Random random = new Random(seed);
    List<Example> texts = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int[] at = {-1, -1, -1};
      StringBuilder story = new StringBuilder();
      int who = 0;
      for (int s = 1 + random.nextInt(4); s > 0; s--) {
        who = random.nextInt(3);
        at[who] = random.nextInt(3);
        story.append(NAMES.get(who)).append(" went to the ").append(PLACES.get(at[who]) + ". ");
      }
      int asked = random.nextInt(3);
      asked = at[asked] < 0 ? who : asked;
      texts.add(new Example(story + "\tWhere is " + NAMES.get(asked) + "?", at[asked]));
    }
    return texts;
  }

  @Test
  void learnsToLookUpAndFreezes() {
    TrainSpec spec = new TrainSpec(12, 16, 0.005, TrainSpec.Schedule.LINEAR, 0, 0);
    ModelSpec model =
        new ModelSpec.StoryAttention(50, 5, 6, true, 1, 12, new BlockSpec(2, 24, 2, 32), 0);
    TextNetwork net = Zoo.build(model, DATA, spec, 1);
    TextBatches train = TextBatches.shuffled(DATA, net.inputs(), spec.batch(), 1, 0);
    TextBatches test = TextBatches.inOrder(DATA, DATA.test(), net.inputs(), 16);
    TrainingPlan plan =
        new TrainingPlan(spec.epochs(), spec.learningRate(), spec.schedule(), false, 1);
    Trainer.fit(net.network(), plan, train, null, TrainingLog.SILENT);
    assertThat(Evaluate.predict(net.network(), test).accuracy()).isGreaterThan(0.9);

    QatNetwork qat = Qat.prepare(net.network(), QuantSpec.int8());
    train.reset();
    qat.calibrate(train, 8);
    TrainingPlan further = new TrainingPlan(1, 0.0003, spec.schedule(), false, 2);
    Trainer.fit(qat.network(), further, train, null, TrainingLog.SILENT);
    test.reset();
    IntegerModel frozen = qat.freeze(new FreezeInfo("story", net.text(), PLACES), test.first(16));
    TextVerification.of(qat, frozen, DATA, 60, Console.standardError(true)).requireExact();

    Path file = folder.resolve("story.qat");
    ModelFile.write(frozen, file);
    Predictor predictor = Predictor.load(file);
    String text =
        "Eve went to the bath. Ann went to the park. Bob went to the hall.\tWhere is Ann?";
    assertThat(predictor.predict(text).label()).isEqualTo("park");
  }
}
