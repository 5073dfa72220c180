package org.qat4j.baseline;

import de.bwaldvogel.liblinear.Linear;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Question;
import org.qat4j.experiment.BaselineSpec;
import org.qat4j.report.Predictions;
import org.qat4j.report.Stage;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.text.PieceEncoder;
import org.qat4j.training.Judge;

/** Trains the baselines of an experiment and asks them the test texts. */
public final class Baselines {
  static {
    Linear.disableDebugOutput();
  }

  private Baselines() {}

  /**
   * Answers of the baselines that an experiment asks for; they have no probabilities. None where
   * texts have no class each.
   */
  public static Map<Stage, Predictions> predict(BaselineSpec spec, Dataset data) {
    Map<Stage, Predictions> answers = new EnumMap<>(Stage.class);
    if (data.question() == Question.TRANSLATION) {
      if (spec.majority()) {
        answers.put(Stage.COPY, translations(data, Function.identity()));
      }
      if (spec.linear()) {
        answers.put(Stage.DICTIONARY, translations(data, new Dictionary(data.train())::translate));
      }
      return answers;
    }
    if (data.question() != Question.CLASS) {
      return answers;
    }
    if (spec.majority()) {
      answers.put(Stage.MAJORITY, majority(data));
    }
    if (spec.linear()) {
      answers.put(Stage.LINEAR, linear(data, spec.terms()));
    }
    return answers;
  }

  /** The most frequent class of the training texts; of equally frequent ones the lowest. */
  private static Predictions majority(Dataset data) {
    float[] counts = new float[data.labels().size()];
    data.train().forEach(example -> counts[example.label()]++);
    int[] predicted = new int[data.test().size()];
    Arrays.fill(predicted, IntegerRuntime.argmax(counts));
    return Predictions.withoutLoss(labels(data), predicted);
  }

  private static Predictions linear(Dataset data, BaselineSpec.Terms terms) {
    LinearClassifier classifier = new LinearClassifier(data.train(), data.labels().size(), terms);
    List<Example> test = data.test();
    int[] predicted =
        test.parallelStream().mapToInt(example -> classifier.classify(example.text())).toArray();
    return Predictions.withoutLoss(labels(data), predicted);
  }

  private static Predictions translations(Dataset data, Function<String, String> translate) {
    List<String> translations =
        data.test().stream().map(e -> translate.apply(PieceEncoder.source(e.text()))).toList();
    float[] none = new float[translations.size()];
    Arrays.fill(none, Float.NaN);
    return Judge.judge(data.test(), translations, none);
  }

  private static int[] labels(Dataset data) {
    return data.test().stream().mapToInt(Example::label).toArray();
  }
}
