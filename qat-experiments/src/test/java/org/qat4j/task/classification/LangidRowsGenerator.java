package org.qat4j.task.classification;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.qat4j.data.Hashes;

/**
 * Makes the list of rows of {@link LangidData}. Run it on each JDK with {@code dump FILE}, then on
 * any with {@code combine FILE1 FILE2 ROWS LABELS}: kept are phrases that both have, of languages
 * with at least 300 of them.
 */
final class LangidRowsGenerator {
  private static final int MIN_PHRASES = 300;

  private LangidRowsGenerator() {}

  public static void main(String[] args) throws IOException {
    if (args[0].equals("dump")) {
      List<String> lines = new ArrayList<>();
      unique().forEach((text, language) -> lines.add(language + "\t" + text));
      Files.write(Path.of(args[1]), lines, StandardCharsets.UTF_8);
      return;
    }
    TreeSet<String> rows = new TreeSet<>(Files.readAllLines(Path.of(args[1])));
    rows.retainAll(Files.readAllLines(Path.of(args[2])));
    Map<String, Integer> counts = new HashMap<>();
    rows.forEach(row -> counts.merge(row.substring(0, row.indexOf('\t')), 1, Integer::sum));
    TreeSet<Long> hashes = new TreeSet<>();
    for (String row : rows) {
      if (counts.get(row.substring(0, row.indexOf('\t'))) >= MIN_PHRASES) {
        hashes.add(Hashes.hash48(row));
      }
    }
    TreeMap<String, String> names = new TreeMap<>();
    for (Map.Entry<String, Integer> count : counts.entrySet()) {
      if (count.getValue() >= MIN_PHRASES) {
        Locale locale = Locale.forLanguageTag(count.getKey());
        names.put(count.getKey(), locale.getDisplayLanguage(Locale.ENGLISH));
      }
    }
    Files.write(
        Path.of(args[4]),
        names.entrySet().stream().map(e -> e.getKey() + "\t" + e.getValue()).toList());
    try (DataOutputStream out =
        new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(Path.of(args[3]))))) {
      out.writeInt(hashes.size());
      for (long hash : hashes) {
        out.writeShort((int) (hash >> 32));
        out.writeInt((int) hash);
      }
    }
  }

  /** Phrases that occur in one language only, with its code. */
  private static Map<String, String> unique() {
    Map<String, Set<String>> languages = new TreeMap<>();
    LocalePhrases.byLanguage(language -> true)
        .forEach(
            (language, phrases) ->
                phrases.forEach(
                    p -> languages.computeIfAbsent(p, q -> new TreeSet<>()).add(language)));
    Map<String, String> unique = new TreeMap<>();
    languages.forEach(
        (phrase, in) -> {
          if (in.size() == 1) {
            unique.put(phrase, in.iterator().next());
          }
        });
    return unique;
  }
}
