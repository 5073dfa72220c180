package org.qat4j.baseline;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Question;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.BaselineSpec;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.text.PieceEncoder;
import org.qat4j.training.Judge;

/** Trains the baselines of an experiment and asks them the test texts. */
public final class Baselines {
  private Baselines() {}

  /**
   * Answers of the baselines that an experiment asks for; they have no probabilities. Where texts
   * are ranked, the most frequent class is the same for all of a group, which stay in their order,
   * and the linear model ranks by the distance from its hyperplane. Where tokens are tagged, each
   * has its own most frequent tag, and the linear model looks at the tokens around each.
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
    if (spec.majority()) {
      answers.put(
          Stage.MAJORITY,
          switch (data.question()) {
            case CLASS -> majority(data);
            case TAGS -> judged(data, new TokenTags(data)::probabilities);
            case RANKING -> judged(data, example -> new float[data.labels().size()]);
            case TRANSLATION -> throw new IllegalStateException("has baselines of its own");
          });
    }
    if (spec.linear()) {
      answers.put(Stage.LINEAR, linear(spec, data));
    }
    return answers;
  }

  private static Predictions judged(Dataset data, Function<Example, float[]> scores) {
    float[][] outputs = data.test().parallelStream().map(scores).toArray(float[][]::new);
    return Judge.of(data).judge(data.test(), outputs).withoutLosses();
  }

  /** The most frequent class of the training texts; of equally frequent ones the lowest. */
  private static Predictions majority(Dataset data) {
    float[] counts = new float[data.labels().size()];
    data.train().forEach(example -> counts[example.label()]++);
    int[] predicted = new int[data.test().size()];
    Arrays.fill(predicted, IntegerRuntime.argmax(counts));
    return Predictions.withoutLoss(labels(data), predicted);
  }

  private static Predictions linear(BaselineSpec spec, Dataset data) {
    if (data.question() == Question.TAGS) {
      return judged(data, new LinearTagger(data)::probabilities);
    }
    LinearClassifier classifier =
        new LinearClassifier(data.train(), data.labels().size(), spec.terms());
    if (data.question() == Question.RANKING) {
      return judged(data, example -> classifier.scores(example.text()));
    }
    int[] predicted =
        data.test().parallelStream().mapToInt(e -> classifier.classify(e.text())).toArray();
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
