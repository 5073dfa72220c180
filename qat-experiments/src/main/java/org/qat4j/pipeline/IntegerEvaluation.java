package org.qat4j.pipeline;

import java.util.List;
import org.qat4j.QatException;
import org.qat4j.console.Progress;
import org.qat4j.data.Dataset;
import org.qat4j.evaluation.Predictions;
import org.qat4j.model.IntegerModel;
import org.qat4j.task.Task;

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
    return predict(model, data, 1, progress);
  }

  /**
   * The same.
   *
   * @param beam where texts are translated, the number of beginnings that are followed; 1 takes the
   *     most probable piece always
   */
  public static Predictions predict(IntegerModel model, Dataset data, int beam, Progress progress) {
    boolean part = model.labels().containsAll(data.labels());
    if (part && !model.labels().equals(data.labels())) {
      return predict(model, data.relabelled(model.labels()), beam, progress);
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
    return Task.of(data).predict(model, data, beam, progress);
  }

  private static String start(List<String> labels) {
    List<String> first = labels.subList(0, Math.min(3, labels.size()));
    return "(" + String.join(", ", first) + (labels.size() > 3 ? ", ...)" : ")");
  }
}
