package org.qat4j.bench;

import java.util.concurrent.TimeUnit;
import org.qat4j.QatException;

/**
 * How long memory is watched. Every part begins where the one before it ended, in one process.
 *
 * @param seconds of training, evaluating and freezing networks in turn, ≥ 0
 * @param predictions of each thread, ≥ 1
 * @param threads that predict at once, ≥ 1
 * @param fits of small networks that are made for one step each, ≥ 1
 * @param loads of a network of DL4J and of a model.qat, ≥ 1
 */
public record SoakSpec(long seconds, long predictions, int threads, int fits, int loads) {
  private static final long PREDICTIONS = 10_000_000;
  private static final int THREADS = 8;
  private static final int FITS = 10_000;
  private static final int LOADS = 1000;

  public SoakSpec {
    if (seconds < 0 || predictions < 1 || threads < 1 || fits < 1 || loads < 1) {
      throw new QatException("each part is done at least once, by one thread or more");
    }
  }

  /**
   * Some minutes of training, ten million predictions of each of eight threads, 10,000 fits and
   * 1,000 loads, or a part of those.
   *
   * @param minutes of training, ≥ 0
   * @param scale the part of the others; 1 is all
   * @throws QatException if it is not from 0.001 to 100
   */
  public static SoakSpec of(int minutes, double scale) {
    if (!(scale >= 0.001 && scale <= 100)) {
      throw new QatException("the scale is from 0.001 to 100, not " + scale);
    }
    return new SoakSpec(
        TimeUnit.MINUTES.toSeconds(minutes),
        Math.round(PREDICTIONS * scale),
        THREADS,
        (int) Math.round(FITS * scale),
        (int) Math.round(LOADS * scale));
  }
}
