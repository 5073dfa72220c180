package org.qat4j.runtime.internal;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that the token tables of a runtime may take together. */
public final class TableBudget {
  private static final int REFERENCE = 4;

  /** An index of references may take this part of the memory; the rest is for rows. */
  private static final int INDEX_PART = 4;

  private final long limit;
  private final AtomicLong used = new AtomicLong();

  /**
   * @param limit bytes
   */
  public TableBudget(long limit) {
    this.limit = limit;
  }

  /** Whether a table of that many rows is worth its index. */
  boolean hasRoomForIndex(long rows) {
    return rows < Integer.MAX_VALUE && rows * REFERENCE <= limit / INDEX_PART;
  }

  /** Takes the bytes of an index. */
  void takeIndex(int rows) {
    used.addAndGet((long) rows * REFERENCE);
  }

  /** Takes bytes, if so many are left. */
  boolean take(long bytes) {
    if (used.get() + bytes > limit) {
      return false;
    }
    if (used.addAndGet(bytes) > limit) {
      giveBack(bytes);
      return false;
    }
    return true;
  }

  void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }

  /** Bytes in use. */
  public long used() {
    return used.get();
  }
}
