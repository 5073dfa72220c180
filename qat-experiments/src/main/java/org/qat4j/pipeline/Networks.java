package org.qat4j.pipeline;

import org.deeplearning4j.nn.api.Model;
import org.qat4j.zoo.SavedNetworks;

/** Copies of networks. */
final class Networks {
  private Networks() {}

  /**
   * An independent copy. A clone of DL4J's would share the configuration of layers that others
   * wrap, and with it their masks.
   */
  static Model copy(Model network) {
    return SavedNetworks.fromBytes(SavedNetworks.toBytes(network));
  }
}
