package org.qat4j.layers;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.calibration.RangeRule;
import org.qat4j.numerics.QuantParams;
import org.qat4j.quantizer.Scheme;

/**
 * Observer and fake quantization of the activations at one place of the network.
 *
 * <p>Its state are three floats of the layer's parameters: lowest and highest value of the observed
 * range, and the number of batches observed.
 */
final class ActivationQuantizer {
  private static final int BLOCK = 2048;

  private final QuantSettings settings;
  private final String where;
  private INDArray state;
  private long[] clipped = new long[0];
  private boolean anyClipped;
  private char order = 'c';
  private INDArray deviceMask;

  ActivationQuantizer(QuantSettings settings, Slot slot) {
    this.settings = settings;
    this.where = "layer \"" + settings.layer() + "\", " + slot;
  }

  void attach(INDArray stateView) {
    this.state = stateView;
  }

  float lo() {
    return state.getFloat(0);
  }

  float hi() {
    return state.getFloat(1);
  }

  boolean hasRange() {
    return state.getFloat(2) > 0;
  }

  /** Fixes the range to [lo, hi]. */
  void setRange(float lo, float hi) {
    state.putScalar(0, lo);
    state.putScalar(1, hi);
    state.putScalar(2, Math.max(1f, state.getFloat(2)));
  }

  /**
   * Scale and zero point of the observed range.
   *
   * @throws QatException if nothing was observed yet
   */
  QuantParams params() {
    if (!hasRange()) {
      throw new QatException(
          where + " has no range yet: calibrate or train the network before it is evaluated");
    }
    int bits = settings.spec().activations().bits();
    return settings.spec().activations().scheme() == Scheme.SYMMETRIC
        ? QuantParams.symmetric(Math.max(Math.abs(lo()), Math.abs(hi())), bits)
        : QuantParams.asymmetric(lo(), hi(), bits);
  }

  /**
   * Widens the range by a batch.
   *
   * @throws QatException if a value is not finite
   */
  void observe(INDArray x) {
    float min = x.minNumber().floatValue();
    float max = x.maxNumber().floatValue();
    int seen = (int) state.getFloat(2);
    if (!Float.isFinite(min) || !Float.isFinite(max)) {
      throw new QatException(
          where
              + ": the values of batch "
              + (seen + 1)
              + " are not finite ("
              + min
              + " to "
              + max
              + "); lower the learning rate or clip the gradient");
    }
    float m =
        settings.spec().activations().range() instanceof RangeRule.MovingAverage r
            ? r.momentum()
            : 0;
    if (seen == 0) {
      setRange(min, max);
    } else if (m == 0) {
      setRange(Math.min(lo(), min), Math.max(hi(), max));
    } else {
      setRange(lo() + m * (min - lo()), hi() + m * (max - hi()));
    }
    state.putScalar(2, Math.min(seen + 1f, 1e6f));
  }

  /** Replaces each value of a dense array by s·(q − z) and remembers which were clipped (13). */
  void fakeQuantize(INDArray x) {
    QuantParams p = params();
    order = x.ordering();
    if (Floats.onHost()) {
      onHost(x, p);
    } else {
      onDevice(x, p);
    }
  }

  private void onHost(INDArray x, QuantParams p) {
    int n = (int) x.length();
    prepareMask(n);
    FloatPointer pointer = Floats.pointer(x);
    float[] block = new float[BLOCK];
    float scale = p.scale();
    float low = p.qmin() - p.zeroPoint();
    float high = p.qmax() - p.zeroPoint();
    boolean any = false;
    for (int from = 0; from < n; from += BLOCK) {
      int size = Math.min(BLOCK, n - from);
      pointer.position(from).get(block, 0, size);
      boolean out = false;
      for (int i = 0; i < size; i++) {
        float steps = (float) Math.rint(block[i] / scale);
        out = out || steps < low || steps > high;
        block[i] = steps;
      }
      if (out) {
        any = true;
        mark(block, from, size, low, high);
      }
      for (int i = 0; i < size; i++) {
        block[i] = scale * Math.max(low, Math.min(high, block[i]));
      }
      pointer.put(block, 0, size);
    }
    anyClipped = any;
  }

  private void mark(float[] steps, int from, int size, float low, float high) {
    for (int i = 0; i < size; i++) {
      if (steps[i] < low || steps[i] > high) {
        clipped[(from + i) >> 6] |= 1L << (from + i);
      }
    }
  }

  private void prepareMask(int n) {
    int words = (n + 63) >> 6;
    if (clipped.length < words) {
      clipped = new long[words];
    } else if (anyClipped) {
      Arrays.fill(clipped, 0L);
    }
    anyClipped = false;
  }

  private void onDevice(INDArray x, QuantParams p) {
    double low = p.qmin() - p.zeroPoint();
    double high = p.qmax() - p.zeroPoint();
    DeviceOps.steps(x, p.scale());
    deviceMask = x.gte(low).castTo(x.dataType()).muli(x.lte(high).castTo(x.dataType()));
    DeviceOps.clamp(x, low, high);
    x.muli(p.scale());
  }

  /**
   * Gradient before the quantizer: {@code epsilon}, 0 where the value was clipped (13). Changes
   * {@code epsilon} where its values lie in memory as those of the quantized array did.
   */
  INDArray gradient(INDArray epsilon, ArrayType where, LayerWorkspaceMgr workspaces) {
    if (deviceMask != null) {
      return epsilon.muli(deviceMask);
    }
    if (!anyClipped) {
      return epsilon;
    }
    INDArray masked =
        Floats.dense(epsilon) && epsilon.ordering() == order
            ? epsilon
            : workspaces.dup(where, epsilon, order);
    clear(masked);
    return masked;
  }

  private void clear(INDArray epsilon) {
    FloatPointer pointer = Floats.pointer(epsilon);
    int n = (int) epsilon.length();
    for (int word = 0; word << 6 < n; word++) {
      for (long bits = clipped[word]; bits != 0; bits &= bits - 1) {
        pointer.put((word << 6) + Long.numberOfTrailingZeros(bits), 0f);
      }
    }
  }
}
