package org.qat4j.supply;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A line of {@code .ci/known-bad.txt}.
 *
 * @param name group:artifact
 * @param good the first version without the weakness
 * @param why what is known
 */
record KnownBad(String name, String good, String why) {
  static List<KnownBad> all() throws IOException {
    return Files.readAllLines(Path.of("../.ci/known-bad.txt")).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(KnownBad::of)
        .toList();
  }

  static KnownBad of(String line) {
    String[] words = line.strip().split("\\s+", 3);
    return new KnownBad(words[0], words[1], words[2]);
  }

  boolean hits(Library library) {
    return library.name().equals(name) && compare(library.version(), good) < 0;
  }

  /** By numbers: what is no number (a qualifier) ends the version. */
  private static int compare(String a, String b) {
    String[] left = a.split("[.-]", -1);
    String[] right = b.split("[.-]", -1);
    for (int i = 0; i < Math.max(left.length, right.length); i++) {
      int order = Integer.compare(number(left, i), number(right, i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static int number(String[] parts, int i) {
    return i < parts.length && parts[i].matches("\\d{1,9}") ? Integer.parseInt(parts[i]) : 0;
  }
}
