package org.qat4j.baseline;

import de.bwaldvogel.liblinear.Feature;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
    this(new Counted(training, choice.terms()), labels, choice.cost());
  }

  private LinearClassifier(Counted counted, int labels, double cost) {
    this.terms = counted.terms;
    this.classes = new OneAgainstRest(counted.rows, counted.truth, labels, cost);
  }

  /** Texts as vectors, which several models learn from. */
  private static final class Counted {
    private final TermWeights terms;
    private final SparseRows rows;
    private final int[] truth;

    /** Vectors of texts that the models are tried on. */
    private final Map<Example, Feature[]> others = new ConcurrentHashMap<>();

    Counted(List<Example> training, Terms terms) {
      this.terms = new TermWeights(training, terms);
      this.rows =
          SparseRows.of(
              training.size(), this.terms.size(), i -> this.terms.vector(training.get(i).text()));
      this.truth = training.stream().mapToInt(Example::label).toArray();
    }

    Feature[] vector(Example other) {
      return others.computeIfAbsent(other, example -> terms.vector(example.text()));
    }
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
    Map<Terms, Counted> counted = new EnumMap<>(Terms.class);
    LinearChoice best =
        LinearChoice.best(
            terms,
            all,
            choice -> {
              Counted vectors =
                  counted.computeIfAbsent(choice.terms(), kind -> new Counted(some, kind));
              LinearClassifier tried = new LinearClassifier(vectors, labels, choice.cost());
              return score.applyAsDouble(example -> tried.classes.scores(vectors.vector(example)));
            });
    counted.clear();
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
