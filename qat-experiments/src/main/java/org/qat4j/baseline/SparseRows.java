package org.qat4j.baseline;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Vectors most of whose numbers are 0, one behind the other in memory. Weights of frequent features
 * lie side by side, so that a product with a vector reads few cache lines; its terms keep their
 * order.
 */
final class SparseRows {
  private static final int CHUNK = 1_024;

  private final int[] starts;
  private int[] at = new int[1 << 12]; // where the weight of a feature is
  private double[] values = new double[1 << 12];
  private final int[] places; // where the weight of each feature is

  private SparseRows(int rows, int features) {
    starts = new int[rows + 1];
    places = new int[features];
  }

  /**
   * Takes vectors.
   *
   * @param features the largest place, from 1
   * @param row gives a vector, its places ascending; asked by several threads
   */
  static SparseRows of(int rows, int features, IntFunction<Feature[]> row) {
    SparseRows all = new SparseRows(rows, features);
    for (int from = 0; from < rows; from += CHUNK) {
      Feature[][] some =
          IntStream.range(from, Math.min(rows, from + CHUNK))
              .parallel()
              .mapToObj(row)
              .toArray(Feature[][]::new);
      for (int i = 0; i < some.length; i++) {
        all.add(from + i, some[i]);
      }
    }
    all.sort();
    return all;
  }

  private void add(int row, Feature[] vector) {
    int n = starts[row];
    if (n + vector.length > at.length) {
      int longer = Math.max(n + vector.length, at.length + (at.length >> 1));
      at = Arrays.copyOf(at, longer);
      values = Arrays.copyOf(values, longer);
    }
    for (Feature feature : vector) {
      at[n] = feature.getIndex() - 1;
      values[n++] = feature.getValue();
    }
    starts[row + 1] = n;
  }

  /** Gives the most frequent features the first places. */
  private void sort() {
    int entries = starts[starts.length - 1];
    int[] counts = new int[places.length];
    for (int i = 0; i < entries; i++) {
      counts[at[i]]++;
    }
    int[] byCount =
        IntStream.range(0, places.length)
            .boxed()
            .sorted(Comparator.comparingInt((Integer feature) -> -counts[feature]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int place = 0; place < byCount.length; place++) {
      places[byCount[place]] = place;
    }
    for (int i = 0; i < entries; i++) {
      at[i] = places[at[i]];
    }
  }

  int rows() {
    return starts.length - 1;
  }

  int features() {
    return places.length;
  }

  /** Product of weights and a row. */
  double dot(double[] weights, int row) {
    double sum = 0;
    for (int i = starts[row]; i < starts[row + 1]; i++) {
      sum += weights[at[i]] * values[i];
    }
    return sum;
  }

  /** Product of weights and a vector. */
  double dot(double[] weights, Feature[] vector) {
    double sum = 0;
    for (Feature feature : vector) {
      if (feature.getIndex() <= places.length) {
        sum += weights[places[feature.getIndex() - 1]] * feature.getValue();
      }
    }
    return sum;
  }

  /** Sum of the squares of a row. */
  double squares(int row) {
    double sum = 0;
    for (int i = starts[row]; i < starts[row + 1]; i++) {
      sum += values[i] * values[i];
    }
    return sum;
  }

  /** Adds a multiple of a row to weights. */
  void addTo(double[] weights, int row, double factor) {
    for (int i = starts[row]; i < starts[row + 1]; i++) {
      weights[at[i]] += factor * values[i];
    }
  }

  /** The rows as LIBLINEAR reads them. */
  Feature[][] features(int[] order) {
    int[] feature = new int[places.length];
    for (int i = 0; i < places.length; i++) {
      feature[places[i]] = i + 1;
    }
    return IntStream.of(order)
        .mapToObj(
            row ->
                IntStream.range(starts[row], starts[row + 1])
                    .mapToObj(i -> new FeatureNode(feature[at[i]], values[i]))
                    .toArray(Feature[]::new))
        .toArray(Feature[][]::new);
  }

  /** Weights of features in their order as weights here. */
  double[] placed(double[] weights) {
    double[] placed = new double[places.length];
    for (int i = 0; i < places.length; i++) {
      placed[places[i]] = weights[i];
    }
    return placed;
  }
}
