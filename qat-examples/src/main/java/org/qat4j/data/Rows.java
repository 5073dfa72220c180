package org.qat4j.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.qat4j.QatException;

/** Collects labelled texts in three parts and makes a {@link Dataset} of them. */
final class Rows {
  /** Parts of a data set. */
  enum Part {
    TRAIN,
    VALIDATION,
    TEST
  }

  private record Row(String label, String text) {}

  private final Map<Part, List<Row>> parts = new HashMap<>();

  Rows() {
    for (Part part : Part.values()) {
      parts.put(part, new ArrayList<>());
    }
  }

  void add(Part part, String label, String text) {
    parts.get(part).add(new Row(label, text));
  }

  /**
   * The part of a row by the hash of its key, so that it is the same on every machine and whatever
   * rows stand around it.
   *
   * @param testShare in [0, 1); 0 where the test has a source of its own
   * @param validationShare likewise; together below 1
   */
  static Part hold(String key, double testShare, double validationShare) {
    double u = Hashes.unit(key);
    if (u < testShare) {
      return Part.TEST;
    }
    return u < testShare + validationShare ? Part.VALIDATION : Part.TRAIN;
  }

  /**
   * The data set, labels sorted.
   *
   * @param source for messages
   */
  Dataset dataset(String source, Skipped skipped) {
    for (Part part : List.of(Part.TRAIN, Part.TEST)) {
      if (parts.get(part).isEmpty()) {
        throw new QatException(
            source
                + ": there is no row for "
                + (part == Part.TRAIN ? "training" : "the test")
                + (skipped.rows() > 0
                    ? "; " + skipped.rows() + " were skipped, the first: " + skipped.first().get(0)
                    : ""));
      }
    }
    SortedSet<String> labels = labels(Part.TRAIN);
    if (labels.size() == 1) {
      throw new QatException(
          source
              + ": every training row has the label \""
              + labels.first()
              + "\"; a classifier needs two labels or more. Is it the right column?");
    }
    Map<String, Integer> index = new HashMap<>();
    labels.forEach(label -> index.put(label, index.size()));
    checkKnown(source, Part.VALIDATION, labels);
    checkKnown(source, Part.TEST, labels);
    return new Dataset(
        examples(Part.TRAIN, index),
        examples(Part.VALIDATION, index),
        examples(Part.TEST, index),
        List.copyOf(labels),
        skipped);
  }

  private SortedSet<String> labels(Part part) {
    TreeSet<String> labels = new TreeSet<>();
    parts.get(part).forEach(row -> labels.add(row.label()));
    return labels;
  }

  private void checkKnown(String source, Part part, Set<String> labels) {
    Set<String> unknown = labels(part);
    unknown.removeAll(labels);
    if (!unknown.isEmpty()) {
      boolean test = part == Part.TEST;
      throw new QatException(
          source
              + ": "
              + unknown.size()
              + (unknown.size() == 1 ? " label occurs" : " labels occur")
              + (test ? " in the test" : " in the validation")
              + " but not in the training rows, so that no network could learn "
              + (unknown.size() == 1 ? "it" : "them")
              + ": "
              + String.join(", ", unknown.stream().limit(5).toList())
              + (unknown.size() > 5 ? ", ..." : "")
              + ". Add training rows, remove those labels, or check which column is the label");
    }
  }

  private List<Example> examples(Part part, Map<String, Integer> index) {
    return parts.get(part).stream()
        .map(row -> new Example(row.text(), index.get(row.label())))
        .toList();
  }
}
