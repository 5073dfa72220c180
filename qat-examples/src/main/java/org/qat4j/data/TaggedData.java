package org.qat4j.data;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

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
