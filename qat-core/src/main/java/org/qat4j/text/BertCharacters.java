package org.qat4j.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What the tokenizers of BERT know about characters, from a table in this jar: the same for every
 * version of Unicode that a JDK has.
 */
final class BertCharacters {
  /** Left out by cleaning. */
  static final int REMOVED = 1;

  /** A space after cleaning. */
  static final int SPACE = 2;

  /** Stands alone. */
  static final int IDEOGRAPH = 4;

  /** Left out with the accents. */
  static final int MARK = 8;

  /** A mark that others are not moved across. */
  static final int BLOCKING = 16;

  /** A word by itself. */
  static final int PUNCTUATION = 32;

  /** Between words. */
  static final int BLANK = 64;

  private static final int PAGE = 256;
  private static final byte[][] KINDS = new byte[(Character.MAX_CODE_POINT + 1) / PAGE][];
  private static final Map<Integer, Integer> CLASSES = new HashMap<>();
  private static final Map<Integer, int[]> APART = new HashMap<>();
  private static final Map<Integer, int[]> LOWER = new HashMap<>();

  private static final int HANGUL = 0xAC00;
  private static final int HANGUL_END = 0xD7A4;
  private static final int FINALS = 28;
  private static final int VOWELS_AND_FINALS = 21 * FINALS;

  static {
    String table = "";
    for (String word : resource().split("\\s+", -1)) {
      if (word.matches("[g-z]\\w*|\\w*[g-z]\\w*")) {
        table = word;
      } else if (!word.isEmpty()) {
        put(table, word);
      }
    }
  }

  private BertCharacters() {}

  private static String resource() {
    try (InputStream in = BertCharacters.class.getResourceAsStream("bert-characters.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("#.*", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An entry of a table: FIRST[-LAST][/STEP][:VALUE[,VALUE…]]. */
  private static void put(String table, String entry) {
    String[] sides = entry.split(":", 2);
    String[] stepped = sides[0].split("/", 2);
    String[] ends = stepped[0].split("-", 2);
    int first = hex(ends[0]);
    int last = ends.length > 1 ? hex(ends[1]) : first;
    for (int c = first; c <= last; c += stepped.length > 1 ? hex(stepped[1]) : 1) {
      switch (table) {
        case "removed" -> mark(c, REMOVED);
        case "spaces" -> mark(c, SPACE);
        case "ideographs" -> mark(c, IDEOGRAPH);
        case "marks" -> mark(c, MARK);
        case "blocking" -> mark(c, BLOCKING);
        case "punctuation" -> mark(c, PUNCTUATION);
        case "blank" -> mark(c, BLANK);
        case "classes" -> CLASSES.put(c, hex(sides[1]));
        case "apart" -> APART.put(c, values(sides[1], 0));
        case "lower" -> LOWER.put(c, values(sides[1], c - first));
        default -> throw new IllegalStateException("the table " + table);
      }
    }
  }

  private static int hex(String digits) {
    return Integer.parseInt(digits, 16);
  }

  private static int[] values(String list, int more) {
    String[] words = list.split(",", -1);
    int[] values = new int[words.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = hex(words[i]) + more;
    }
    return values;
  }

  private static void mark(int c, int kind) {
    if (KINDS[c / PAGE] == null) {
      KINDS[c / PAGE] = new byte[PAGE];
    }
    KINDS[c / PAGE][c % PAGE] |= (byte) kind;
  }

  /** Whether a code point is of a kind. */
  static boolean is(int c, int kind) {
    byte[] page = KINDS[c / PAGE];
    return page != null && (page[c % PAGE] & kind) != 0;
  }

  /** Order of a mark that stays where accents are left out; 0 for what stays where it is. */
  static int order(int c) {
    return CLASSES.getOrDefault(c, 0);
  }

  /** A code point without its accents: none, one or more. */
  static int[] apart(int c) {
    if (is(c, MARK)) {
      return new int[0];
    }
    if (c >= HANGUL && c < HANGUL_END) {
      return syllable(c - HANGUL);
    }
    int[] parts = APART.get(c);
    return parts == null ? new int[] {c} : parts;
  }

  /** The letters of a Korean syllable (Unicode, section 3.12). */
  private static int[] syllable(int i) {
    int lead = 0x1100 + i / VOWELS_AND_FINALS;
    int vowel = 0x1161 + i % VOWELS_AND_FINALS / FINALS;
    int end = i % FINALS;
    return end == 0 ? new int[] {lead, vowel} : new int[] {lead, vowel, 0x11A7 + end};
  }

  /** A code point in lower case. */
  static int[] lower(int c) {
    int[] lower = LOWER.get(c);
    return lower == null ? new int[] {c} : lower;
  }
}
