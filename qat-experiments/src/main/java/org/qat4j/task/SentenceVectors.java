package org.qat4j.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Held;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.BaselineSpec;
import org.qat4j.runtime.Predictor;

/** A vector for a text, near those of texts that mean the same. */
public record SentenceVectors() implements Task {
  /**
   * @param texts two for each pair, one behind the other
   * @param outputs their vectors, of any length
   */
  @Override
  public Predictions judge(List<Example> texts, List<String> labels, float[][] outputs) {
    double[] scores = new double[texts.size() / 2];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = texts.get(2 * i).number();
    }
    return Predictions.ofVectors(scores, outputs);
  }

  /** The loss is not known without a teacher; the score is Spearman's coefficient. */
  @Override
  public Held held(Model network, TextBatches batches) {
    return new Held(Double.NaN, predict(network, batches).score());
  }

  /** None. */
  @Override
  public Map<Stage, Predictions> baselines(BaselineSpec spec, Dataset data) {
    return Map.of();
  }

  /** Pairs, with a tab between the two. */
  @Override
  public List<String> items(List<Example> texts, List<String> labels) {
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i + 1 < texts.size(); i += 2) {
      pairs.add(texts.get(i).text() + "\t" + texts.get(i + 1).text());
    }
    return pairs;
  }

  @Override
  public String answers(Dataset data) {
    return data.test().size() / 2 + " pairs of vectors";
  }

  @Override
  public float[] output(Predictor predictor, String text) {
    return predictor.embed(text);
  }
}
