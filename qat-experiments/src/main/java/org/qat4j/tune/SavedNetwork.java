package org.qat4j.tune;

import java.io.Serializable;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.zoo.SavedNetworks;

/** A network as DL4J saves it, which travels to other machines. */
final class SavedNetwork implements Serializable {
  private static final long serialVersionUID = 1L;

  private final byte[] bytes;

  SavedNetwork(Model network) {
    this.bytes = SavedNetworks.toBytes(network);
  }

  /** A new network with the same parameters. */
  Model load() {
    return SavedNetworks.fromBytes(bytes);
  }
}
