package org.qat4j.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DualDescentTest {
  /** Rows of some of the features; classes follow from the first ones, but for some noise. */
  private static Feature[][] rows(int rows, int features, Random random) {
    Feature[][] all = new Feature[rows][];
    for (int i = 0; i < rows; i++) {
      List<Feature> row = new ArrayList<>();
      for (int f = 1; f <= features; f++) {
        if (random.nextInt(1 + f / 3) == 0) {
          row.add(new FeatureNode(f, random.nextGaussian()));
        }
      }
      all[i] = row.toArray(Feature[]::new);
    }
    return all;
  }

  @Property(tries = 60, seed = "1")
  void endsWithTheWeightsOfLiblinear(
      @ForAll @IntRange(min = 2, max = 80) int n,
      @ForAll @IntRange(min = 1, max = 60) int features,
      @ForAll @IntRange(min = 0, max = 2) int cost,
      @ForAll int seed) {
    Random random = new Random(seed);
    SparseRows rows = sparse(n, features, random);
    int positive = 1 + random.nextInt(n - 1);
    int[] order = IntStream.range(0, n).map(i -> (i + n / 2) % n).toArray();
    double c = new double[] {0.1, 1, 3}[cost];
    double[] squares = IntStream.range(0, n).mapToDouble(rows::squares).toArray();

    double[] own = new DualDescent(rows, order, positive, squares, c, new Random(7)).train(0.1);
    double[] expected = OneAgainstRest.trainByLiblinear(rows, order, positive, 7, c);

    if (own != null) {
      assertThat(own).isEqualTo(expected);
    }
  }

  private static SparseRows sparse(int n, int features, Random random) {
    Feature[][] all = rows(n, features, random);
    return SparseRows.of(n, features, i -> all[i]);
  }

  /** Of one class there is nothing to tell apart, which LIBLINEAR says in its own way. */
  @Test
  void classesThatAreAloneOrAbsent() {
    Feature[][] two = {{new FeatureNode(1, 1)}, {new FeatureNode(2, 1)}};
    OneAgainstRest alone = new OneAgainstRest(two, new int[] {1, 1}, 2, 3, 1);
    float[] scores = alone.scores(two[0]);
    assertThat(scores[0]).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(scores[1]).isFinite();
    assertThat(scores[2]).isEqualTo(Float.NEGATIVE_INFINITY);
  }

  @Test
  void rowsComeBackAsTheyWere() {
    Feature[][] all = rows(50, 30, new Random(3));
    SparseRows rows = SparseRows.of(50, 30, i -> all[i]);
    Feature[][] back = rows.features(IntStream.range(0, 50).toArray());
    for (int i = 0; i < 50; i++) {
      assertThat(back[i]).usingRecursiveComparison().isEqualTo(all[i]);
    }
  }
}
