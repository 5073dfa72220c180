package org.qat4j.console;

/** Progress that nobody watches. */
final class QuietProgress implements Progress {
  @Override
  public void step(long n) {}

  @Override
  public void message(String text) {}

  @Override
  public void close() {}
}
