package org.qat4j.baseline;

import de.bwaldvogel.liblinear.Feature;
import java.util.List;
import org.qat4j.data.Example;
import org.qat4j.experiment.BaselineSpec.Terms;
import org.qat4j.runtime.IntegerRuntime;

/** A linear model on TF-IDF of terms. */
public final class LinearClassifier {
  private final TermWeights terms;
  private final OneAgainstRest classes;

  public LinearClassifier(List<Example> training, int labels, Terms terms) {
    this.terms = new TermWeights(training, terms);
    Feature[][] vectors =
        training.parallelStream()
            .map(example -> this.terms.vector(example.text()))
            .toArray(Feature[][]::new);
    int[] truth = training.stream().mapToInt(Example::label).toArray();
    this.classes = new OneAgainstRest(vectors, truth, this.terms.size(), labels);
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
