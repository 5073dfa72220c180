package org.qat4j.runtime;

/** One step of a {@link Plan}: reads and writes buffers of a workspace. Immutable, thread-safe. */
interface Step {
  void run(Workspace w);
}
