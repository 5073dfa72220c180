package org.qat4j.report;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Something that the reader should know, and what mends it.
 *
 * @param level how much it matters
 * @param message what was found, with its figures
 * @param yaml lines of the experiment file that mend it, or null where none does
 */
public record Finding(Level level, String message, String yaml) {
  /** How much a finding matters. */
  public enum Level {
    /** Worth knowing. */
    @JsonProperty("advice")
    ADVICE,
    /** The result may not be what was wanted. */
    @JsonProperty("warning")
    WARNING
  }
}
