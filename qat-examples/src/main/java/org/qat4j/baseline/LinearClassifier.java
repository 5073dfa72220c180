package org.qat4j.baseline;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.qat4j.data.Example;
import org.qat4j.experiment.BaselineSpec.Terms;
import org.qat4j.runtime.IntegerRuntime;

/**
 * A linear support vector machine on TF-IDF of terms, one class against the rest, with squared
 * hinge loss and C = 1: LIBLINEAR (Fan et al., JMLR 9, 2008) in its Java version, untuned. The
 * classes are trained in parallel, each from a seed of its own, so that the result does not depend
 * on the number of threads.
 */
final class LinearClassifier {
  private static final double COST = 1;

  /** LIBLINEAR's own stopping tolerance for this solver. */
  private static final double TOLERANCE = 0.1;

  private final TermWeights terms;
  private final Model[] classes;

  LinearClassifier(List<Example> training, int labels, Terms terms) {
    this.terms = new TermWeights(training, terms);
    Feature[][] vectors =
        training.parallelStream()
            .map(example -> this.terms.vector(example.text()))
            .toArray(Feature[][]::new);
    this.classes =
        IntStream.range(0, labels)
            .parallel()
            .mapToObj(label -> train(vectors, training, label))
            .toArray(Model[]::new);
  }

  private Model train(Feature[][] vectors, List<Example> training, int label) {
    Problem problem = new Problem();
    problem.l = vectors.length;
    problem.n = terms.size();
    problem.x = vectors;
    problem.y = training.stream().mapToDouble(e -> e.label() == label ? 1 : -1).toArray();
    Parameter parameter = new Parameter(SolverType.L2R_L2LOSS_SVC_DUAL, COST, TOLERANCE);
    parameter.setRandom(new Random(label));
    return Linear.train(problem, parameter);
  }

  /** The class whose hyperplane a text lies farthest above; of equal ones the lowest. */
  int classify(String text) {
    return IntegerRuntime.argmax(scores(text));
  }

  /** How far a text lies above the hyperplane of each class. */
  float[] scores(String text) {
    Feature[] vector = terms.vector(text);
    float[] scores = new float[classes.length];
    for (int label = 0; label < scores.length; label++) {
      scores[label] = (float) score(classes[label], vector);
    }
    return scores;
  }

  /** Distance in the direction of the class: LIBLINEAR's first label is that of the first row. */
  private static double score(Model model, Feature[] vector) {
    double[] value = new double[1];
    Linear.predictValues(model, vector, value);
    return model.getLabels()[0] == 1 ? value[0] : -value[0];
  }
}
