package org.qat4j.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import de.bwaldvogel.liblinear.Feature;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.qat4j.data.Example;
import org.qat4j.experiment.BaselineSpec.Terms;

class LinearClassifierTest {
  @Test
  void linearModelIsTheSameEveryTime() {
    List<Example> noise = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 120; i++) {
      noise.add(new Example("w" + random.nextInt(30) + " w" + random.nextInt(30), i % 3));
    }
    LinearClassifier first = new LinearClassifier(noise, 3, Terms.WORDS);
    LinearClassifier second = new LinearClassifier(noise, 3, Terms.WORDS);
    for (Example e : noise) {
      assertThat(second.classify(e.text())).isEqualTo(first.classify(e.text()));
    }
  }

  /** By hand: N = 3; "x" is in all texts, "y" in two, "x y" in two, "z" in one and left out. */
  @Test
  void weightsByHand() {
    List<Example> training =
        List.of(new Example("x y", 0), new Example("x", 1), new Example("z x y", 0));
    TermWeights terms = new TermWeights(training, Terms.WORDS);
    assertThat(terms.size()).isEqualTo(3); // x; x y; y
    Feature[] vector = terms.vector("X x, y unheard");
    double x = 2 * 1.0;
    double y = Math.log(4 / 3.0) + 1;
    double norm = Math.sqrt(x * x + 2 * y * y);
    assertThat(vector).extracting(Feature::getIndex).containsExactly(1, 2, 3);
    assertThat(vector[0].getValue()).isCloseTo(x / norm, within(1e-12));
    assertThat(vector[1].getValue()).isCloseTo(y / norm, within(1e-12));
    assertThat(vector[2].getValue()).isCloseTo(y / norm, within(1e-12));
    assertThat(terms.vector("unheard of")).isEmpty();
  }
}
