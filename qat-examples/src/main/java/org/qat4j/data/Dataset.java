package org.qat4j.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * Labelled texts, split in three.
 *
 * @param train to learn from
 * @param validation to choose settings by
 * @param test to report on
 * @param labels names of the classes
 */
public record Dataset(
    List<Example> train, List<Example> validation, List<Example> test, List<String> labels) {
  public Dataset {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
    labels = List.copyOf(labels);
  }

  /** SHA-256 of all rows in order. */
  public String sha256() {
    MessageDigest digest = Hashes.digest();
    for (List<Example> part : List.of(train, validation, test)) {
      for (Example e : part) {
        String row = labels.get(e.label()) + "\t" + e.text() + "\n";
        digest.update(row.getBytes(StandardCharsets.UTF_8));
      }
      digest.update((byte) 0);
    }
    return Hashes.hex(digest.digest());
  }
}
