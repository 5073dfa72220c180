package org.qat4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;

/** Models whose scores are sigmoids: one label alone, and labels that do not exclude each other. */
class SigmoidPredictionTest {
  /** Of two numbers, each score the sigmoid of one weighted sum of them. */
  private static Predictor predictor(List<String> labels, int... weights) {
    int n = weights.length / 2;
    byte[] codes = new byte[weights.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) weights[i];
    }
    QuantizedTensor w = new QuantizedTensor(codes, new int[] {n, 2}, 8, new float[] {1f}, 0);
    List<Op> ops =
        List.of(
            new Op.Quantize("q", "x", new QuantParams(0.5f, 0, -128, 127)),
            new Op.Dense("logits", "q", w, IntVector.of(new int[n]), new Output.Real()),
            new Op.RealFunction("p", Op.RealFunction.Form.SIGMOID, "logits", 0));
    List<Input> inputs = List.of(new Input("x", Input.Kind.REAL, List.of(2), 0));
    return new Predictor(new IntegerModel("m", inputs, ops, List.of("p"), List.of(), labels));
  }

  @Test
  void oneScoreIsYesOrNo() {
    Predictor predictor = predictor(List.of("ham", "spam"), 1, -1);
    Prediction spam = predictor.predict("3,1");
    assertThat(spam.label()).isEqualTo("spam");
    assertThat(spam.probability()).isCloseTo(0.880797f, within(1e-6f));
    Prediction ham = predictor.predict("1,3");
    assertThat(ham.index()).isZero();
    assertThat(ham.label()).isEqualTo("ham");
    assertThat(ham.probability()).isCloseTo(0.880797f, within(1e-6f));
    assertThat(predictor.classify("1,1")).isEqualTo(1);
  }

  @Test
  void aLabelDoesNotExcludeAnother() {
    Predictor predictor = predictor(List.of("a", "b", "c"), 1, 0, 0, 1, -1, -1);
    assertThat(predictor.labels("1,2").stream().map(Prediction::label)).containsExactly("b", "a");
    assertThat(predictor.labels("-1,-2").stream().map(Prediction::label)).containsExactly("c");
    float[] p = predictor.probabilities("1,2");
    assertThat(p[0]).isCloseTo(0.731059f, within(1e-6f));
    assertThat(p[1]).isCloseTo(0.880797f, within(1e-6f));
    assertThat(p[2]).isCloseTo(0.047426f, within(1e-6f));
    assertThat(predictor.predict("1,2").label()).isEqualTo("b");
  }

  @Test
  void oneScoreHasNoLabels() {
    Predictor predictor = predictor(List.of(), 1, -1);
    assertThat(predictor.predict("1,3").label()).isEqualTo("0");
    assertThatThrownBy(() -> predictor.labels("1,3"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("ask for its prediction");
  }
}
