package org.qat4j.console;

/** Progress of one long step; closing it ends the step. Steps may come from several threads. */
public interface Progress extends AutoCloseable {
  /** Tells that {@code n} more steps are done. */
  void step(long n);

  /** Shows a few words beside the progress, for example the loss. */
  void message(String text);

  @Override
  void close();
}
