package org.qat4j.task.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.indices;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.qat4j.console.Console;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Question;
import org.qat4j.data.Skipped;
import org.qat4j.data.TextBatches;
import org.qat4j.distillation.Distillation;
import org.qat4j.distillation.DistillationSpec;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Predictions;
import org.qat4j.experiment.BlockSpec;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.TokenSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.model.IntegerModel;
import org.qat4j.network.TextNetwork;
import org.qat4j.pipeline.IntegerEvaluation;
import org.qat4j.pipeline.TextVerification;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Schedule;
import org.qat4j.runtime.Predictor;
import org.qat4j.training.Evaluate;
import org.qat4j.training.Trainer;
import org.qat4j.training.TrainingAid;
import org.qat4j.training.TrainingLog;
import org.qat4j.training.TrainingPlan;
import org.qat4j.zoo.Zoo;

/** Tagging from texts to the tags of a frozen model. */
class TaggerTest {
  private static final List<String> TAGS = List.of("B-A", "B-B", "I-A", "I-B", "O");
  private static final Dataset DATA =
      new Dataset(Question.TAGS, texts(1, 300), texts(2, 40), texts(3, 60), TAGS, Skipped.NONE);
  private static final TokenSpec TOKENS = new TokenSpec(50, true, 1, 8, 2, 50, 4, 5, 4);
  private static final ModelSpec SPEC = new ModelSpec.ConvTagger(12, TOKENS, 16, List.of(3, 3), 0);
  private static final TrainSpec TRAIN = new TrainSpec(4, 8, 0.01, TrainSpec.Schedule.LINEAR, 0, 0);

