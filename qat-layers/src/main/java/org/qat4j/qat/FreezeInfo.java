package org.qat4j.qat;

import java.util.List;
import org.qat4j.model.TextInput;

/**
 * What a frozen model carries beside the network.
 *
 * @param name name of the model
 * @param text how its inputs are made from raw text; empty where it does not read text
 * @param labels names of the classes, or empty
 */
public record FreezeInfo(String name, List<TextInput> text, List<String> labels) {
  public FreezeInfo {
    text = List.copyOf(text);
    labels = List.copyOf(labels);
  }

  /** A name alone. */
  public static FreezeInfo named(String name) {
    return new FreezeInfo(name, List.of(), List.of());
  }
}
