package org.qat4j.http;

import java.util.List;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.TextInput;
import org.qat4j.numerics.QuantParams;
import org.qat4j.text.WordEncoder;

/** A model of 30 bytes: what has "cat" in it is an animal, everything else is not. */
public final class TwoWords {
  private TwoWords() {}

  /**
   * @param name of the model
   */
  public static IntegerModel named(String name) {
    WordEncoder encoder = new WordEncoder(List.of("cat"), 6, true, false, false);
    byte[] table = {0, 0, 4, 0, 0, 20};
    byte[] weights = {1, 0, 0, 1};
    QuantParams codes = QuantParams.asymmetric(-1f, 1f, 8);
    return new IntegerModel(
        name,
        List.of(new Input("ids", Input.Kind.TOKENS, List.of(6), encoder.vocabularySize())),
        List.of(
            new Op.EmbeddingBag(
                "bag",
                "ids",
                new QuantizedTensor(table, new int[] {3, 2}, 8, new float[] {0.05f}, 0),
                false,
                codes),
            new Op.Dense(
                "out",
                "bag",
                new QuantizedTensor(weights, new int[] {2, 2}, 8, new float[] {1f}, 0),
                IntVector.of(0, 0),
                new Output.Real())),
        List.of("out"),
        List.of(new TextInput("ids", encoder)),
        List.of("other", "animal"));
  }
}
