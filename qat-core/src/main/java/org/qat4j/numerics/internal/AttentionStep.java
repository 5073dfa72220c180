package org.qat4j.numerics.internal;

import java.util.Arrays;
import org.qat4j.numerics.QuantParams;

/**
 * Multi-head self-attention on integers (17). Network, reference and runtime all compute it here.
 * Immutable, thread-safe.
 */
public final class AttentionStep {
  /** Codes of a weight: 0 to this. */
  public static final int ONE = 255;

  /** A prefix of all steps: each sees all others. */
  public static final int EVERYTHING = Integer.MAX_VALUE;

  private static final int MAX_ARGUMENT = (1 << 16) - 1;

  private final int channels;
  private final int heads;
  private final int prefix;
  private final int[] exponential;
  private final QuantParams output;
  private final float argument;
  private final float scale;

  /**
   * @param channels of queries, of keys and of values; a multiple of the heads
   * @param prefix first steps that each step sees; of those behind it sees none after itself
   * @param exponential {@link #exponential()}, or what a model has in its place
   * @param input of queries, keys and values
   * @param output of the result
   */
  public AttentionStep(
      int channels,
      int heads,
      int prefix,
      int[] exponential,
      QuantParams input,
      QuantParams output) {
    this.channels = channels;
    this.heads = heads;
    this.prefix = prefix;
    this.exponential = exponential;
    this.output = output;
    this.argument = argument(input.scale(), channels / heads);
    this.scale = scale(input.scale());
  }

  /** T[j] = min(rint(exp(−j / 32)·2^15), 2^15 − 1), as a {@link GateTable}. */
  public static int[] exponential() {
    return GateTable.of(x -> Math.exp(-8 - x));
  }

  /** From a difference of scores to the argument of the exponential, at the scale 2^−12. */
  public static float argument(float inputScale, int depth) {
    float root = (float) (1 / Math.sqrt(depth));
    return inputScale * inputScale * root * 0x1p12f;
  }

  /** Scale of the sums of weighted values. */
  public static float scale(float inputScale) {
    return inputScale * (1f / ONE);
  }

  /**
   * One sequence.
   *
   * @param x q − z of queries, keys and values side by side, (steps, 3·channels) from {@code at}
   * @param counts 0 where a step is left out, (steps) from {@code atCounts}; null if none is
   * @param weights scratch, at least (steps)
   * @param y becomes q − z of the result, (steps, channels) from {@code atY}
   */
  public void apply(
      int[] x, int at, int steps, int[] counts, int atCounts, int[] weights, int[] y, int atY) {
    apply(x, at, 0, steps, counts, atCounts, weights, y, atY);
  }

  /**
   * The same for the last steps alone.
   *
   * @param first of them
   */
  public void apply(
      int[] x,
      int at,
      int first,
      int steps,
      int[] counts,
      int atCounts,
      int[] weights,
      int[] y,
      int atY) {
    int depth = channels / heads;
    for (int i = first; i < steps; i++) {
      int seen = Math.min(steps, Math.max(prefix, i + 1));
      for (int head = 0; head < heads; head++) {
        int part = head * depth;
        score(x, at, seen, at + i * 3 * channels + part, channels + part, depth, weights);
        weigh(seen, counts, atCounts, weights);
        mix(x, at + 2 * channels + part, seen, depth, weights, y, atY + i * channels + part);
      }
    }
  }

  private void score(int[] x, int at, int steps, int query, int key, int depth, int[] scores) {
    for (int j = 0; j < steps; j++) {
      int k = at + j * 3 * channels + key;
      int sum = 0;
      for (int c = 0; c < depth; c++) {
        sum += x[query + c] * x[k + c];
      }
      scores[j] = sum;
    }
  }

  /** Replaces scores by weights of 0 to 255. */
  private void weigh(int steps, int[] counts, int atCounts, int[] scores) {
    int max = Integer.MIN_VALUE;
    for (int j = 0; j < steps; j++) {
      max = counts == null || counts[atCounts + j] != 0 ? Math.max(max, scores[j]) : max;
    }
    int sum = 0;
    for (int j = 0; j < steps; j++) {
      int e = 0;
      if (counts == null || counts[atCounts + j] != 0) {
        float u = (float) (max - scores[j]) * argument;
        int v = Rounding.halfEven(Math.min(MAX_ARGUMENT, u));
        e = GateTable.at(exponential, v + Short.MIN_VALUE);
      }
      scores[j] = e;
      sum += e;
    }
    float divisor = Math.max(1, sum);
    for (int j = 0; j < steps; j++) {
      scores[j] = Rounding.halfEven((float) (ONE * scores[j]) / divisor);
    }
  }

  private void mix(int[] x, int values, int steps, int depth, int[] weights, int[] y, int atY) {
    Arrays.fill(y, atY, atY + depth, 0);
    for (int j = 0; j < steps; j++) {
      int w = weights[j];
      int v = values + j * 3 * channels;
      for (int c = 0; c < depth && w != 0; c++) {
        y[atY + c] += w * x[v + c];
      }
    }
    for (int c = atY; c < atY + depth; c++) {
      y[c] = output.quantize((float) y[c] * scale) - output.zeroPoint();
    }
  }
}
