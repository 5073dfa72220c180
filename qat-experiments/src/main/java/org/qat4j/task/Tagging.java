package org.qat4j.task;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.BaselineSpec;
import org.qat4j.runtime.Predictor;
import org.qat4j.task.tagging.LinearTagger;
import org.qat4j.task.tagging.Span;
import org.qat4j.task.tagging.TokenTags;
import org.qat4j.text.internal.BioDecoder;
import org.qat4j.text.internal.TokenText;

/** A tag for each token of a text. */
public record Tagging() implements Task {
  private static final String OUTSIDE = "O";

  /** Kind of the span of the predicate itself, in PropBank and CoNLL-2005. */
  private static final String PREDICATE = "V";

  /** The most frequent tag of each token, and a linear model that looks at those around each. */
  @Override
  public Map<Stage, Predictions> baselines(BaselineSpec spec, Dataset data) {
    Map<Stage, Predictions> answers = new EnumMap<>(Stage.class);
    if (spec.majority()) {
      TokenTags tags = new TokenTags(data);
      answers.put(Stage.MAJORITY, Scored.predict(this, data, tags::probabilities));
    }
    if (spec.linear()) {
      LinearTagger linear = new LinearTagger(data);
      answers.put(Stage.LINEAR, Scored.predict(this, data, linear::probabilities));
    }
    return answers;
  }

  /** Spans that are right in begin, end and kind; tokens beyond the network's steps are outside. */
  @Override
  public Predictions judge(List<Example> texts, List<String> labels, float[][] outputs) {
    BioDecoder decoder = new BioDecoder(labels);
    List<String> truths = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    double[][] counts = new double[texts.size()][];
    float[] losses = new float[texts.size()];
    for (int i = 0; i < counts.length; i++) {
      List<String> truth = texts.get(i).tags().stream().map(labels::get).toList();
      int steps = Math.min(truth.size(), outputs[i].length / labels.size());
      int[] best = decoder.decode(outputs[i], steps);
      List<String> answer = new ArrayList<>();
      double loss = 0;
      for (int t = 0; t < truth.size(); t++) {
        answer.add(t < steps ? labels.get(best[t]) : OUTSIDE);
        if (t < steps) {
          float p = outputs[i][t * labels.size() + texts.get(i).tags().get(t)];
          loss -= Math.log(Math.max(p, Predictions.TINY));
        }
      }
      truths.add(String.join(" ", truth));
      answers.add(String.join(" ", answer));
      counts[i] = counts(spans(texts.get(i), truth), spans(texts.get(i), answer));
      losses[i] = (float) (loss / Math.max(1, steps));
    }
    return Predictions.of(Metric.SPAN_F1, truths, answers, counts, losses);
  }

  @Override
  public float[] output(Predictor predictor, String text) {
    return predictor.tokenProbabilities(text);
  }

  /**
   * The spans that count: where a predicate is given its own does not, as in the shared task of
   * CoNLL-2005 (Carreras and Màrquez).
   */
  private static List<Span> spans(Example text, List<String> tags) {
    boolean given = TokenText.of(text.text()).focus() != TokenText.NO_FOCUS;
    return Span.of(tags).stream().filter(s -> !(given && s.kind().equals(PREDICATE))).toList();
  }

  private static double[] counts(List<Span> truth, List<Span> answer) {
    Set<Span> right = new HashSet<>(truth);
    right.retainAll(answer);
    return new double[] {right.size(), answer.size(), truth.size()};
  }
}
