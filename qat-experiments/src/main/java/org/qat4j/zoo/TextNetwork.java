package org.qat4j.zoo;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.model.TextInput;
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

  /** A network for which padding is a token like others. */
  public TextNetwork(Model network, List<TextInput> text) {
    this(network, text, false);
  }

  /** The encoders of the inputs, in the network's order. */
  public List<TextEncoder> encoders() {
    return text.stream().map(TextInput::encoder).toList();
  }
}
