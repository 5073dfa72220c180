package org.qat4j.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.format.ModelFile;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.TextInput;
import org.qat4j.text.WordEncoder;

/** A gate in a test, on a model that knows two words. */
class QatAssertTest {
  @TempDir private Path folder;

  private static IntegerModel weather() {
    QuantizedTensor words = tensor(1, new byte[] {0, 0, 0, 0, 100, 0, 0, 100}, 4, 2);
    QuantizedTensor classes = tensor(2, new byte[] {100, -100, -100, 100}, 2, 2);
    return new IntegerModel(
        "weather",
        List.of(new Input("tokens", Input.Kind.TOKENS, List.of(3), 4)),
        List.of(
            new Op.Embedding("embedding", "tokens", words),
            new Op.GlobalMaxPool("max", "embedding"),
            new Op.Dense("logits", "max", classes, IntVector.of(0, 0), new Output.Real()),
            new Op.Softmax("output", "logits")),
        List.of("output"),
        List.of(
            new TextInput(
                "tokens", new WordEncoder(List.of("sun", "snow"), 3, true, false, false))),
        List.of("warm", "cold"));
  }

  private static QuantizedTensor tensor(int scales, byte[] codes, int... shape) {
    float[] scale = new float[scales];
    Arrays.fill(scale, 0.01f);
    return new QuantizedTensor(codes, shape, 8, scale, 0);
  }

  @Test
  void aModelThatReachesItsGatePasses() {
    Path file = folder.resolve("model.qat");
    ModelFile.write(weather(), file);
    QatAssert.assertThat(file)
        .takesAtMost(1_000)
        .answers(Map.of("the sun", "warm", "snow falls", "cold"), 1);
  }

  @Test
  void aModelBelowItsGateFails() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (int i = 0; i < 14; i++) {
      texts.put("sun " + i, i < 7 ? "warm" : "cold");
    }
    assertThatThrownBy(() -> QatAssert.assertThat(weather()).answers(texts, 0.8))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            "the model \"weather\" answers 50.00 % [26.80, 73.20] of 14 texts rightly, 30.00"
                + " points less than 80.00 %; \"sun 7\" is cold, not warm; \"sun 8\" is cold, not"
                + " warm; \"sun 9\" is cold, not warm; \"sun 10\" is cold, not warm; \"sun 11\" is"
                + " cold, not warm; and 2 more");
    QatAssert.assertThat(weather()).answers(texts, 0.5);
  }

  @Test
  void aModelThatIsTooLargeFails() {
    int size = ModelFile.toBytes(weather()).length;
    QatAssert.assertThat(weather()).takesAtMost(size);
    assertThatThrownBy(() -> QatAssert.assertThat(weather()).takesAtMost(size - 3))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("takes " + size + " bytes, 3 more than ");
  }

  @Test
  void ofNoTextsNothingIsSaid() {
    assertThatThrownBy(() -> QatAssert.assertThat(weather()).answers(Map.of(), 0))
        .isInstanceOf(AssertionError.class);
  }

  /**
   * Wilson's interval of 0 of 10 is [0, z² / (n + z²)]; of 5 of 10 it is known to be [23.7, 76.3].
   */
  @Test
  void theInterval() {
    assertThat(QatAssert.wilson(0, 10)[0]).isCloseTo(0, within(1e-12));
    assertThat(QatAssert.wilson(0, 10)[1]).isCloseTo(0.27753, within(1e-5));
    assertThat(QatAssert.wilson(0.5, 10)[0]).isCloseTo(0.23659, within(1e-5));
    assertThat(QatAssert.wilson(0.5, 10)[1]).isCloseTo(0.76341, within(1e-5));
  }
}
