package org.qat4j.tune.search;

import java.io.Serializable;
import java.util.List;
import org.qat4j.QatException;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;

/** What candidates are scored on: inputs with the right answers and those of the float network. */
public final class Examples implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Smallest probability that is told from 0, so that a loss is finite. */
  private static final double TINY = 1e-30;

  private final Sample[] samples;
  private final int[] labels;
  private final int[] floats;

  /**
   * @param samples inputs, in random order
   * @param labels right answers, one each
   * @param floats answers of the float network, one each
   */
  public Examples(List<Sample> samples, int[] labels, int[] floats) {
    int n = samples.size();
    if (n == 0 || labels.length != n || floats.length != n) {
      throw new QatException(
          "examples need one label and one float answer each, not "
              + n
              + " samples, "
              + labels.length
              + " labels and "
              + floats.length
              + " answers");
    }
    this.samples = samples.toArray(new Sample[0]);
    this.labels = labels.clone();
    this.floats = floats.clone();
  }

  /** Number of examples. */
  public int size() {
    return samples.length;
  }

  /** The inputs. */
  public List<Sample> samples() {
    return List.of(samples);
  }

  /**
   * Growing numbers of examples: all of them, and a quarter each before, at least so many.
   *
   * @param least fewer than these say too little of a candidate
   */
  public List<Integer> rungs(int least) {
    return rungs(size(), least);
  }

  private static List<Integer> rungs(int size, int least) {
    if (size / 4 < least) {
      return List.of(size);
    }
    java.util.ArrayList<Integer> rungs = new java.util.ArrayList<>(rungs(size / 4, least));
    rungs.add(size);
    return rungs;
  }

  /**
   * Scores the answers for the first so many examples.
   *
   * @param outputs one row of an answer each
   * @param probabilities whether rows are probabilities, and not logits
   * @param bytes see {@link Score}
   * @param bits see {@link Score}
   * @param micros see {@link Score}
   */
  public Score score(
      List<float[]> outputs, boolean probabilities, long bytes, double bits, double micros) {
    int right = 0;
    int agreeing = 0;
    double loss = 0;
    for (int i = 0; i < outputs.size(); i++) {
      float[] row = outputs.get(i);
      int answer = IntegerRuntime.argmax(row);
      right += answer == labels[i] ? 1 : 0;
      agreeing += answer == floats[i] ? 1 : 0;
      loss += probabilities ? -Math.log(Math.max(row[labels[i]], TINY)) : loss(row, labels[i]);
    }
    double n = outputs.size();
    return new Score(right / n, loss / n, agreeing / n, bytes, bits, micros);
  }

  /** −ln of the softmax of a logit. */
  private static double loss(float[] logits, int label) {
    double largest = logits[IntegerRuntime.argmax(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    return Math.log(sum) + largest - logits[label];
  }
}
