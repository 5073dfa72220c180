package org.qat4j.text;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A text as BERT reads it (Devlin et al., arXiv:1810.04805, and the tokenizer published with it),
 * and its words.
 */
final class BertText {
  private static final int BROKEN = 0xFFFD;

  private int[] points;
  private int size;

  private BertText(int size) {
    this.points = new int[size + 16];
  }

  private void add(int c) {
    if (size == points.length) {
      points = Arrays.copyOf(points, 2 * size);
    }
    points[size++] = c;
  }

  private void add(int[] all) {
    for (int c : all) {
      add(c);
    }
  }

  /** Half a surrogate pair is what a decoder of broken text makes of it. */
  private static BertText of(String text) {
    BertText made = new BertText(text.length());
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      made.add(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? BROKEN : c);
    }
    return made;
  }

  /**
   * Gives each word of a text to a consumer.
   *
   * @param rules what is done to the text first
   */
  static void words(String text, WordPieces.Rules rules, Consumer<int[]> consumer) {
    BertText made = of(text);
    if (rules.clean()) {
      made = made.clean();
    }
    if (rules.ideographs()) {
      made = made.ideographs();
    }
    if (rules.accents()) {
      made = made.withoutAccents();
    }
    if (rules.lowerCase()) {
      made = made.lower();
    }
    made.split(consumer);
  }

  private BertText clean() {
    BertText made = new BertText(size);
    for (int i = 0; i < size; i++) {
      if (!BertCharacters.is(points[i], BertCharacters.REMOVED)) {
        made.add(BertCharacters.is(points[i], BertCharacters.SPACE) ? ' ' : points[i]);
      }
    }
    return made;
  }

  private BertText ideographs() {
    BertText made = new BertText(size);
    for (int i = 0; i < size; i++) {
      if (BertCharacters.is(points[i], BertCharacters.IDEOGRAPH)) {
        made.add(' ');
        made.add(points[i]);
        made.add(' ');
      } else {
        made.add(points[i]);
      }
    }
    return made;
  }

  /** Taken apart, marks in canonical order, and those that are no letters left out. */
  private BertText withoutAccents() {
    BertText made = new BertText(size);
    int free = 0;
    for (int i = 0; i < size; i++) {
      if (points[i] < 0x80) {
        made.add(points[i]);
        free = made.size;
      } else if (BertCharacters.is(points[i], BertCharacters.BLOCKING)) {
        free = made.size;
      } else {
        for (int c : BertCharacters.apart(points[i])) {
          free = made.addInOrder(c, free);
        }
      }
    }
    return made;
  }

  /** Marks of a higher order from {@code free} on are moved behind it; returns the new free. */
  private int addInOrder(int c, int free) {
    int order = BertCharacters.order(c);
    add(c);
    int at = size - 1;
    while (order > 0 && at > free && BertCharacters.order(points[at - 1]) > order) {
      points[at] = points[at - 1];
      points[--at] = c;
    }
    return order == 0 ? size : free;
  }

  private BertText lower() {
    BertText made = new BertText(size);
    for (int i = 0; i < size; i++) {
      int c = points[i];
      if (c < 0x80) {
        made.add(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
      } else {
        made.add(BertCharacters.lower(c));
      }
    }
    return made;
  }

  private void split(Consumer<int[]> consumer) {
    int start = 0;
    for (int i = 0; i < size; i++) {
      boolean blank = BertCharacters.is(points[i], BertCharacters.BLANK);
      if (blank || BertCharacters.is(points[i], BertCharacters.PUNCTUATION)) {
        word(start, i, consumer);
        word(blank ? i + 1 : i, i + 1, consumer);
        start = i + 1;
      }
    }
    word(start, size, consumer);
  }

  private void word(int start, int end, Consumer<int[]> consumer) {
    if (end > start) {
      consumer.accept(Arrays.copyOfRange(points, start, end));
    }
  }
}
