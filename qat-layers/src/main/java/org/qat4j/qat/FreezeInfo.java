package org.qat4j.qat;

import java.util.List;
import java.util.Map;
import org.qat4j.model.TextInput;

/**
 * What a frozen model carries beside the network.
 *
 * @param name name of the model
 * @param text how its inputs are made from raw text; empty where it does not read text
 * @param labels names of the classes, or empty
 * @param metadata what else is to be said of the model, such as where it comes from; no time, host
 *     or path, so that the same training gives the same bytes
 */
public record FreezeInfo(
    String name, List<TextInput> text, List<String> labels, Map<String, String> metadata) {
  public FreezeInfo {
    text = List.copyOf(text);
    labels = List.copyOf(labels);
    metadata = Map.copyOf(metadata);
  }

  /** Without metadata. */
  public FreezeInfo(String name, List<TextInput> text, List<String> labels) {
    this(name, text, labels, Map.of());
  }

  /** A name alone. */
  public static FreezeInfo named(String name) {
    return new FreezeInfo(name, List.of(), List.of());
  }
}
