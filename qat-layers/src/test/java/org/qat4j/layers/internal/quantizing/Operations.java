package org.qat4j.layers.internal.quantizing;

import java.util.function.Supplier;
import org.qat4j.layers.FastLayers;
import org.qat4j.layers.internal.host.Floats;

/** Lets tests of other packages take the path that a GPU takes. */
public final class Operations {
  private Operations() {}

  /** Runs something in which operations of ND4J do all the work of a training step. */
  public static <T> T only(Supplier<T> run) {
    Floats.operationsOnly = true;
    try {
      return run.get();
    } finally {
      Floats.operationsOnly = false;
    }
  }

  /** Runs something in which what {@link FastLayers} has is left to DL4J, as on a GPU. */
  public static <T> T withoutFastLayers(Supplier<T> run) {
    Floats.slowLayers = true;
    try {
      return run.get();
    } finally {
      Floats.slowLayers = false;
    }
  }
}
