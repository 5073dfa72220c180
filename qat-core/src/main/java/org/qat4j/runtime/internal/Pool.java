package org.qat4j.runtime.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Things that are costly to make and serve one caller at a time. As many are kept as were ever in
 * use at once, up to a limit; so neither the number of threads nor their kind matters.
 */
public final class Pool<T> {
  private static final int LIMIT = 64;

  private final AtomicReferenceArray<T> idle = new AtomicReferenceArray<>(LIMIT);
  private final Supplier<T> maker;

  public Pool(Supplier<T> maker) {
    this.maker = maker;
  }

  public T take() {
    int start = start();
    for (int i = 0; i < LIMIT; i++) {
      int slot = (start + i) % LIMIT;
      if (idle.getPlain(slot) != null) {
        T found = idle.getAndSet(slot, null);
        if (found != null) {
          return found;
        }
      }
    }
    return maker.get();
  }

  public void give(T thing) {
    int start = start();
    for (int i = 0; i < LIMIT; i++) {
      if (idle.compareAndSet((start + i) % LIMIT, null, thing)) {
        return;
      }
    }
  }

  /** Threads begin at different places, so that they seldom meet. */
  private static int start() {
    return (int) (Thread.currentThread().getId() % LIMIT);
  }
}
