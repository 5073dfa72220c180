package org.qat4j.network;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.data.TextBatches;
import org.qat4j.model.TextInput;
import org.qat4j.model.internal.InputLengths;
import org.qat4j.qat.Qat;
import org.qat4j.text.TextEncoder;

/**
 * A network that classifies texts or tags their tokens.
 *
 * @param network an initialized MultiLayerNetwork or ComputationGraph; its output is softmax over
 *     the classes, or over the tags of each step
 * @param text how each of its inputs is made from a text, in the network's order
 * @param masked whether it is trained and evaluated with masks, so that padding is left out
 */
public record TextNetwork(Model network, List<TextInput> text, boolean masked) {
  public TextNetwork {
    text = List.copyOf(text);
  }

  /** Another network that reads the same, such as a copy or one with fewer channels. */
  public TextNetwork with(Model other) {
    return new TextNetwork(other, text, masked);
  }

  /** Another network that reads texts by other encoders, such as those of fewer tokens. */
  public TextNetwork with(Model other, List<TextInput> encoders) {
    return new TextNetwork(other, encoders, masked);
  }

  /** The encoders of the inputs, in the network's order. */
  public List<TextEncoder> encoders() {
    return text.stream().map(TextInput::encoder).toList();
  }

  /** What batches for it hold. */
  public TextBatches.Inputs inputs() {
    int[] limits = encoders().stream().mapToInt(TextEncoder::length).toArray();
    if (limits.length == 0) {
      return new TextBatches.Inputs(encoders(), masked);
    }
    boolean[] ongoing = TextBatches.Inputs.ongoing(encoders());
    InputLengths lengths = Qat.lengths(network, limits, ongoing, masked);
    return new TextBatches.Inputs(encoders(), masked, lengths);
  }
}
