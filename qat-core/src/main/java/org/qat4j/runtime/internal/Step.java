package org.qat4j.runtime.internal;

/** One step of a {@link Plan}: reads and writes buffers of a workspace. Immutable, thread-safe. */
interface Step {
  void run(Workspace w);

  /**
   * Makes some rows of a sequence alone; those before are as the last run left them, and those
   * behind are not asked for. What costs little makes all.
   *
   * @param from first row
   * @param to behind the last row; may lie behind the end
   */
  default void run(Workspace w, int from, int to) {
    run(w);
  }
}
