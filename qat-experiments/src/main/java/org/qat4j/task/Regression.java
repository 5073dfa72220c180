package org.qat4j.task;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Held;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.BaselineSpec;
import org.qat4j.runtime.Predictor;
import org.qat4j.task.regression.LinearRegression;

/** A number for a text. */
public record Regression() implements Task {
  /**
   * @param outputs one number each
   */
  @Override
  public Predictions judge(List<Example> texts, List<String> labels, float[][] outputs) {
    double[] answers = new double[outputs.length];
    for (int i = 0; i < answers.length; i++) {
      answers[i] = outputs[i][0];
    }
    return Predictions.ofNumbers(numbers(texts), answers);
  }

  /** The loss is the mean squared error, the score Spearman's coefficient. */
  @Override
  public Held held(Model network, TextBatches batches) {
    Predictions answers = predict(network, batches);
    return new Held(answers.score() * answers.score(), answers.parts().get("spearman"));
  }

  /** The mean of the training numbers, whatever the text, and a linear model. */
  @Override
  public Map<Stage, Predictions> baselines(BaselineSpec spec, Dataset data) {
    Map<Stage, Predictions> answers = new EnumMap<>(Stage.class);
    if (spec.majority()) {
      double mean = mean(data);
      answers.put(Stage.MEAN, answered(data, text -> mean));
    }
    if (spec.linear()) {
      LinearRegression linear = LinearRegression.tuned(data, spec.terms());
      answers.put(Stage.LINEAR, answered(data, linear::number));
    }
    return answers;
  }

  private static Predictions answered(Dataset data, ToDoubleFunction<String> number) {
    return Predictions.ofNumbers(
        numbers(data.test()),
        data.test().stream().map(Example::text).mapToDouble(number).toArray());
  }

  /** One number as it is, which begins at the mean of those of the training. */
  @Override
  public OutputLayer.Builder ending(Dataset data) {
    return new OutputLayer.Builder(LossFunction.MSE)
        .nOut(1)
        .activation(Activation.IDENTITY)
        .biasInit(mean(data));
  }

  @Override
  public float[] output(Predictor predictor, String text) {
    return new float[] {predictor.number(text)};
  }

  @Override
  public String answers(Dataset data) {
    return "numbers";
  }

  private static double mean(Dataset data) {
    return data.train().stream().mapToDouble(Example::number).average().orElseThrow();
  }

  private static double[] numbers(List<Example> texts) {
    return texts.stream().mapToDouble(Example::number).toArray();
  }
}
