package org.qat4j.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** In which order texts come in a pass, by the seed and the number of the pass alone. */
final class BatchOrder {
  /** Shuffled texts are sorted by length in portions of so many batches. */
  private static final int PORTION = 32;

  private final EncodedExamples texts;
  private final int batch;
  private final long seed;

  /**
   * @param batch texts of a batch
   */
  BatchOrder(EncodedExamples texts, int batch, long seed) {
    this.texts = texts;
    this.batch = batch;
    this.seed = seed;
  }

  /** The texts as they are given. */
  int[] given() {
    return IntStream.range(0, texts.size()).toArray();
  }

  /** The texts of a pass, shuffled; those of a batch are of like length where they are cut. */
  int[] shuffled(int pass) {
    int[] order = given();
    Random random = new Random(mix(pass));
    for (int i = order.length - 1; i > 0; i--) {
      swap(order, i, random.nextInt(i + 1));
    }
    if (texts.areCut()) {
      sortByLength(order, random);
    }
    return order;
  }

  /**
   * Texts of like length into batches, and these into any order; the last, smaller batch stays
   * where it is.
   */
  private void sortByLength(int[] order, Random random) {
    int whole = order.length / batch;
    for (int from = 0; from < whole; from += PORTION) {
      int begin = from * batch;
      int[] sorted =
          byLength(Arrays.copyOfRange(order, begin, Math.min(from + PORTION, whole) * batch));
      System.arraycopy(sorted, 0, order, begin, sorted.length);
    }
    for (int i = whole - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      for (int b = 0; b < batch; b++) {
        swap(order, i * batch + b, j * batch + b);
      }
    }
  }

  private static void swap(int[] order, int i, int j) {
    int swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }

  /** The longest first; those of one length in their order. */
  private int[] byLength(int[] numbers) {
    return IntStream.of(numbers)
        .boxed()
        .sorted(Comparator.comparingInt((Integer text) -> -texts.needed(text)))
        .mapToInt(i -> i)
        .toArray();
  }

  /** The numbers of all texts, in parts of like length that are at most as large as a batch. */
  List<int[]> parts() {
    int[] all = byLength(given());
    return IntStream.range(0, batches())
        .mapToObj(b -> Arrays.copyOfRange(all, b * batch, Math.min(all.length, (b + 1) * batch)))
        .toList();
  }

  /** Number of batches in a pass. */
  int batches() {
    return (texts.size() + batch - 1) / batch;
  }

  /**
   * A seed of its own for each number (the finalizer of SplitMix64; Steele et al. 2014, fig. 16).
   */
  long mix(long number) {
    long z = seed + (number + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
