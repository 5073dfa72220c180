package org.qat4j.experiment;

import org.qat4j.QatException;

/** A key of a section has a value that it cannot have, by itself or beside the others. */
final class InvalidKeyException extends QatException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /**
   * @param key name within its section
   * @param problem goes on from the key: "is 9; expected an integer from 2 to 8"
   */
  InvalidKeyException(String key, String problem) {
    super(key + " " + problem);
    this.key = key;
  }

  String key() {
    return key;
  }
}
