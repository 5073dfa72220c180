package org.qat4j.task.classification;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Hashes;
import org.qat4j.data.Holdout;
import org.qat4j.data.LabelledText;
import org.qat4j.data.Parts;
import org.qat4j.data.Skipped;

/**
 * Which language is this phrase written in? The phrases come from the locale data of the running
 * JDK: those that occur in one language only, of the languages that have at least 300 of them. A
 * list of hashes keeps to what JDK 17 and 25 have in common, so that the rows are the same on both.
 * Languages that lend their words to many others, such as English, German and Spanish, have fewer
 * phrases of their own and are not among them.
 */
public final class LangidData {
  static final String ROWS = "langid-rows.bin";
  static final String LABELS = "langid-labels.tsv";

  private static final double TEST_SHARE = 0.1;
  private static final double VALIDATION_SHARE = 0.05;

  private LangidData() {}

  /**
   * The data set: 10 % of the phrases for the test, 5 % for validation, by a hash of the text;
   * sorted by phrase.
   *
   * @throws QatException if this JDK lacks locale data
   */
  public static Dataset read() {
    NavigableMap<String, String> names = names();
    return select(LocalePhrases.byLanguage(names::containsKey), rows(), names);
  }

  /**
   * The listed ones of a JDK's phrases.
   *
   * @param phrases by the code of their language
   * @param rows {@link #rowHash} of the phrases to keep
   * @param names of the languages, by code
   */
  static Dataset select(
      NavigableMap<String, Set<String>> phrases,
      Set<Long> rows,
      NavigableMap<String, String> names) {
    NavigableMap<String, String> languages = new TreeMap<>();
    phrases.forEach(
        (language, texts) -> {
          for (String text : texts) {
            if (rows.contains(rowHash(language, text))) {
              languages.put(text, language);
            }
          }
        });
    if (languages.size() != rows.size()) {
      throw new QatException(
          "this JDK ("
              + Runtime.version()
              + ") has "
              + languages.size()
              + " of the "
              + rows.size()
              + " phrases of the language data: use a full JDK 17 to 25 with the module"
              + " jdk.localedata and its default locale providers");
    }
    return split(languages, names);
  }

  private static Dataset split(
      NavigableMap<String, String> languages, NavigableMap<String, String> names) {
    Holdout<LabelledText> rows = new Holdout<>(TEST_SHARE, VALIDATION_SHARE);
    languages.forEach(
        (text, code) ->
            rows.add(text, new LabelledText(names.get(code) + " (" + code + ")", text)));
    return LabelledText.dataset(
        "the language data",
        new Parts<>(rows.train(), rows.validation(), rows.test(), Skipped.NONE));
  }

  static long rowHash(String language, String text) {
    return Hashes.hash48(language + "\t" + text);
  }

  private static Set<Long> rows() {
    try (InputStream resource = LangidData.class.getResourceAsStream(ROWS);
        DataInputStream in = new DataInputStream(new GZIPInputStream(resource))) {
      int n = in.readInt();
      Set<Long> rows = new HashSet<>(2 * n);
      for (int i = 0; i < n; i++) {
        rows.add(((long) in.readUnsignedShort() << 32) | (in.readInt() & 0xffffffffL));
      }
      return rows;
    } catch (IOException e) {
      throw new QatException("the list of language rows cannot be read: " + e.getMessage(), e);
    }
  }

  /** English names of the languages: a resource, since those of the JDKs differ. */
  private static NavigableMap<String, String> names() {
    NavigableMap<String, String> names = new TreeMap<>();
    try (InputStream resource = LangidData.class.getResourceAsStream(LABELS);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int tab = line.indexOf('\t');
        names.put(line.substring(0, tab), line.substring(tab + 1));
      }
      return names;
    } catch (IOException e) {
      throw new QatException("the list of languages cannot be read: " + e.getMessage(), e);
    }
  }
}
