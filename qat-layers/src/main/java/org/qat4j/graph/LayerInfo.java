package org.qat4j.graph;

import java.util.regex.Pattern;

/**
 * A layer of a network that can be quantized.
 *
 * @param name of the layer; layers of a MultiLayerNetwork without names are layer0, layer1, …
 * @param type simple class name in DL4J
 * @param first whether it reads an input of the network
 * @param last whether it makes an output of the network
 */
public record LayerInfo(String name, String type, boolean first, boolean last) {

  /** Whether an exception is for this layer. */
  public boolean matches(Match match) {
    if (match instanceof Match.Name m) {
      return m.name().equals(name);
    } else if (match instanceof Match.NamePattern m) {
      return Pattern.matches(m.regex(), name);
    } else if (match instanceof Match.Type m) {
      return m.simpleName().equals(type);
    }
    return match instanceof Match.First ? first : last;
  }
}
