package org.qat4j.data;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.text.TextEncoder;

/**
 * Batches of encoded texts: one array of ids [n, length] per encoder, labels one-hot [n, classes].
 * Texts are encoded once. With a seed, every pass has an order of its own, the same in every run.
 */
public final class TextBatches implements MultiDataSetIterator {
  private static final long serialVersionUID = 1L;

  private final transient List<int[][]> ids = new ArrayList<>();
  private final int[] labels;
  private final int[] order;
  private final int classes;
  private final int batch;
  private final Long seed;
  private int pass;
  private int at;
  private transient MultiDataSetPreProcessor preProcessor;

  /**
   * Encodes all texts.
   *
   * @param seed of the shuffling, or null to keep the order
   */
  public TextBatches(
      List<Example> examples,
      List<? extends TextEncoder> encoders,
      int classes,
      int batch,
      Long seed) {
    this.classes = classes;
    this.batch = batch;
    this.seed = seed;
    this.labels = examples.stream().mapToInt(Example::label).toArray();
    this.order = new int[labels.length];
    for (TextEncoder encoder : encoders) {
      int[][] all = new int[labels.length][];
      for (int i = 0; i < all.length; i++) {
        all[i] = encoder.encode(examples.get(i).text());
      }
      ids.add(all);
    }
    shuffle();
  }

  private void shuffle() {
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    if (seed != null) {
      Random random = new Random(seed + 7919L * pass);
      for (int i = order.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int swap = order[i];
        order[i] = order[j];
        order[j] = swap;
      }
    }
  }

  /** Number of batches in a pass. */
  public int batches() {
    return (labels.length + batch - 1) / batch;
  }

  /** Number of texts. */
  public int size() {
    return labels.length;
  }

  /** Encoded ids of a text for an encoder. */
  public int[] ids(int encoder, int text) {
    return ids.get(encoder)[text];
  }

  /** Right answer for a text. */
  public int label(int text) {
    return labels[text];
  }

  @Override
  public boolean hasNext() {
    return at < labels.length;
  }

  @Override
  public MultiDataSet next() {
    return next(batch);
  }

  @Override
  public MultiDataSet next(int size) {
    if (!hasNext()) {
      throw new NoSuchElementException("the pass is over");
    }
    int n = Math.min(size, labels.length - at);
    INDArray[] features = new INDArray[ids.size()];
    for (int e = 0; e < features.length; e++) {
      int length = ids.get(e)[0].length;
      float[] values = new float[n * length];
      for (int i = 0; i < n; i++) {
        int[] row = ids.get(e)[order[at + i]];
        for (int t = 0; t < length; t++) {
          values[i * length + t] = row[t];
        }
      }
      features[e] = Nd4j.create(values, new long[] {n, length}, 'c');
    }
    float[] hot = new float[n * classes];
    for (int i = 0; i < n; i++) {
      hot[i * classes + labels[order[at + i]]] = 1f;
    }
    at += n;
    MultiDataSet result =
        new org.nd4j.linalg.dataset.MultiDataSet(
            features, new INDArray[] {Nd4j.create(hot, new long[] {n, classes}, 'c')});
    if (preProcessor != null) {
      preProcessor.preProcess(result);
    }
    return result;
  }

  @Override
  public void reset() {
    pass++;
    at = 0;
    shuffle();
  }

  @Override
  public boolean resetSupported() {
    return true;
  }

  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public void setPreProcessor(MultiDataSetPreProcessor preProcessor) {
    this.preProcessor = preProcessor;
  }

  @Override
  public MultiDataSetPreProcessor getPreProcessor() {
    return preProcessor;
  }
}
