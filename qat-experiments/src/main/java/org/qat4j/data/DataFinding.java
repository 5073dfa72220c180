package org.qat4j.data;

import java.util.stream.Stream;

/**
 * Something about the rows of a data set that the user should know before any training.
 *
 * @param message what was found, where, and what to change
 * @param yaml lines of the experiment file that mend it, or null where none does
 */
public record DataFinding(String message, String yaml) {
  /** As a console shows it: the warning, and below it what mends it. */
  public Stream<String> lines() {
    String mending = yaml == null ? "" : yaml;
    return Stream.concat(
        Stream.of("warning: " + message), mending.lines().map(line -> "    " + line));
  }
}
