package org.qat4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class KneeTest {
  private static Knee.Point point(double bytes, double accuracy) {
    return new Knee.Point(bytes, accuracy);
  }

  @Test
  void theCornerOfTheCurveIsTheKnee() {
    List<Knee.Point> points =
        List.of(point(900, 0.872), point(450, 0.870), point(230, 0.865), point(220, 0.80));

    assertThat(Knee.of(points)).isEqualTo(point(230, 0.865));
  }

  @Test
  void whatAnotherPointBeatsDoesNotCount() {
    List<Knee.Point> points = List.of(point(900, 0.8), point(450, 0.87), point(230, 0.86));

    assertThat(Knee.front(points)).containsExactly(point(230, 0.86), point(450, 0.87));
    assertThat(Knee.of(points)).as("of two points the smaller").isEqualTo(point(230, 0.86));
    assertThat(Knee.of(List.of(point(5, 1), point(5, 1)))).isEqualTo(point(5, 1));
  }

  @Property(seed = "1")
  void theFrontRisesAndTheKneeLiesOnIt(
      @ForAll @Size(min = 1, max = 12) List<@DoubleRange(min = 0.5, max = 1) Double> accuracies) {
    List<Knee.Point> points =
        java.util.stream.IntStream.range(0, accuracies.size())
            .mapToObj(i -> point(100 + 7 * (i % 5), accuracies.get(i)))
            .toList();

    List<Knee.Point> front = Knee.front(points);

    for (int i = 1; i < front.size(); i++) {
      assertThat(front.get(i).bytes()).isGreaterThan(front.get(i - 1).bytes());
      assertThat(front.get(i).accuracy()).isGreaterThan(front.get(i - 1).accuracy());
    }
    assertThat(front).contains(Knee.of(points));
  }
}
