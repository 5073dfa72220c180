package org.qat4j.task;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.qat4j.baseline.LinearClassifier;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.BaselineSpec;
import org.qat4j.runtime.IntegerRuntime;

/** One class for a text. */
public record Classification() implements Task {
  @Override
  public Predictions judge(List<Example> texts, List<String> labels, float[][] outputs) {
    return Predictions.of(outputs, labels(texts));
  }

  /** The most frequent class of the training texts, and a linear model. */
  @Override
  public Map<Stage, Predictions> baselines(BaselineSpec spec, Dataset data) {
    Map<Stage, Predictions> answers = new EnumMap<>(Stage.class);
    int[] truths = labels(data.test());
    if (spec.majority()) {
      int[] predicted = new int[truths.length];
      Arrays.fill(predicted, mostFrequent(data));
      answers.put(Stage.MAJORITY, Predictions.withoutLoss(truths, predicted));
    }
    if (spec.linear()) {
      LinearClassifier linear =
          LinearClassifier.tuned(
              data, spec.terms(), scores -> Scored.validation(this, data, scores));
      int[] predicted =
          data.test().parallelStream().mapToInt(e -> linear.classify(e.text())).toArray();
      answers.put(Stage.LINEAR, Predictions.withoutLoss(truths, predicted));
    }
    return answers;
  }

  /** Of equally frequent classes the lowest. */
  private static int mostFrequent(Dataset data) {
    float[] counts = new float[data.labels().size()];
    data.train().forEach(example -> counts[example.label()]++);
    return IntegerRuntime.argmax(counts);
  }

  private static int[] labels(List<Example> texts) {
    return texts.stream().mapToInt(Example::label).toArray();
  }
}
