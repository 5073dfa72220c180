package org.qat4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.numerics.QuantParams;

/** Models whose answer is a vector of codes. */
class EmbeddingTest {
  private static Predictor predictor(List<String> labels) {
    List<Op> ops = List.of(new Op.Quantize("q", "x", new QuantParams(0.5f, 0, -128, 127)));
    List<Input> inputs = List.of(new Input("x", Input.Kind.REAL, List.of(2), 0));
    return new Predictor(new IntegerModel("m", inputs, ops, List.of("q"), List.of(), labels));
  }

  @Test
  void hasTheLengthOne() {
    Predictor predictor = predictor(List.of());
    assertThat(predictor.isVector()).isTrue();
    assertThat(predictor.embed("3,-4")).containsExactly(0.6f, -0.8f);
    assertThat(predictor.embed("0.1,4.1")).as("rounded to 0 and 4").containsExactly(0f, 1f);
    assertThat(predictor.embed("0.1,0.2")).as("no direction").containsExactly(0f, 0f);
  }

  @Test
  void givesNoLabel() {
    Predictor predictor = predictor(List.of());
    assertThatThrownBy(() -> predictor.predict("3,4"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("gives a vector and no labels");
    assertThatThrownBy(() -> predictor.classify("3,4")).hasMessageContaining("let it embed");
    assertThatThrownBy(() -> predictor.number("3,4"))
        .hasMessageContaining("a vector and no number");
  }

  @Test
  void aModelWithLabelsGivesNone() {
    Predictor predictor = predictor(List.of("a", "b"));
    assertThat(predictor.isVector()).isFalse();
    assertThat(predictor.predict("3,4").label()).isEqualTo("b");
    assertThat(predictor.probabilities("3,3")[0]).isCloseTo(0.5f, within(1e-6f));
    assertThatThrownBy(() -> predictor.embed("3,4"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("gives labels and no vector");
  }
}
