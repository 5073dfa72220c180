package org.qat4j.data;

import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.qat4j.QatException;

/**
 * Labelled texts, split in three.
 *
 * @param train to learn from
 * @param validation to choose settings by
 * @param test to report on
 * @param labels names of the classes, each once
 * @param skipped malformed rows that were left out
 */
public record Dataset(
    List<Example> train,
    List<Example> validation,
    List<Example> test,
    List<String> labels,
    Skipped skipped) {
  public Dataset {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
    labels = List.copyOf(labels);
    if (new HashSet<>(labels).size() != labels.size()) {
      throw new QatException("a label is there twice: " + labels);
    }
    for (List<Example> part : List.of(train, validation, test)) {
      for (Example e : part) {
        if (e.label() < 0 || e.label() >= labels.size()) {
          throw new QatException(
              "label " + e.label() + " lies outside [0, " + labels.size() + "): " + e.text());
        }
      }
    }
  }

  /** Without malformed rows. */
  public Dataset(
      List<Example> train, List<Example> validation, List<Example> test, List<String> labels) {
    this(train, validation, test, labels, Skipped.NONE);
  }

  /**
   * Number of test rows whose text is also, letter for letter, that of a training or validation
   * row: such rows can be answered from memory.
   */
  public int leaked() {
    Set<String> known = new HashSet<>();
    train.forEach(e -> known.add(e.text()));
    validation.forEach(e -> known.add(e.text()));
    return (int) test.stream().filter(e -> known.contains(e.text())).count();
  }

  /** SHA-256 of the labels and of all rows in order. */
  public String sha256() {
    MessageDigest digest = Hashes.digest();
    Hashes.update(digest, labels.size());
    labels.forEach(label -> Hashes.update(digest, label));
    for (List<Example> part : List.of(train, validation, test)) {
      Hashes.update(digest, part.size());
      for (Example e : part) {
        Hashes.update(digest, e.label());
        Hashes.update(digest, e.text());
      }
    }
    return Hashes.hex(digest.digest());
  }
}
