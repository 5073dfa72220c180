package org.qat4j.data;

import java.io.Serializable;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.qat4j.QatException;
import org.qat4j.text.internal.TokenText;

/**
 * Labelled texts, split in three.
 *
 * @param question what is asked of them
 * @param train to learn from
 * @param validation to choose settings by
 * @param test to report on
 * @param labels names of the classes or tags, each once; none where texts are translated or have
 *     numbers
 * @param skipped malformed rows that were left out
 */
public record Dataset(
    Question question,
    List<Example> train,
    List<Example> validation,
    List<Example> test,
    List<String> labels,
    Skipped skipped)
    implements Serializable {
  public Dataset {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
    labels = List.copyOf(labels);
    if (new HashSet<>(labels).size() != labels.size()) {
      throw new QatException("a label is there twice: " + labels);
    }
    int n = question.choices(labels);
    for (List<Example> part : List.of(train, validation, test)) {
      for (Example e : part) {
        check(e.label(), n, e.text());
        e.tags().forEach(tag -> check(tag, n, e.text()));
      }
    }
  }

  private static void check(int label, int labels, String text) {
    if (label < 0 || label >= labels) {
      throw new QatException("label " + label + " lies outside [0, " + labels + "): " + text);
    }
  }

  /** Texts with a class each. */
  public Dataset(
      List<Example> train,
      List<Example> validation,
      List<Example> test,
      List<String> labels,
      Skipped skipped) {
    this(Question.CLASS, train, validation, test, labels, skipped);
  }

  /** Texts with a class each, without malformed rows. */
  public Dataset(
      List<Example> train, List<Example> validation, List<Example> test, List<String> labels) {
    this(train, validation, test, labels, Skipped.NONE);
  }

  /** Whether any training text has a token that the others are looked at from. */
  public boolean hasFocus() {
    return question == Question.TAGS
        && train.stream().anyMatch(e -> TokenText.of(e.text()).focus() != TokenText.NO_FOCUS);
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

  /** The same, but that the validation rows are also rows to learn from. */
  public Dataset refitted() {
    List<Example> all = new ArrayList<>(train);
    all.addAll(validation);
    return new Dataset(question, all, validation, test, labels, skipped);
  }

  /**
   * The same rows with other labels beside their own.
   *
   * @param all names of the classes or tags, among them those of this data set
   */
  public Dataset relabelled(List<String> all) {
    int[] index = labels.stream().mapToInt(all::indexOf).toArray();
    return new Dataset(
        question,
        relabelled(train, index),
        relabelled(validation, index),
        relabelled(test, index),
        all,
        skipped);
  }

  private static List<Example> relabelled(List<Example> part, int[] index) {
    return part.stream()
        .map(
            e ->
                new Example(
                    e.text(),
                    index.length == 0 ? e.label() : index[e.label()],
                    e.tags().stream().map(tag -> index[tag]).toList(),
                    e.group(),
                    e.number()))
        .toList();
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
        e.tags().forEach(tag -> Hashes.update(digest, tag));
        if (question == Question.NUMBER || question == Question.VECTOR) {
          Hashes.update(digest, Double.toString(e.number()));
        }
        Hashes.update(digest, e.text());
      }
    }
    return Hashes.hex(digest.digest());
  }
}
