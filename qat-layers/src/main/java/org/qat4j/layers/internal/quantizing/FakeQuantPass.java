package org.qat4j.layers.internal.quantizing;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.host.DeviceOps;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.FakeQuant;
import org.qat4j.numerics.internal.Runs;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Ste;

/**
 * Fake quantization of one array with one scale, or one for each run of values: the forward pass in
 * place, and what the backward pass needs of it. On the host in blocks that stay in cache,
 * elsewhere by operations of ND4J; both give the same bits.
 */
final class FakeQuantPass {
  private static final int BLOCK = 2048;

  private final String name;
  private final Ste ste;
  private final Learned learned;

  private QuantParams params;
  private Runs runs;

  /** Of each run. */
  private float[] scales;

  private char order = 'c';
  private boolean host;
  private boolean anyClipped;
  private long[] clipped = new long[0];
  private float[] byScale = new float[0];
  private final float[] block = new float[BLOCK];
  private final float[] codes = new float[BLOCK];
  private final float[] blockByScale = new float[BLOCK];
  private INDArray inside;
  private INDArray byScaleArray;
  private INDArray noise;

  /**
   * @param name of the quantizer, which seeds its stochastic rounding
   */
  FakeQuantPass(String name, Ste ste, Learned learned) {
    this.name = name;
    this.ste = ste;
    this.learned = learned;
  }

  /**
   * Replaces each value by s·(q − z).
   *
   * @param x changed in place
   * @param step of the training, from 1
   * @param learning whether the gradient of the scale will be asked for
   */
  void forward(INDArray x, QuantParams p, long step, boolean learning) {
    forward(x, p, Runs.rows((int) x.length()), new float[] {p.scale()}, step, learning);
  }

  /**
   * The same where runs of values have scales of their own.
   *
   * @param x in c order, unless there is a single run
   * @param p whose codes all have
   * @param scales of each run
   */
  void forward(INDArray x, QuantParams p, Runs runs, float[] scales, long step, boolean learning) {
    params = p;
    this.runs = runs;
    this.scales = scales;
    host = Floats.inPlace(x);
    order = x.ordering();
    int start = Noise.start(name, step);
    if (host) {
      onHost(x, start, learning);
    } else {
      byOperations(x, start, learning);
    }
  }

  private void onHost(INDArray x, int start, boolean learning) {
    int n = (int) x.length();
    prepare(n, learning);
    float low = params.qmin() - params.zeroPoint();
    float high = params.qmax() - params.zeroPoint();
    FloatBuffer values = Floats.buffer(x);
    float[] uniform = ste == Ste.STOCHASTIC ? Noise.values() : null;
    boolean plain = uniform == null && !learning;
    boolean any = false;
    int run = 0;
    for (int from = 0, size; from < n; from += size) {
      float scale = scales[run];
      size = Math.min(BLOCK, runs.to(run) - from);
      run += from + size == runs.to(run) ? 1 : 0;
      values.get(from, block, 0, size);
      any |=
          plain
              ? FakeQuant.forward(block, codes, 0, size, scale, low, high, clipped, from)
              : FakeQuant.forward(
                  block,
                  0,
                  size,
                  scale,
                  low,
                  high,
                  clipped,
                  from,
                  uniform,
                  Noise.place(start, from),
                  learning ? blockByScale : null);
      values.put(from, block, 0, size);
      if (learning) {
        System.arraycopy(blockByScale, 0, byScale, from, size);
      }
    }
    anyClipped = any;
  }

  private void prepare(int n, boolean learning) {
    int words = (n + 63) >> 6;
    if (clipped.length < words) {
      clipped = new long[words];
    } else if (anyClipped) {
      Arrays.fill(clipped, 0L);
    }
    anyClipped = false;
    if (learning && byScale.length < n) {
      byScale = new float[n];
    }
  }

