package org.qat4j.baseline;

import de.bwaldvogel.liblinear.Feature;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.experiment.BaselineSpec.Terms;
import org.qat4j.runtime.IntegerRuntime;

/** A linear model on TF-IDF of terms. */
public final class LinearClassifier {
  private final TermWeights terms;
  private final OneAgainstRest classes;

  LinearClassifier(List<Example> training, int labels, LinearChoice choice) {
    this.terms = new TermWeights(training, choice.terms());
    Feature[][] vectors =
        training.parallelStream()
            .map(example -> this.terms.vector(example.text()))
            .toArray(Feature[][]::new);
    int[] truth = training.stream().mapToInt(Example::label).toArray();
    this.classes = new OneAgainstRest(vectors, truth, this.terms.size(), labels, choice.cost());
  }

  /**
   * The model whose terms and cost of errors do best on the validation texts, trained on those and
   * the training texts.
   *
   * @param score how good the scores that a model gives to the validation texts are
   */
  public static LinearClassifier tuned(
      Dataset data, Terms terms, ToDoubleFunction<Function<Example, float[]>> score) {
    int labels = data.labels().size();
    List<Example> all = data.refitted().train();
    List<Example> some = LinearChoice.some(data.train());
    LinearChoice best =
        LinearChoice.best(
            terms,
            all,
            choice -> {
              LinearClassifier tried = new LinearClassifier(some, labels, choice);
              return score.applyAsDouble(example -> tried.scores(example.text()));
            });
    return new LinearClassifier(all, labels, best);
  }

  /** The class whose hyperplane a text lies farthest above; of equal ones the lowest. */
  public int classify(String text) {
    return IntegerRuntime.argmax(scores(text));
  }

  /** How far a text lies above the hyperplane of each class. */
  public float[] scores(String text) {
    return classes.scores(terms.vector(text));
  }
}
