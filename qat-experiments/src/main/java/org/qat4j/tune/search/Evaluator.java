package org.qat4j.tune.search;

/** Tries candidates. Used by one thread at a time. */
public interface Evaluator {
  /**
   * What a candidate reaches; depends on the arguments alone, but for the time.
   *
   * @param examples it is tried on the first so many
   * @throws RuntimeException if it cannot be tried; the search goes on without it
   */
  Score evaluate(Point point, int examples);
}
