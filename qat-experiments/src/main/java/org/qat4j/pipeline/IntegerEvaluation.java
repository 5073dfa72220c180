package org.qat4j.pipeline;

import java.util.List;
import java.util.stream.IntStream;
import org.qat4j.QatException;
import org.qat4j.console.Progress;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Question;
import org.qat4j.evaluation.Predictions;
import org.qat4j.model.IntegerModel;
import org.qat4j.runtime.Predictor;
import org.qat4j.runtime.Translator;
import org.qat4j.training.Judge;

/** Runs a frozen model over the test texts: from raw text to answer, as it is served. */
public final class IntegerEvaluation {
  private IntegerEvaluation() {}

  /**
   * The answers for all test texts, in their order.
   *
   * @param model reads text and has the labels of the data, or more
   * @param progress one step a text
   * @throws QatException if the model does not go with the data
   */
  public static Predictions predict(IntegerModel model, Dataset data, Progress progress) {
    boolean part = model.labels().containsAll(data.labels());
    if (part && !model.labels().equals(data.labels())) {
      return predict(model, data.relabelled(model.labels()), progress);
    }
    if (!part) {
      throw new QatException(
          "the model \""
              + model.name()
              + "\" knows "
              + model.labels().size()
              + " classes "
              + start(model.labels())
              + ", but the data have "
              + data.labels().size()
              + " "
              + start(data.labels())
              + ": use the experiment that the model was made with");
    }
    if (data.question() == Question.TRANSLATION) {
      return translate(model, data.test(), 1, progress);
    }
    Predictor predictor = new Predictor(model);
    List<Example> test = data.test();
    float[][] probabilities = new float[test.size()][];
    IntStream.range(0, test.size())
        .parallel()
        .forEach(
            i -> {
              probabilities[i] = predictor.probabilities(test.get(i).text());
              progress.step(1);
            });
    return Judge.of(data).judge(test, probabilities);
  }

  /**
   * The translations of texts, in their order.
   *
   * @param beams of the search; 1 takes the most probable piece always
   */
  public static Predictions translate(
      IntegerModel model, List<Example> texts, int beams, Progress progress) {
    Translator translator = new Translator(model);
    String[] translations = new String[texts.size()];
    float[] losses = new float[texts.size()];
    IntStream.range(0, losses.length)
        .parallel()
        .forEach(
            i -> {
              translations[i] = translator.translate(texts.get(i).text(), beams);
              losses[i] = (float) translator.loss(texts.get(i).text());
              progress.step(1);
            });
    return Judge.judge(texts, List.of(translations), losses);
  }

  private static String start(List<String> labels) {
    List<String> first = labels.subList(0, Math.min(3, labels.size()));
    return "(" + String.join(", ", first) + (labels.size() > 3 ? ", ...)" : ")");
  }
}
