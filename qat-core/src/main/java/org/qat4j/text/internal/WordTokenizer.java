package org.qat4j.text.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.qat4j.text.WordEncoder;

/** Splits a text into words, one by one, as {@link WordEncoder} describes. */
public final class WordTokenizer {
  private static final int ASCII = 128;

  /** Whether an ASCII character is a letter or a digit. */
  private static final boolean[] IN_WORD = new boolean[ASCII];

  static {
    for (int c = 0; c < ASCII; c++) {
      IN_WORD[c] = Character.isLetterOrDigit(c);
    }
  }

  private final String text;
  private final boolean punctuation;

  /** The present word is {@code text.substring(start, at)}. */
  private int start;

  private int at;

  /** {@link String#hashCode} of the present word. */
  private int hash;

  public WordTokenizer(String text, boolean lowerCase, boolean punctuation) {
    this.text = lowerCase ? text.toLowerCase(Locale.ROOT) : text;
    this.punctuation = punctuation;
  }

  /** All words of a text. */
  public static List<String> words(String text, boolean lowerCase, boolean punctuation) {
    List<String> words = new ArrayList<>();
    WordTokenizer tokens = new WordTokenizer(text, lowerCase, punctuation);
    for (String word = tokens.next(); word != null; word = tokens.next()) {
      words.add(word);
    }
    return words;
  }

  /** The next word, or null at the end. */
  public String next() {
    return advance() ? text.substring(start, at) : null;
  }

  /** Goes to the next word, if there is one. */
  public boolean advance() {
    while (at < text.length()) {
      start = at;
      hash = 0;
      int c = take();
      if (isWordPart(c)) {
        takeRest();
        return true;
      }
      if (punctuation && !Character.isWhitespace(c) && !isUnpaired(c)) {
        return true;
      }
    }
    return false;
  }

  /** Place of the present word in {@code index}, or −1. */
  public int find(WordIndex index) {
    return index.find(text, start, at, hash);
  }

  private void takeRest() {
    takeAscii();
    while (at < text.length()) {
      int c = text.codePointAt(at);
      boolean apostrophe =
          (c == '\'' || c == '’')
              && at + 1 < text.length()
              && Character.isLetter(text.codePointAt(at + 1));
      if (!apostrophe && !isWordPart(c)) {
        return;
      }
      take();
      takeAscii();
    }
  }

  /** Takes ASCII letters and digits, of which most words consist. */
  private void takeAscii() {
    int i = at;
    int h = hash;
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ASCII || !IN_WORD[c]) {
        break;
      }
      h = 31 * h + c;
    }
    at = i;
    hash = h;
  }

  /** Takes one character. */
  private int take() {
    int c = text.codePointAt(at);
    for (int end = at + Character.charCount(c); at < end; at++) {
      hash = 31 * hash + text.charAt(at);
    }
    return c;
  }

  /** A surrogate without its other half is no character, and no file could hold it. */
  private static boolean isUnpaired(int c) {
    return Character.getType(c) == Character.SURROGATE;
  }

  private static boolean isWordPart(int c) {
    if (c < ASCII) {
      return IN_WORD[c];
    }
    int type = Character.getType(c);
    return Character.isLetterOrDigit(c)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }
}
