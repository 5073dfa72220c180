package org.qat4j.layers.internal.fast;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.host.SequenceMemory;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.FakeQuant;

/**
 * A {@link RecurrentPass} of an LSTM with sigmoid and tanh in host memory: the input is multiplied
 * for all steps at once, as are the gradients of weights and input; what is computed value by value
 * is a loop in Java. In memory, sequences are [t, n, channels].
 */
final class LstmLoops implements RecurrentPass {
  private int examples;
  private int channels;
  private int units;
  private int steps;

  private INDArray x; // [k, t·n], column-major; then its gradient
  private INDArray z; // [4·units, t·n]: sums, then their gradients
  private INDArray h; // [units, (1 + t)·n]: states, that before the first step first
  private INDArray carry; // [units, n]: gradient of a state by the step behind it
  private INDArray y; // [n, units, t], f order: states
  private INDArray[] zAt = {};
  private INDArray[] hAt = {};

  // sigmoid(x) = 0.5 + 0.5·tanh(0.5·x): for each sum of a step 1 and 0, or 0.5 and 0.5
  private float[] factor = {};
  private float[] shift = {};

  private float[][] a = {}; // candidates and gates of each step, [n, 4·units]
  private float[][] c = {}; // cells, [n, units], those before the first step first
  private float[][] tc = {}; // tanh of those after it
  private float[][] exact = {}; // states before they were rounded
  private long[][] clipped = {}; // where rounding did, as FakeQuant marks it
  private boolean rounded;
  private float[] mask; // [n, t], or null

  static boolean supports(IActivation gate, IActivation activation, DataType type) {
    return gate instanceof ActivationSigmoid
        && activation instanceof ActivationTanH
        && type == DataType.FLOAT
        && Floats.fastLayers();
  }

  @Override
  public boolean hasCell() {
    return true;
  }

  @Override
  public INDArray exactStates() {
    return rounded ? sequence(exact, 0) : y;
  }

  @Override
  public INDArray cells() {
    return sequence(c, 1);
  }

  @Override
  public INDArray lastState() {
    float[] last = new float[examples * units];
    Floats.pointer(hAt[steps]).get(last);
    return copy(last);
  }

  @Override
  public INDArray lastCell() {
    return copy(c[steps]);
  }

  private INDArray copy(float[] step) {
    INDArray copy = Nd4j.createUninitializedDetached(DataType.FLOAT, 'c', examples, units);
    Floats.pointer(copy).put(step, 0, step.length);
    return copy;
  }

  /** Steps of [n, units] as [n, units, t]. */
  private INDArray sequence(float[][] values, int from) {
    INDArray sequence = Nd4j.createUninitialized(DataType.FLOAT, y.shape(), 'f');
    float[] turned = new float[examples * units];
    for (int t = 0; t < steps; t++) {
      turn(values[from + t], units, turned);
      put(turned, sequence, t);
    }
    return sequence;
  }

  @Override
  public INDArray forward(
      INDArray input,
      INDArray weights,
      INDArray recurrent,
      INDArray bias,
      INDArray state,
      INDArray cell,
      INDArray counted,
      QuantParams rounding) {
    rounded = rounding != null;
    allocate(input, (int) recurrent.size(0));
    mask = counted == null ? null : Floats.read(counted);
    float[] byStep = SequenceMemory.of(input).byStep();
    Floats.pointer(x).put(byStep, 0, byStep.length);
    float[] ht = state == null ? new float[examples * units] : Floats.read(state);
    Floats.pointer(hAt[0]).put(ht, 0, ht.length);
    c[0] = cell == null ? new float[ht.length] : Floats.read(cell);
    float[] biases = repeat(Floats.read(bias), examples);
    float[] sums = new float[biases.length];
    float[] turned = new float[ht.length];
    Nd4j.gemm(weights, x, z, true, false, 1, 0);
    for (int t = 0; t < steps; t++) {
      Nd4j.gemm(recurrent, hAt[t], zAt[t], true, false, 1, 1);
      Floats.pointer(zAt[t]).get(sums, 0, sums.length);
      gates(sums, biases, factor, shift, a[t]);
      for (int i = 0; i < examples; i++) {
        cell(a[t], c[t], c[t + 1], i, counts(i, t));
      }
      tanh(c[t + 1], tc[t]);
      for (int i = 0; i < examples; i++) {
        state(a[t], tc[t], ht, i, counts(i, t));
      }
      if (rounded) {
        System.arraycopy(ht, 0, exact[t], 0, ht.length);
        Arrays.fill(clipped[t], 0);
        float low = rounding.qmin() - rounding.zeroPoint();
        float high = rounding.qmax() - rounding.zeroPoint();
        FakeQuant.forward(ht, turned, 0, ht.length, rounding.scale(), low, high, clipped[t], 0);
      }
      Floats.pointer(hAt[t + 1]).put(ht, 0, ht.length);
      turn(ht, units, turned);
      put(turned, y, t);
    }
    return y;
  }

