package org.qat4j.baseline;

import java.util.Random;

/**
 * A support vector machine with squared hinge loss by descent along one dual variable at a time
 * (Hsieh et al., <i>A dual coordinate descent method for large-scale linear SVM</i>, ICML 2008,
 * algorithm 3 with the random order and the shrinking of its section 3). It takes the steps of
 * LIBLINEAR's solver one by one and ends with its weights to the bit, in half of the memory and
 * less time, since rows lie in arrays.
 */
final class DualDescent {
  /** Passes after which LIBLINEAR gives this way up. */
  private static final int MOST_PASSES = 300;

  /** Projected gradients below are 0. */
  private static final double ZERO = 1e-12;

  private final SparseRows rows;
  private final int[] order;
  private final int positive;
  private final Random random;
  private final double diagonal;
  private final double[] curvature;
  private final double[] alpha;
  private final double[] weights;
  private final int[] active;
  private int count;

  /**
   * @param order of the rows: those of the class, then the others
   * @param positive number of the rows of the class
   * @param squares of each row the sum of its squares
   * @param cost of an error, C
   */
  DualDescent(
      SparseRows rows, int[] order, int positive, double[] squares, double cost, Random random) {
    this.rows = rows;
    this.order = order;
    this.positive = positive;
    this.random = random;
    this.diagonal = 0.5 / cost;
    this.count = order.length;
    this.alpha = new double[count];
    this.weights = new double[rows.features()];
    this.curvature = new double[count];
    this.active = new int[count];
    for (int i = 0; i < count; i++) {
      curvature[i] = diagonal + squares[order[i]];
      active[i] = i;
    }
  }

  /**
   * Descends.
   *
   * @param tolerance how far the projected gradients may lie apart, and from 0, at the end
   * @return the weights, in the places of the rows; null where too many passes would be needed
   */
  double[] train(double tolerance) {
    double bound = Double.POSITIVE_INFINITY;
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      shuffle();
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      for (int s = 0; s < count; s++) {
        int i = active[s];
        double sign = i < positive ? 1 : -1;
        double gradient = sign * rows.dot(weights, order[i]) - 1 + alpha[i] * diagonal;
        if (alpha[i] == 0 && gradient > bound) {
          swap(s--, --count); // it will hardly move any more
          continue;
        }
        double projected = alpha[i] == 0 && gradient >= 0 ? 0 : gradient;
        most = Math.max(most, projected);
        least = Math.min(least, projected);
        if (Math.abs(projected) > ZERO) {
          double before = alpha[i];
          alpha[i] = Math.max(before - gradient / curvature[i], 0);
          rows.addTo(weights, order[i], (alpha[i] - before) * sign);
        }
      }
      if (most - least <= tolerance
          && Math.abs(most) <= tolerance
          && Math.abs(least) <= tolerance) {
        if (count == order.length) {
          return pass + 1 < MOST_PASSES ? weights : null;
        }
        count = order.length; // all of them once more
        bound = Double.POSITIVE_INFINITY;
      } else {
        bound = most <= 0 ? Double.POSITIVE_INFINITY : most;
      }
    }
    return null;
  }

  private void shuffle() {
    for (int i = 0; i < count; i++) {
      swap(i, i + random.nextInt(count - i));
    }
  }

  private void swap(int i, int j) {
    int other = active[i];
    active[i] = active[j];
    active[j] = other;
  }
}
