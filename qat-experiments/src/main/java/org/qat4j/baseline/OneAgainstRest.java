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
 * Linear support vector machines, one class against the rest, with squared hinge loss: LIBLINEAR
 * (Fan et al., JMLR 9, 2008) in its Java version. The classes are trained in parallel, each from a
 * seed of its own, so that the result does not depend on the number of threads.
 */
public final class OneAgainstRest {
  /** LIBLINEAR's own stopping tolerance for this solver. */
  private static final double TOLERANCE = 0.1;

  static {
    Linear.disableDebugOutput();
  }

  private final Model[] classes; // null where the training has none of a class

  /**
   * @param vectors of the training, places from 1 ascending
   * @param labels of the vectors
   * @param features largest place
   * @param classes number of classes
   * @param cost of an error, LIBLINEAR's C
   */
  public OneAgainstRest(Feature[][] vectors, int[] labels, int features, int classes, double cost) {
    this.classes =
        IntStream.range(0, classes)
            .parallel()
            .mapToObj(label -> train(vectors, labels, features, label, cost))
            .toArray(Model[]::new);
  }

  private static Model train(
      Feature[][] vectors, int[] labels, int features, int label, double cost) {
    Problem problem = new Problem();
    problem.l = vectors.length;
    problem.n = Math.max(1, features); // texts without any word have none
    problem.x = vectors;
    problem.y = Arrays.stream(labels).mapToDouble(l -> l == label ? 1 : -1).toArray();
    if (Arrays.stream(labels).noneMatch(l -> l == label)) {
      return null;
    }
    Parameter parameter = new Parameter(SolverType.L2R_L2LOSS_SVC_DUAL, cost, TOLERANCE);
    parameter.setRandom(new Random(label));
    return Linear.train(problem, parameter);
  }

  /** How far a vector lies above the hyperplane of each class; −∞ where there is none. */
  public float[] scores(Feature[] vector) {
    float[] scores = new float[classes.length];
    for (int label = 0; label < scores.length; label++) {
      scores[label] =
          classes[label] == null ? Float.NEGATIVE_INFINITY : (float) score(classes[label], vector);
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
