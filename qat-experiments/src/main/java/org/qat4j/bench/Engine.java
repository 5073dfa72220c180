package org.qat4j.bench;

/**
 * One engine with its model and everything that it is given made ready before, in the form that
 * suits it best, so that only answering is measured. {@link #answer} may be called by several
 * threads at once, for different batches.
 */
abstract class Engine implements AutoCloseable {
  private final String name;

  Engine(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** Answers batch {@code i} of {@link EncodedTexts}. */
  abstract void answer(int i);

  /** Called before each turn. */
  void prepare() {}

  /** Whether a turn is all texts once, however long that takes. */
  boolean takesAllTexts() {
    return false;
  }

  /** The most threads that may call at once. */
  int mostCallers() {
    return Integer.MAX_VALUE;
  }

  /** Memory for tables, in bytes. */
  long tableBytes() {
    return 0;
  }

  @Override
  public void close() {}
}
