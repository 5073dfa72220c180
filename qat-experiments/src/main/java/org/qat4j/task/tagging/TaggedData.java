package org.qat4j.task.tagging;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Parts;
import org.qat4j.data.Question;

/**
 * Tagged sentences and their tags.
 *
 * @param sentences in three parts
 * @param tags of the training sentences, sorted
 * @param unseen tags of the other parts that the training sentences lack, sorted: no network can
 *     predict them, and their spans count as missed
 */
public record TaggedData(Parts<TaggedSentence> sentences, List<String> tags, List<String> unseen) {
  public TaggedData {
    tags = List.copyOf(tags);
    unseen = List.copyOf(unseen);
  }

  static TaggedData of(Parts<TaggedSentence> sentences) {
    SortedSet<String> tags = new TreeSet<>();
    addTags(sentences.train(), tags);
    SortedSet<String> unseen = new TreeSet<>();
    addTags(sentences.validation(), unseen);
    addTags(sentences.test(), unseen);
    unseen.removeAll(tags);
    return new TaggedData(sentences, List.copyOf(tags), List.copyOf(unseen));
  }

  private static void addTags(List<TaggedSentence> sentences, Set<String> tags) {
    sentences.forEach(sentence -> tags.addAll(sentence.tags()));
  }

  /**
   * The same as texts with tags: tokens with single spaces between (white space inside a token
   * becomes an underscore), behind a tab the index of the predicate. The labels are the tags; those
   * that are unseen in training come last, so that their spans can be counted as missed.
   */
  public Dataset dataset() {
    List<String> labels = Stream.concat(tags.stream(), unseen.stream()).toList();
    Map<String, Integer> index = new HashMap<>();
    labels.forEach(label -> index.put(label, index.size()));
    return new Dataset(
        Question.TAGS,
        examples(sentences.train(), index),
        examples(sentences.validation(), index),
        examples(sentences.test(), index),
        labels,
        sentences.skipped());
  }

  private static List<Example> examples(
      List<TaggedSentence> sentences, Map<String, Integer> index) {
    return sentences.stream()
        .map(s -> Example.tagged(s.text(), s.tags().stream().map(index::get).toList()))
        .toList();
  }

  /** SHA-256 of all sentences in order, hexadecimal. */
  public String sha256() {
    return sentences.sha256(
        s ->
            List.of(
                String.join(" ", s.tokens()),
                Integer.toString(s.predicate()),
                String.join(" ", s.tags())));
  }
}
