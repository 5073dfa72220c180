package org.qat4j.data;

/**
 * What a data file may cost. Files of others can be small and yet unpack to terabytes or stand in
 * one line; each limit is named where it is broken.
 */
public final class ReadLimits {
  /** Bytes of a file, unpacked. */
  static final long FILE_BYTES = 4L << 30;

  /** Bytes that a packed file may unpack to, whatever its size. */
  static final long UNPACKED_BYTES = 16L << 20;

  /** Beyond those, times what of it was read so far; texts reach 20. */
  static final long UNPACKED_RATIO = 100;

  /** Lines that a packed file may unpack to, whatever its size. */
  static final long UNPACKED_LINES = 1 << 20;

  /** Beyond those, bytes of it that were read so far for each; lines of texts take two or more. */
  static final long BYTES_OF_LINE = 2;

  /** Bytes of a line. */
  static final int LINE_BYTES = 4 << 20;

  /** Bytes of a text that is a file or an entry of an archive of its own. */
  static final int TEXT_BYTES = 4 << 20;

  /** Characters of a label. */
  public static final int LABEL_CHARACTERS = 1000;

  /** Characters that a pattern may look at to match one label. */
  public static final int PATTERN_STEPS = 1_000_000;

  /** Lines of a story, whose sentences are part of each of its questions. */
  public static final int STORY_LINES = 1000;

  private ReadLimits() {}
}