  private void byOperations(INDArray x, int start, boolean learning) {
    double low = params.qmin() - params.zeroPoint();
    double high = params.qmax() - params.zeroPoint();
    if (inside == null || !inside.equalShapes(x) || inside.dataType() != x.dataType()) {
      inside = kept(x);
    }
    INDArray each = scales.length == 1 ? null : eachScale(x);
    if (each == null) {
      x.divi(params.scale());
    } else {
      x.divi(each);
    }
    INDArray steps = learning ? x.dup() : null;
    if (ste == Ste.STOCHASTIC) {
      if (noise == null || noise.length() < x.length() + 65536) {
        noise = Noise.onDevice((int) x.length());
      }
      INDArray u = Noise.from(noise, start, x.length()).castTo(x.dataType());
      x.addi(u.reshape(x.ordering(), x.shape()));
      DeviceOps.floor(x);
    } else {
      DeviceOps.rint(x);
    }
    inside.assign(x.gte(low)).muli(x.lte(high).castTo(x.dataType()));
    if (learning) {
      // n − x/s inside, the bound outside: (clamped n) − inside·(x/s).
      if (byScaleArray == null || !byScaleArray.equalShapes(x)) {
        byScaleArray = kept(x);
      }
      DeviceOps.clamp(byScaleArray.assign(x), low, high).subi(steps.muli(inside));
    }
    DeviceOps.clamp(x, low, high);
    if (each == null) {
      x.muli(params.scale());
    } else {
      x.muli(each);
    }
  }

  /** The scale of each value. */
  private INDArray eachScale(INDArray x) {
    float[] each = new float[(int) x.length()];
    for (int run = 0; run < scales.length; run++) {
      Arrays.fill(each, runs.from(run), runs.to(run), scales[run]);
    }
    return Nd4j.create(each, x.shape(), 'c').castTo(x.dataType());
  }

  /** An array like another that outlives the workspaces of a forward pass. */
  private static INDArray kept(INDArray like) {
    return Nd4j.createUninitializedDetached(like.dataType(), like.ordering(), like.shape());
  }

  /**
   * Gradient before the quantizer (13). Changes {@code epsilon} where its values lie in memory as
   * those of the quantized array did.
   */
  INDArray backward(INDArray epsilon, ArrayType where, LayerWorkspaceMgr workspaces) {
    if (ste == Ste.PLAIN || (host && !anyClipped)) {
      return epsilon;
    }
    if (!host) {
      return epsilon.muli(inside);
    }
    INDArray masked =
        Floats.inPlace(epsilon) && epsilon.ordering() == order
            ? epsilon
            : workspaces.dup(where, epsilon, order);
    FloatBuffer values = Floats.buffer(masked);
    forEachClipped((int) masked.length(), i -> values.put(i, 0f));
    return masked;
  }

  private void forEachClipped(int n, IntConsumer action) {
    for (int word = 0; word << 6 < n; word++) {
      for (long bits = clipped[word]; bits != 0; bits &= bits - 1) {
        action.accept((word << 6) + Long.numberOfTrailingZeros(bits));
      }
    }
  }

  /**
   * ∂L/∂s of each run (14), before {@link #backward}.
   *
   * @param epsilon gradient behind the quantizer
   */
  double[] byScales(INDArray epsilon) {
    float[] e = Floats.read(epsilon);
    float[] by = host ? byScale : Floats.read(byScaleArray);
    double[] sums = new double[scales.length];
    for (int run = 0; run < sums.length; run++) {
      for (int i = runs.from(run); i < runs.to(run); i++) {
        sums[run] += e[i] * by[i];
      }
    }
    return sums;
  }

  /**
   * Gradients of the range, before {@link #backward}: by the scale and by the zero point (14).
   *
   * @param epsilon gradient behind the quantizer
   * @return {∂L/∂s, ∂L/∂z}; with PACT the first holds the clipped values alone
   */
  double[] byRange(INDArray epsilon) {
    boolean pact = learned instanceof Learned.Pact;
    if (!host) {
      INDArray outside = inside.rsub(1);
      INDArray r = pact ? byScaleArray.mul(outside) : byScaleArray;
      return new double[] {
        epsilon.mul(r).sumNumber().doubleValue(),
        -params.scale() * epsilon.mul(outside).sumNumber().doubleValue()
      };
    }
    INDArray same =
        Floats.inPlace(epsilon) && epsilon.ordering() == order ? epsilon : epsilon.dup(order);
    FloatBuffer values = Floats.buffer(same);
    int n = (int) same.length();
    double[] sums = new double[2];
    if (!pact) {
      for (int from = 0; from < n; from += BLOCK) {
        int size = Math.min(BLOCK, n - from);
        values.get(from, block, 0, size);
        for (int i = 0; i < size; i++) {
          sums[0] += block[i] * byScale[from + i];
        }
      }
    }
    if (anyClipped) {
      forEachClipped(
          n,
          i -> {
            float e = values.get(i);
            sums[0] += pact ? e * byScale[i] : 0;
            sums[1] -= params.scale() * e;
          });
    }
    return sums;
  }
}
