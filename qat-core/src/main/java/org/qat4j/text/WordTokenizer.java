package org.qat4j.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Splits a text into words, one by one, as {@link WordEncoder} describes. */
public final class WordTokenizer {
  private final String text;
  private final boolean punctuation;
  private int at;

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
    while (at < text.length()) {
      int start = at;
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      if (isWordPart(c)) {
        skipWord();
        return text.substring(start, at);
      }
      if (punctuation && !Character.isWhitespace(c) && !isUnpaired(c)) {
        return text.substring(start, at);
      }
    }
    return null;
  }

  private void skipWord() {
    while (at < text.length()) {
      int c = text.codePointAt(at);
      boolean apostrophe =
          (c == '\'' || c == '’')
              && at + 1 < text.length()
              && Character.isLetter(text.codePointAt(at + 1));
      if (!apostrophe && !isWordPart(c)) {
        return;
      }
      at += Character.charCount(c);
    }
  }

  /** A surrogate without its other half is no character, and no file could hold it. */
  private static boolean isUnpaired(int c) {
    return Character.getType(c) == Character.SURROGATE;
  }

  private static boolean isWordPart(int c) {
    int type = Character.getType(c);
    return Character.isLetterOrDigit(c)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }
}
