package org.qat4j.model;

/**
 * What a sequence that is made of a text holds behind the text, whose last token is its n-th step.
 * Lengths are in steps of the text, of which each row of the sequence stands for {@code stride}.
 *
 * @param text which one, see {@link LengthRules}
 * @param kind of the rows behind the first n + {@code prefix} steps
 * @param stride steps of the text from one row to the next
 * @param prefix so many steps behind the text belong to it; of {@link Kind#OTHER} it may be
 *     negative
 * @param suffix so many steps at the end of the sequence are not of that kind, but always the same
 * @param skipped steps of the text in front of the first row
 * @param rows of the sequence where the text has all the steps that it may have
 */
public record SequenceTail(
    int text, Kind kind, int stride, int prefix, int suffix, int skipped, int rows) {
  /** What the rows behind a text are. */
  public enum Kind {
    /** Real 0. */
    ZERO,
    /** All the same, whatever their number. */
    SAME,
    /** Anything: nobody may look at them. */
    OTHER
  }

  /** Whether all rows behind the text are alike. */
  boolean isEven() {
    return kind != Kind.OTHER;
  }

  SequenceTail with(Kind newKind, int newPrefix, int newSuffix) {
    return new SequenceTail(text, newKind, stride, newPrefix, newSuffix, skipped, rows);
  }
}
