package org.qat4j.data;

import java.security.MessageDigest;
import java.util.List;
import java.util.function.Function;

/**
 * Rows of a data set, split in three.
 *
 * @param train to learn from
 * @param validation to choose settings by
 * @param test to report on
 * @param skipped malformed rows that were left out
 */
public record Parts<T>(List<T> train, List<T> validation, List<T> test, Skipped skipped) {
  public Parts {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
  }

  /**
   * SHA-256 of all rows in order, hexadecimal.
   *
   * @param texts all that a row says
   */
  public String sha256(Function<T, List<String>> texts) {
    MessageDigest digest = Hashes.digest();
    for (List<T> part : List.of(train, validation, test)) {
      Hashes.update(digest, part.size());
      for (T row : part) {
        List<String> fields = texts.apply(row);
        Hashes.update(digest, fields.size());
        fields.forEach(field -> Hashes.update(digest, field));
      }
    }
    return Hashes.hex(digest.digest());
  }
}
