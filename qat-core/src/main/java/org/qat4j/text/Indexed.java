package org.qat4j.text;

import java.util.AbstractList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.QatException;

/** An immutable list of distinct entries that finds the place of an entry in constant time. */
final class Indexed<T> extends AbstractList<T> {
  private final List<T> entries;
  private final Map<T, Integer> index;

  private Indexed(List<T> entries) {
    this.entries = List.copyOf(entries);
    this.index = new HashMap<>(2 * entries.size());
    for (int i = 0; i < this.entries.size(); i++) {
      if (index.put(this.entries.get(i), i) != null) {
        throw new QatException("\"" + this.entries.get(i) + "\" is twice in the vocabulary");
      }
    }
  }

  static <T> Indexed<T> of(List<T> entries) {
    return entries instanceof Indexed<T> indexed ? indexed : new Indexed<>(entries);
  }

  /** Place of {@code entry}, or −1. */
  int find(T entry) {
    return index.getOrDefault(entry, -1);
  }

  @Override
  public T get(int i) {
    return entries.get(i);
  }

  @Override
  public int size() {
    return entries.size();
  }
}