  /** The two words before the predicate are A, the word behind it is B. */
  private static List<Example> texts(long seed, int n) {
    Random random = new Random(seed);
    List<Example> texts = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int length = 4 + random.nextInt(8);
      int predicate = 2 + random.nextInt(length - 3);
      List<String> words = new ArrayList<>();
      List<Integer> tags = new ArrayList<>();
      for (int w = 0; w < length; w++) {
        words.add("w" + random.nextInt(9));
        tags.add(w == predicate - 2 ? 0 : w == predicate - 1 ? 2 : w == predicate + 1 ? 1 : 4);
      }
      texts.add(Example.tagged(String.join(" ", words) + "\t" + predicate, tags));
    }
    return texts;
  }

  private static final TrainingPlan PLAN =
      new TrainingPlan(4, 0.01, TrainSpec.Schedule.LINEAR, false, 1);

  private static TextBatches training(TextNetwork net) {
    return TextBatches.shuffled(DATA, net.inputs(), TRAIN.batch(), 1, 0.1);
  }

  private static TextBatches test(TextNetwork net) {
    return TextBatches.inOrder(DATA, DATA.test(), net.inputs(), TRAIN.batch());
  }

  private static TextNetwork trained(ModelSpec spec) {
    TextNetwork net = Zoo.build(spec, DATA, TRAIN, 1);
    Trainer.fit(net.network(), PLAN, training(net), null, TrainingLog.SILENT);
    return net;
  }

  private static TrainingAid labels(UnaryOperator<INDArray> change) {
    return new TrainingAid() {
      @Override
      public MultiDataSet before(MultiDataSet batch) {
        return new org.nd4j.linalg.dataset.MultiDataSet(
            batch.getFeatures(),
            new INDArray[] {change.apply(batch.getLabels(0))},
            batch.getFeaturesMaskArrays(),
            batch.getLabelsMaskArrays());
      }
    };
  }

  /** Who has learned to take A for B learns better from a tagger that knows, without any labels. */
  @Test
  void learnsFromAnotherTagger() {
    TextNetwork teacher = trained(SPEC);
    Model mistaken = Zoo.build(SPEC, DATA, TRAIN, 2).network();
    TextBatches train = training(teacher);
    TrainingAid swapped = labels(y -> y.get(all(), indices(1, 0, 3, 2, 4), all()));
    Trainer.fit(mistaken, PLAN, train, null, TrainingLog.SILENT, swapped);
    assertThat(Evaluate.predict(mistaken, test(teacher)).score()).isLessThan(0.1);

    QatNetwork student = Qat.prepare(mistaken, QuantSpec.of(LayerSpec.of(4, 8)));
    train.reset();
    student.calibrate(train, 8);
    DistillationSpec spec = new DistillationSpec(2, 1, List.of("conv1"), 0.1);
    try (Distillation lessons = new Distillation(student.network(), teacher.network(), spec)) {
      TrainingAid taught =
          labels(INDArray::like)
              .and(
                  new TrainingAid() {
                    @Override
                    public MultiDataSet before(MultiDataSet batch) {
                      return lessons.teach(batch);
                    }
                  });
      Trainer.fit(student.network(), PLAN, train, null, TrainingLog.SILENT, taught);
    }
    assertThat(Evaluate.predict(student.network(), test(teacher)).score()).isGreaterThan(0.9);
  }

  static List<ModelSpec> taggers() {
    return List.of(
        SPEC,
        new ModelSpec.BiLstmTagger(12, TOKENS, 12, 2, 0),
        new ModelSpec.TransformerTagger(12, TOKENS, 3, new BlockSpec(1, 8, 2, 16), 0));
  }

  @ParameterizedTest
  @MethodSource("taggers")
  void learnsTagsAndFreezesThem(ModelSpec spec) {
    TextNetwork net = trained(spec);
    assertThat(net.text()).hasSize(4);
    TextBatches train = training(net);
    TextBatches test = test(net);
    Predictions floats = Evaluate.predict(net.network(), test);
    assertThat(floats.metric()).isEqualTo(Metric.SPAN_F1);
    assertThat(floats.score()).isGreaterThan(0.95);

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
    IntegerModel model = qat.freeze(new FreezeInfo("tags", net.text(), TAGS), test.first(16));
    Console quiet = Console.standardError(true);
    TextVerification.of(qat, model, DATA, 60, quiet).requireExact();
    Predictions integer = IntegerEvaluation.predict(model, DATA, quiet.progress("evaluation", 60));
    assertThat(integer.score()).isEqualTo(Evaluate.predict(qat.network(), test).score());
    assertThat(integer.score()).isGreaterThan(0.9);

    Predictor predictor = new Predictor(model);
    assertThat(predictor.isTagger()).isTrue();
    assertThat(predictor.tags("w1 w2 w3 w4 w5\t2")).containsExactly("B-A", "I-A", "O", "B-B", "O");
    assertThat(predictor.tags("w1 ".repeat(20) + "\t4")).hasSize(20).endsWith("O");
  }

  /** Ranges of a network that has learned nothing are too narrow, so observers go on. */
  @Test
  void learnsUnderQuantizationFromTheStart() {
    TextNetwork net = Zoo.build(SPEC, DATA, TRAIN, 1);
    QuantSpec spec = QuantSpec.int8().withSchedule(Schedule.of(0, Schedule.NEVER));
    QatNetwork qat = Qat.prepare(net.network(), spec);
    Trainer.fit(qat.network(), PLAN, training(net), null, TrainingLog.SILENT);
    assertThat(Evaluate.predict(qat.network(), test(net)).score()).isGreaterThan(0.9);
  }

  @Test
  void paddingIsMaskedOut() {
    TextNetwork net = Zoo.build(SPEC, DATA, TRAIN, 1);
    List<Example> one = List.of(Example.tagged("w1 w2 w3\t2", List.of(0, 2, 4)));
    MultiDataSet batch = TextBatches.inOrder(DATA, one, net.inputs(), 1).next();
    assertThat(batch.getLabels(0).shape()).containsExactly(1, TAGS.size(), 7);
    assertThat(batch.getLabels(0).sumNumber().intValue()).isEqualTo(3);
    assertThat(batch.getLabels(0).getInt(0, 2, 1)).isEqualTo(1);
    assertThat(batch.getLabelsMaskArray(0).toFloatVector())
        .containsExactly(1, 1, 1, 0, 0, 0, 0); // what windows beyond either end reach
  }
}
