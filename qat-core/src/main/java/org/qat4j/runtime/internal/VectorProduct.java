package org.qat4j.runtime.internal;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2F;
import static jdk.incubator.vector.VectorOperators.S2I;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The product in float32 lanes: every partial sum lies below 2^24 (6), so that multiplying and
 * adding floats is exact in any order. Where it does not, the input is multiplied half by half
 * (6b): x = 2^6·h + l. Weights lie in panels of two vectors of channels; four windows are computed
 * at once, so that each weight that is loaded is used four times.
 *
 * <p>Where a compilation has grown large, the JIT compiler calls our methods instead of inlining
 * them, and vectors that they take or give become objects. So what is compiled together with its
 * callers ({@link #tap}, the conversion of sums) is one method each.
 */
final class VectorProduct extends Product {
  private static final int BLOCK = 4;
  private static final int LOW = (1 << ProductWeights.HALF_BITS) - 1;
  private static final int LANES = VectorKernels.LANES;
  private static final int PANEL = VectorKernels.PANEL;
  private static final float ROUND = VectorKernels.ROUND;
  private static final int ROUND_BITS = VectorKernels.ROUND_BITS;
  private static final VectorSpecies<Integer> INTS = VectorKernels.INTS;
  private static final VectorSpecies<Float> FLOATS = VectorKernels.FLOATS;
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(
          short.class, VectorShape.forBitSize(VectorKernels.FLOATS.vectorBitSize() / 2));

  /** q_w − z_w, (panels, taps·depth, PANEL), channels beyond the last are 0. */
  private final short[] weights;

  /** Element of a window that each weight meets, (taps·depth). */
  private final int[] offsets;

  private final int pitch;
  private final int size;
  private final int panels;

  /** 1, or 2 where the input is multiplied half by half. */
  private final int parts;

  VectorProduct(ProductWeights w, int parts, Kernels kernels) {
    super(w);
    this.parts = parts;
    pitch = kernels.pitch(channels);
    size = w.size();
    offsets = new int[size];
    for (int i = 0; i < size; i++) {
      offsets[i] = i / runLength * runStep + i % runLength;
    }
    panels = pitch / PANEL;
    weights = new short[Math.multiplyExact(size, pitch)];
    for (int c = 0; c < channels; c++) {
      int panel = c / PANEL * size * PANEL + c % PANEL;
      for (int i = 0; i < size; i++) {
        weights[panel + i * PANEL] = (short) w.weight(c, i);
      }
    }
  }

  @Override
  int block() {
    return BLOCK;
  }

  /** The input as floats, or both halves of it, and the accumulators of a block. */
  @Override
  int scratch(int inputs) {
    return parts * inputs + BLOCK * pitch;
  }

  @Override
  void prepare(int[] x, int end, float[] scratch) {
    if (parts == 2) {
      for (int i = 0; i < end; i++) {
        scratch[i] = (float) (x[i] >> ProductWeights.HALF_BITS);
        scratch[x.length + i] = (float) (x[i] & LOW);
      }
      return;
    }
    int i = 0;
    for (; i + LANES <= end; i += LANES) {
      FloatVector v = (FloatVector) IntVector.fromArray(INTS, x, i).convertShape(I2F, FLOATS, 0);
      v.intoArray(scratch, i);
    }
    for (; i < end; i++) {
      scratch[i] = (float) x[i];
    }
  }

  @Override
  void apply(int[] x, float[] scratch, int at, int step, int windows, int[] acc) {
    int out = parts * x.length;
    for (int part = 0; part < parts; part++) {
      multiply(scratch, part * x.length + at, step, windows, out);
      finish(scratch, out, windows * pitch, part > 0, acc);
    }
  }

  /**
   * Whole numbers below 2^24 as the accumulators, or those of the lower half added to 2^6 times
   * those of the upper one.
   */
  private static void finish(float[] sums, int at, int n, boolean low, int[] acc) {
    for (int i = 0; i < n; i += LANES) {
      // The multiple of 4096 nearest to each, and the rest.
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, at + i);
      IntVector high = sum.mul(0x1p-12f).add(ROUND).reinterpretAsInts().sub(ROUND_BITS);
      FloatVector rest = sum.sub(((FloatVector) high.convertShape(I2F, FLOATS, 0)).mul(0x1p12f));
      IntVector made = high.lanewise(LSHL, 12);
      made = made.add(rest.add(ROUND).reinterpretAsInts().sub(ROUND_BITS));
      if (low) {
        IntVector upper = IntVector.fromArray(INTS, acc, i);
        made = made.add(upper.lanewise(LSHL, ProductWeights.HALF_BITS));
      }
      made.intoArray(acc, i);
    }
  }

  private void multiply(float[] x, int at, int step, int windows, int out) {
    for (int p = 0; p < panels; p++) {
      if (windows == BLOCK) {
        four(x, at, step, p, out + p * PANEL);
      } else {
        for (int j = 0; j < windows; j++) {
          one(x, at + j * step, p, out + j * pitch + p * PANEL);
        }
      }
    }
  }

  private void four(float[] x, int at, int step, int panel, int out) {
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    int w = panel * size * PANEL;
    for (int i = 0; i < size; i++, w += PANEL) {
      int a = at + offsets[i];
      FloatVector w0 = weights(w);
      FloatVector w1 = weights(w + LANES);
      FloatVector xa = FloatVector.broadcast(FLOATS, x[a]);
      a0 = xa.fma(w0, a0);
      a1 = xa.fma(w1, a1);
      FloatVector xb = FloatVector.broadcast(FLOATS, x[a + step]);
      b0 = xb.fma(w0, b0);
      b1 = xb.fma(w1, b1);
      FloatVector xc = FloatVector.broadcast(FLOATS, x[a + 2 * step]);
      c0 = xc.fma(w0, c0);
      c1 = xc.fma(w1, c1);
      FloatVector xd = FloatVector.broadcast(FLOATS, x[a + 3 * step]);
      d0 = xd.fma(w0, d0);
      d1 = xd.fma(w1, d1);
    }
    store(a0, a1, x, out);
    store(b0, b1, x, out + pitch);
    store(c0, c1, x, out + 2 * pitch);
    store(d0, d1, x, out + 3 * pitch);
  }

  private void one(float[] x, int at, int panel, int out) {
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = a0;
    int w = panel * size * PANEL;
    for (int i = 0; i < size; i++, w += PANEL) {
      FloatVector xa = FloatVector.broadcast(FLOATS, x[at + offsets[i]]);
      a0 = xa.fma(weights(w), a0);
      a1 = xa.fma(weights(w + LANES), a1);
    }
    store(a0, a1, x, out);
  }

  private FloatVector weights(int at) {
    return (FloatVector) ShortVector.fromArray(SHORTS, weights, at).convertShape(S2F, FLOATS, 0);
  }

  private static void store(FloatVector v0, FloatVector v1, float[] to, int at) {
    v0.intoArray(to, at);
    v1.intoArray(to, at + LANES);
  }

  /** In ints, so that nothing is left to convert. */
  @Override
  void tap(int[] x, int tap, int[] acc) {
    for (int p = 0; p < panels; p++) {
      IntVector a0 = IntVector.zero(INTS);
      IntVector a1 = a0;
      int w = (p * size + tap * depth) * PANEL;
      for (int i = 0; i < depth; i++, w += PANEL) {
        ShortVector w0 = ShortVector.fromArray(SHORTS, weights, w);
        ShortVector w1 = ShortVector.fromArray(SHORTS, weights, w + LANES);
        a0 = ((IntVector) w0.convertShape(S2I, INTS, 0)).mul(x[i]).add(a0);
        a1 = ((IntVector) w1.convertShape(S2I, INTS, 0)).mul(x[i]).add(a1);
      }
      a0.intoArray(acc, p * PANEL);
      a1.intoArray(acc, p * PANEL + LANES);
    }
  }
}
