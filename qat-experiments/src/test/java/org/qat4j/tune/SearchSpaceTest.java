package org.qat4j.tune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.experiment.TuneSpec;
import org.qat4j.qat.Calibration.Place;
import org.qat4j.tune.search.Dimension;

class SearchSpaceTest {
  /** Of which a mean has one scale: candidates in which they differ could not be frozen. */
  private static final List<Place> JOINED =
      List.of(
          new Place("left", true, true, List.of("left", "right")),
          new Place("right", true, true, List.of("left", "right")),
          new Place("out", true, true, List.of("out")));

  private static List<String> names(String tune) {
    TuneSpec spec = TinySearch.experiment(tune).tune();
    return SearchSpace.of(spec, JOINED).dimensions().stream().map(Dimension::name).toList();
  }

  @Test
  void whatIsCombinedIsChosenTogether() {
    assertThat(names("trials: 10"))
        .contains("weights.clip@left", "weights.clip@right", "activations.clip@out")
        .contains("activations.zeroShift~left|right")
        .doesNotContain("activations.clip@left", "activations.clip@right");
  }

  @Test
  void alsoWhereASpaceIsGiven() {
    String bits = "{kind: categorical, of: ['4', '8']}";
    assertThat(names("space: [{key: activations.bits, each: '.*', values: " + bits + "}]"))
        .containsExactly("activations.bits~left|right", "activations.bits@out");
    assertThat(names("space: [{key: weights.bits, each: 'l.*|r.*', values: " + bits + "}]"))
        .containsExactly("weights.bits@left", "weights.bits@right");
  }
}
