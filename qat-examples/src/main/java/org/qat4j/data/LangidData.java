package org.qat4j.data;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.qat4j.QatException;

/**
 * Which language is this phrase written in? The phrases come from the locale data of the running
 * JDK; a list of hashes keeps to those that JDK 17 and 25 have in common, so that the rows are the
 * same on both.
 */
public final class LangidData {
  static final String ROWS = "langid-rows.bin";
  private static final int PARTS = 20;
  private static final int TEST_PARTS = 2;

  private LangidData() {}

  /**
   * The data set: 10 % of the phrases for the test, 5 % for validation, by a hash of the text.
   *
   * @throws QatException if this JDK lacks locale data
   */
  public static Dataset read() {
    Set<Long> rows = rows();
    List<String[]> found = new ArrayList<>();
    for (Map.Entry<String, String> e : LocalePhrases.unique().entrySet()) {
      if (rows.contains(rowHash(e.getValue(), e.getKey()))) {
        found.add(new String[] {e.getKey(), e.getValue()});
      }
    }
    if (found.size() != rows.size()) {
      throw new QatException(
          "this JDK ("
              + Runtime.version()
              + ") has "
              + found.size()
              + " of the "
              + rows.size()
              + " phrases of the language data: use a full JDK 17 to 25 with the module"
              + " jdk.localedata and its default locale providers");
    }
    return split(found);
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

  private static Dataset split(List<String[]> rows) {
    Set<String> codes = new TreeSet<>();
    rows.forEach(row -> codes.add(row[1]));
    List<String> order = new ArrayList<>(codes);
    List<Example> train = new ArrayList<>();
    List<Example> validation = new ArrayList<>();
    List<Example> test = new ArrayList<>();
    for (String[] row : rows) {
      int part = Hashes.bucket(row[0], PARTS);
      List<Example> to = part < TEST_PARTS ? test : part == TEST_PARTS ? validation : train;
      to.add(new Example(row[0], order.indexOf(row[1])));
    }
    List<String> labels =
        order.stream()
            .map(c -> Locale.forLanguageTag(c).getDisplayLanguage(Locale.ENGLISH) + " (" + c + ")")
            .toList();
    return new Dataset(train, validation, test, labels);
  }
}
