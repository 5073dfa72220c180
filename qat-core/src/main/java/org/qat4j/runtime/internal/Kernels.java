package org.qat4j.runtime.internal;

import org.qat4j.runtime.RuntimeOptions;

/**
 * The inner loops of the runtime. Everything is exact integer arithmetic (6), so that every
 * implementation gives the same values; {@link ScalarKernels} is the specification. Rows hold int32
 * accumulators, one per channel. Implementations are stateless.
 */
public interface Kernels {
  /** SCALAR or VECTOR. */
  RuntimeOptions.Kernel kind();

  /**
   * Length of rows and accumulators of {@code n} channels: n, or more where the loops work on whole
   * vectors. What lies behind the n-th value means nothing.
   */
  int pitch(int n);

  /**
   * acc[c] = Σ rows[from + j][c] over j in [0, count).
   *
   * @param rows each as long as {@code acc}
   * @param count ≥ 1
   */
  void sum(int[][] rows, int from, int count, int[] acc);

  /**
   * max[c] = max over p in [0, positions) of Σ rows[from + p·count + j][c] over j in [0, count),
   * and of max[c] itself.
   *
   * @param rows each as long as {@code max}
   * @param scratch as long as {@code max}, may be overwritten
   */
  void sumMax(int[][] rows, int from, int count, int positions, int[] scratch, int[] max);

  /** acc[c] += x[at + c] for c in [0, n). */
  void add(int[] x, int at, int[] acc, int n);

  /** max[c] = max(max[c], x[at + c]) for c in [0, n). */
  void max(int[] x, int at, int[] max, int n);

  /** out[outAt + c] = q − z of channel c by (7) and (8), from acc[at + c]. */
  void requantize(int[] acc, int at, Requantization r, int[] out, int outAt);

  /** Packs weights for {@link Product#apply}. */
  Product product(ProductWeights weights);
}
