package org.qat4j.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.qat4j.QatException;

/** A text and the name of its class, as a reader finds them. */
public record LabelledText(String label, String text) {

  /**
   * The data set, labels sorted.
   *
   * @param source for messages
   * @throws QatException if there is one label only, or one that the training rows lack
   */
  public static Dataset dataset(Object source, Parts<LabelledText> rows) {
    SortedSet<String> labels = labels(rows.train());
    checkSeveral(source, labels);
    checkKnown(source, "validation", rows.validation(), labels);
    checkKnown(source, "test", rows.test(), labels);
    return indexed(rows, labels);
  }

  /**
   * The same with labels that the training rows may lack: those count as wrong answers.
   *
   * @throws QatException if there is one label only
   */
  public static Dataset withUnknown(Object source, Parts<LabelledText> rows) {
    SortedSet<String> labels = labels(rows.train());
    checkSeveral(source, labels);
    labels.addAll(labels(rows.validation()));
    labels.addAll(labels(rows.test()));
    return indexed(rows, labels);
  }

  private static void checkSeveral(Object source, SortedSet<String> labels) {
    if (labels.size() == 1) {
      throw new QatException(
          source
              + ": every training row has the label \""
              + labels.first()
              + "\"; a classifier needs two labels or more. Is it the right column?");
    }
  }

  private static Dataset indexed(Parts<LabelledText> rows, SortedSet<String> labels) {
    Map<String, Integer> index = new HashMap<>();
    labels.forEach(label -> index.put(label, index.size()));
    return new Dataset(
        examples(rows.train(), index),
        examples(rows.validation(), index),
        examples(rows.test(), index),
        List.copyOf(labels),
        rows.skipped());
  }

  private static SortedSet<String> labels(List<LabelledText> rows) {
    SortedSet<String> labels = new TreeSet<>();
    rows.forEach(row -> labels.add(row.label()));
    return labels;
  }

  private static void checkKnown(
      Object source, String part, List<LabelledText> rows, Set<String> known) {
    Set<String> unknown = labels(rows);
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      boolean one = unknown.size() == 1;
      throw new QatException(
          source
              + ": "
              + unknown.size()
              + (one ? " label occurs" : " labels occur")
              + " in the "
              + part
              + " but not in the training rows, so that no network could learn "
              + (one ? "it" : "them")
              + ": "
              + String.join(", ", unknown.stream().limit(5).toList())
              + (unknown.size() > 5 ? ", ..." : "")
              + ". Add training rows, remove those labels, or check which column is the label");
    }
  }

  private static List<Example> examples(List<LabelledText> rows, Map<String, Integer> index) {
    return rows.stream().map(row -> new Example(row.text(), index.get(row.label()))).toList();
  }
}