  private float counts(int example, int step) {
    return mask == null ? 1 : mask[example * steps + step];
  }

  /** Candidates and gates of a step from its sums, which are overwritten. */
  private static void gates(
      float[] sums, float[] biases, float[] factor, float[] shift, float[] to) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] = (sums[j] + biases[j]) * factor[j];
    }
    tanh(sums, to);
    for (int j = 0; j < to.length; j++) {
      to[j] = to[j] * factor[j] + shift[j];
    }
  }

  /** A loop over whole arrays, without anything else, is computed several values at a time. */
  private static void tanh(float[] values, float[] to) {
    for (int j = 0; j < to.length; j++) {
      to[j] = tanh(values[j]);
    }
  }

  /** Cells of one example. */
  private void cell(float[] at, float[] before, float[] now, int example, float counts) {
    int u = units;
    int from = 4 * example * u;
    int to = example * u;
    for (int j = 0; j < u; j++) {
      float sum = before[to + j] * at[from + u + j] + at[from + j] * at[from + 3 * u + j];
      now[to + j] = sum * counts;
    }
  }

  /** State of one example. */
  private void state(float[] at, float[] tanh, float[] ht, int example, float counts) {
    int u = units;
    int from = 4 * example * u + 2 * u;
    int to = example * u;
    for (int j = 0; j < u; j++) {
      ht[to + j] = tanh[to + j] * at[from + j] * counts;
    }
  }

  @Override
  public INDArray backward(
      INDArray epsilon,
      INDArray weights,
      INDArray recurrent,
      Map<String, INDArray> gradients,
      int last,
      boolean plain,
      LayerWorkspaceMgr workspaces) {
    int end = last > 0 ? Math.max(0, steps - last) : 0;
    float[] eps = SequenceMemory.of(epsilon).byStep();
    int block = examples * units;
    float[] dh = new float[block];
    float[] dc = new float[block];
    float[] dz = new float[4 * block];
    float[] db = new float[4 * units];
    for (int t = steps - 1; t >= end; t--) {
      if (t < steps - 1) {
        Nd4j.gemm(recurrent, zAt[t + 1], carry, false, false, 1, 0);
        Floats.pointer(carry).get(dh, 0, block);
      }
      for (int j = 0; j < block; j++) {
        dh[j] += eps[t * block + j];
      }
      if (rounded && !plain) {
        for (int j = 0; j < block; j++) {
          dh[j] = (clipped[t][j >> 6] >> j & 1) == 0 ? dh[j] : 0;
        }
      }
      for (int i = 0; i < examples; i++) {
        gradient(dh, dc, dz, i, t);
        for (int j = 0; j < db.length; j++) {
          db[j] += dz[i * db.length + j];
        }
      }
      Floats.pointer(zAt[t]).put(dz, 0, dz.length);
    }
    return products(weights, gradients, db, end, workspaces);
  }

  /** Gradients of the sums of one step of one example; dc becomes that of the cell before it. */
  private void gradient(float[] dh, float[] dc, float[] dz, int example, int t) {
    int u = units;
    int in = example * u;
    int at = 4 * example * u;
    float counts = counts(example, t);
    float[] gates = a[t];
    float[] before = c[t];
    float[] tanhs = tc[t];
    for (int j = 0; j < u; j++) {
      float candidate = gates[at + j];
      float f = gates[at + u + j];
      float o = gates[at + 2 * u + j];
      float input = gates[at + 3 * u + j];
      float tanh = tanhs[in + j];
      float ofState = dh[in + j] * counts;
      float ofCell = (dc[in + j] + ofState * o * (1 - tanh * tanh)) * counts;
      dz[at + j] = ofCell * input * (1 - candidate * candidate);
      dz[at + u + j] = ofCell * before[in + j] * f * (1 - f);
      dz[at + 2 * u + j] = ofState * tanh * o * (1 - o);
      dz[at + 3 * u + j] = ofCell * candidate * input * (1 - input);
      dc[in + j] = ofCell * f;
    }
  }

  /** Gradients of the parameters, and of the input, which is returned. */
  private INDArray products(
      INDArray weights,
      Map<String, INDArray> gradients,
      float[] db,
      int end,
      LayerWorkspaceMgr workspaces) {
    INDArray dz = columns(z, end, steps);
    INDArray read = columns(x, end, steps);
    Nd4j.gemm(read, dz, gradients.get(WEIGHTS), false, true, 1, 1);
    Nd4j.gemm(columns(h, end, steps), dz, gradients.get(RECURRENT), false, true, 1, 1);
    INDArray bias = gradients.get(BIAS);
    bias.addi(Floats.array(db, bias.shape()));
    Nd4j.gemm(weights, dz, read, false, false, 1, 0);
    long[] shape = {examples, channels, steps};
    INDArray below = workspaces.create(ArrayType.ACTIVATION_GRAD, DataType.FLOAT, shape, 'f');
    float[] step = new float[examples * channels];
    float[] turned = new float[step.length];
    for (int t = end; t < steps; t++) {
      Floats.pointer(x).position((long) t * step.length).get(step, 0, step.length);
      turn(step, channels, turned);
      put(turned, below, t);
    }
    return below;
  }

  private void allocate(INDArray input, int states) {
    int n = (int) input.size(0);
    int k = (int) input.size(1);
    int t = (int) input.size(2);
    if (n != examples || k != channels || states != units || t != steps) {
      examples = n;
      channels = k;
      units = states;
      steps = t;
      x = matrix(k, t * n);
      z = matrix(4 * units, t * n);
      h = matrix(units, (t + 1) * n);
      carry = matrix(units, n);
      y = Nd4j.createUninitializedDetached(DataType.FLOAT, 'f', n, units, t);
      zAt = split(z, t);
      hAt = split(h, t + 1);
      a = new float[t][4 * units * n];
      c = new float[t + 1][units * n];
      tc = new float[t][units * n];
      exact = new float[0][];
      float[] gates = new float[4 * units];
      Arrays.fill(gates, units, gates.length, 0.5f);
      shift = repeat(gates, n);
      Arrays.fill(gates, 0, units, 1);
      factor = repeat(gates, n);
    }
    if (rounded && exact.length == 0) {
      exact = new float[t][units * n];
      clipped = new long[t][(units * n + 63) / 64];
    }
  }

  private static float[] repeat(float[] values, int times) {
    float[] repeated = new float[values.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(values, 0, repeated, i * values.length, values.length);
    }
    return repeated;
  }

  private static INDArray matrix(int rows, int columns) {
    return Nd4j.createUninitializedDetached(DataType.FLOAT, 'f', rows, columns);
  }

  private INDArray[] split(INDArray matrix, int parts) {
    INDArray[] views = new INDArray[parts];
    for (int i = 0; i < parts; i++) {
      views[i] = columns(matrix, i, i + 1);
    }
    return views;
  }

  /** The columns of some steps. */
  private INDArray columns(INDArray matrix, int from, int to) {
    return matrix.get(all(), interval((long) from * examples, (long) to * examples));
  }

  /** One step of an array [n, c, t] in f order. */
  private static void put(float[] step, INDArray to, int t) {
    Floats.pointer(to).position((long) t * step.length).put(step, 0, step.length);
  }

  /** [n, c] as [c, n]. */
  private void turn(float[] from, int columns, float[] to) {
    for (int i = 0; i < examples; i++) {
      for (int j = 0; j < columns; j++) {
        to[j * examples + i] = from[i * columns + j];
      }
    }
  }

  /**
   * tanh, to within a few units in the last place: a quotient of polynomials, with the coefficients
   * of Eigen (MathFunctionsImpl.h, ptanh). Math.tanh takes ten times as long.
   */
  static float tanh(float value) {
    float x = Math.min(Math.max(value, -7.905311f), 7.905311f);
    float y = x * x;
    float p = y * -2.7607684e-16f + 2.000188e-13f;
    p = y * p + -8.604672e-11f;
    p = y * p + 5.1222973e-8f;
    p = y * p + 1.48572235e-5f;
    p = y * p + 6.3726195e-4f;
    p = y * p + 4.8935246e-3f;
    float q = y * 1.1982584e-6f + 1.1853471e-4f;
    q = y * q + 2.2684347e-3f;
    q = y * q + 4.893525e-3f;
    return x * p / q;
  }
}
