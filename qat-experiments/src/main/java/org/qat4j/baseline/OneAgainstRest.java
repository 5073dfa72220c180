package org.qat4j.baseline;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Linear support vector machines, one class against the rest, with squared hinge loss, as LIBLINEAR
 * (Fan et al., JMLR 9, 2008) trains them. The classes are trained in parallel, each from a seed of
 * its own, so that the result does not depend on the number of threads.
 */
public final class OneAgainstRest {
  /** LIBLINEAR's own stopping tolerance for this solver. */
  private static final double TOLERANCE = 0.1;

  static {
    Linear.disableDebugOutput();
  }

  private final SparseRows rows;
  private final double[][] classes; // weights; null where the training has none of a class

  /**
   * @param vectors of the training, places from 1 ascending
   * @param labels of the vectors
   * @param features largest place
   * @param classes number of classes
   * @param cost of an error, LIBLINEAR's C
   */
  public OneAgainstRest(Feature[][] vectors, int[] labels, int features, int classes, double cost) {
    this(SparseRows.of(vectors.length, features, i -> vectors[i]), labels, classes, cost);
  }

  OneAgainstRest(SparseRows rows, int[] labels, int classes, double cost) {
    this.rows = rows;
    double[] squares = IntStream.range(0, rows.rows()).mapToDouble(rows::squares).toArray();
    this.classes =
        IntStream.range(0, classes)
            .parallel()
            .mapToObj(label -> train(rows, labels, squares, label, cost))
            .toArray(double[][]::new);
  }

  private static double[] train(
      SparseRows rows, int[] labels, double[] squares, int label, double cost) {
    int[] of = IntStream.range(0, labels.length).filter(i -> labels[i] == label).toArray();
    int[] others = IntStream.range(0, labels.length).filter(i -> labels[i] != label).toArray();
    if (of.length == 0) {
      return null;
    }
    int[] order = IntStream.concat(Arrays.stream(of), Arrays.stream(others)).toArray();
    double[] weights =
        others.length == 0
            ? null
            : new DualDescent(rows, order, of.length, squares, cost, new Random(label))
                .train(TOLERANCE);
    return weights != null ? weights : trainByLiblinear(rows, order, of.length, label, cost);
  }

  /** What takes too many passes, and a class that is alone, is left to LIBLINEAR. */
  static double[] trainByLiblinear(
      SparseRows rows, int[] order, int positive, int label, double cost) {
    Problem problem = new Problem();
    problem.l = order.length;
    problem.n = Math.max(1, rows.features()); // texts without any word have none
    problem.x = rows.features(order);
    problem.y = IntStream.range(0, order.length).mapToDouble(i -> i < positive ? 1 : -1).toArray();
    Parameter parameter = new Parameter(SolverType.L2R_L2LOSS_SVC_DUAL, cost, TOLERANCE);
    parameter.setRandom(new Random(label));
    Model model = Linear.train(problem, parameter);
    double sign = model.getLabels()[0] == 1 ? 1 : -1;
    double[] weights = model.getFeatureWeights();
    return rows.placed(Arrays.stream(weights).map(weight -> sign * weight).toArray());
  }

  /** How far a vector lies above the hyperplane of each class; −∞ where there is none. */
  public float[] scores(Feature[] vector) {
    float[] scores = new float[classes.length];
    for (int label = 0; label < scores.length; label++) {
      scores[label] =
          classes[label] == null
              ? Float.NEGATIVE_INFINITY
              : (float) rows.dot(classes[label], vector);
    }
    return scores;
  }
}
