package org.qat4j.runtime.reference.internal;

import java.util.Arrays;
import java.util.List;
import org.qat4j.model.Cell;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.Value;
import org.qat4j.model.Window2d;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.numerics.internal.LayerNormStep;
import org.qat4j.numerics.internal.RecurrentStep;
import org.qat4j.numerics.internal.Requantize;
import org.qat4j.numerics.internal.Softmax;
import org.qat4j.runtime.Trace;
import org.qat4j.text.TextEncoder;

/**
 * Each operation as docs/quantization.md has it. Codes are kept in ints, row-major; each method
 * adds its result to the trace.
 */
public final class ReferenceOps implements Op.Visitor<Void> {
  private final IntegerModel model;
  private final Trace trace;

  public ReferenceOps(IntegerModel model, Trace trace) {
    this.model = model;
    this.trace = trace;
  }

  @Override
  public Void visit(Op.Quantize o) {
    float[] x = trace.reals(o.input());
    int[] y = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = o.params().quantize(x[i]);
    }
    return put(o, y);
  }

  @Override
  public Void visit(Op.Embedding o) {
    int[] ids = trace.codes(o.input());
    int dim = o.table().dim(1);
    int[] y = new int[ids.length * dim];
    for (int t = 0; t < ids.length; t++) {
      for (int d = 0; d < dim; d++) {
        y[t * dim + d] = o.table().codes()[ids[t] * dim + d];
      }
    }
    return put(o, y);
  }

  @Override
  public Void visit(Op.EmbeddingBag o) {
    int[] ids = trace.codes(o.input());
    int dim = o.table().dim(1);
    int[] acc = new int[dim];
    int tokens = 0;
    for (int id : ids) {
      if (id != TextEncoder.PADDING) {
        tokens++;
        for (int d = 0; d < dim; d++) {
          acc[d] += o.table().codes()[id * dim + d];
        }
      }
    }
    int[] y = new int[dim];
    for (int d = 0; d < dim; d++) {
      float r = (float) acc[d] * o.table().scale(0);
      y[d] = o.output().quantize(o.mean() && tokens > 0 ? r / (float) tokens : r);
    }
    return put(o, y);
  }

  @Override
  public Void visit(Op.Conv1d o) {
    int[] x = trace.codes(o.input());
    int steps = model.value(o.input()).shape().get(0);
    int outSteps = model.value(o.name()).shape().get(0);
    QuantParams in = model.value(o.input()).params();
    int channels = o.weights().dim(0);
    int kernel = o.weights().dim(1);
    int depth = o.weights().dim(2);
    int[] weights = distances(o.weights());
    int[] acc = new int[outSteps * channels];
    for (int t = 0; t < outSteps; t++) {
      for (int c = 0; c < channels; c++) {
        int sum = o.bias().get(c);
        for (int k = 0; k < kernel; k++) {
          int at = t * o.stride() + k * o.dilation() - o.padLeft();
          if (at >= 0 && at < steps) {
            int w = (c * kernel + k) * depth;
            sum += dot(x, at * depth, in.zeroPoint(), weights, w, depth);
          }
        }
        acc[t * channels + c] = sum;
      }
    }
    return finish(o, acc, in, o.weights(), o.output());
  }

  @Override
  public Void visit(Op.Dense o) {
    int[] x = trace.codes(o.input());
    QuantParams in = model.value(o.input()).params();
    int channels = o.weights().dim(0);
    int features = o.weights().dim(1);
    int rows = x.length / features;
    int[] weights = distances(o.weights());
    int[] acc = new int[rows * channels];
    for (int t = 0; t < rows; t++) {
      for (int c = 0; c < channels; c++) {
        acc[t * channels + c] =
            o.bias().get(c) + dot(x, t * features, in.zeroPoint(), weights, c * features, features);
      }
    }
    return finish(o, acc, in, o.weights(), o.output());
  }

  /** q − z of all weights. */
  private static int[] distances(QuantizedTensor w) {
    byte[] codes = w.codes();
    int[] distances = new int[codes.length];
    for (int i = 0; i < codes.length; i++) {
      distances[i] = codes[i] - w.zeroPoint();
    }
    return distances;
  }

  /** Equation (6) without the bias. */
  private static int dot(int[] x, int atX, int zeroX, int[] w, int atW, int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (x[atX + i] - zeroX) * w[atW + i];
    }
    return sum;
  }

  /** Equations (7) and (8), or (12). */
  private Void finish(Op op, int[] acc, QuantParams in, QuantizedTensor w, Output output) {
    int channels = w.dim(0);
    if (output instanceof Output.Codes codes) {
      QuantParams out = codes.params();
      int[] y = new int[acc.length];
      QuantizedTensor scaled = codes.scaled(w);
      for (int i = 0; i < acc.length; i++) {
        float m = Requantize.multiplier(in.scale(), scaled.scale(i % channels), out.scale());
        y[i] = Requantize.requantize(acc[i], m, out.zeroPoint(), codes.lo(), codes.hi());
      }
      return put(op, y);
    }
    float[] y = new float[acc.length];
    for (int i = 0; i < acc.length; i++) {
      y[i] = Requantize.toReal(acc[i], in.scale(), w.scale(i % channels));
    }
    return put(op, y);
  }

  @Override
  public Void visit(Op.MaxPool1d o) {
    return max(o, o.input(), o.kernel(), o.stride());
  }

  @Override
  public Void visit(Op.GlobalMaxPool o) {
    return max(o, o.input(), positions(o.input()), 1);
  }

  /** Equation (9). */
  private Void max(Op op, String input, int kernel, int stride) {
    int[] x = trace.codes(input);
    int channels = channels(input);
    int[] y = new int[model.value(op.name()).size()];
    Arrays.fill(y, Integer.MIN_VALUE);
    for (int i = 0; i < y.length; i++) {
      int first = i / channels * stride;
      for (int t = first; t < first + kernel; t++) {
        y[i] = Math.max(y[i], x[t * channels + i % channels]);
      }
    }
    return put(op, y);
  }

  @Override
  public Void visit(Op.AvgPool1d o) {
    return average(o, o.input(), o.kernel(), o.stride(), o.output());
  }

  @Override
  public Void visit(Op.GlobalAvgPool o) {
    return average(o, o.input(), positions(o.input()), 1, o.output());
  }

  /** Equation (10): q_w = 1, s_w = 1/n. */
  private Void average(Op op, String input, int kernel, int stride, QuantParams out) {
    int[] x = trace.codes(input);
    QuantParams in = model.value(input).params();
    int channels = channels(input);
    float m = Requantize.multiplier(in.scale(), 1f / kernel, out.scale());
    int[] y = new int[model.value(op.name()).size()];
    for (int i = 0; i < y.length; i++) {
      int first = i / channels * stride;
      int acc = 0;
      for (int t = first; t < first + kernel; t++) {
        acc += x[t * channels + i % channels] - in.zeroPoint();
      }
      y[i] = Requantize.requantize(acc, m, out.zeroPoint(), out.qmin(), out.qmax());
    }
    return put(op, y);
  }

  @Override
  public Void visit(Op.Concat o) {
    Value out = model.value(o.name());
    int channels = out.shape().get(out.shape().size() - 1);
    int rows = out.size() / channels;
    int[] y = new int[out.size()];
    int at = 0;
    for (String input : o.inputs()) {
      int[] x = trace.codes(input);
      QuantParams in = model.value(input).params();
      int width = x.length / rows;
      for (int i = 0; i < x.length; i++) {
        float r = in.dequantize(x[i]);
        y[i / width * channels + at + i % width] = o.output().quantize(r);
      }
      at += width;
    }
    return put(o, y);
  }

  @Override
  public Void visit(Op.Add o) {
    QuantParams in = model.value(o.inputs().get(0)).params();
    int[] y = new int[model.value(o.name()).size()];
    for (int i = 0; i < y.length; i++) {
      int acc = 0;
      for (String input : o.inputs()) {
        acc += trace.codes(input)[i] - in.zeroPoint();
      }
      y[i] = o.output().quantize((float) acc * in.scale());
    }
    return put(o, y);
  }

  @Override
  public Void visit(Op.Flatten o) {
    return put(o, trace.codes(o.input()));
  }

  @Override
  public Void visit(Op.Lookup o) {
    int[] x = trace.codes(o.input());
    int qmin = model.value(o.input()).params().qmin();
    IntVector table = o.table();
    int[] y = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = table.get(x[i] - qmin);
    }
    return put(o, y);
  }

  @Override
  public Void visit(Op.Softmax o) {
    float[] x = trace.reals(o.input());
    Value value = model.value(o.name());
    int n = value.shape().get(value.shape().size() - 1);
    float[] y = new float[x.length];
    for (int at = 0; at < x.length; at += n) {
      Softmax.apply(x, y, at, n);
    }
    return put(o, y);
  }

  @Override
  public Void visit(Op.RealFunction o) {
    float[] x = trace.reals(o.input());
    float[] y = new float[x.length];
    RealFunctions.apply(o, x, y);
    return put(o, y);
  }

  /** Equation (16). */
  @Override
  public Void visit(Op.Recurrent o) {
    int[] x = trace.codes(o.input());
    QuantParams in = model.value(o.input()).params();
    int depth = o.weights().dim(1);
    int units = o.units();
    int rows = o.weights().dim(0);
    int steps = x.length / depth;
    RecurrentStep step = step(in, o);
    int[] weights = distances(o.weights());
    int[] recurrent = distances(o.recurrent());
    int[] accX = new int[rows];
    int[] accH = new int[rows];
    int[] cell = new int[units];
    int[] state = new int[units];
    int[] y = new int[steps * units];
    for (int i = 0; i < steps; i++) {
      int t = o.reverse() ? steps - 1 - i : i;
      if (counts(o.mask(), t)) {
        for (int c = 0; c < rows; c++) {
          accX[c] = o.bias().get(c) + dot(x, t * depth, in.zeroPoint(), weights, c * depth, depth);
          accH[c] = dot(state, 0, 0, recurrent, c * units, units);
        }
        step.apply(accX, 0, accH, 0, cell, 0, state, 0);
      } else {
        Arrays.fill(cell, 0);
        Arrays.fill(state, 0);
      }
      for (int u = 0; u < units; u++) {
        y[t * units + u] = state[u] + o.output().zeroPoint();
      }
    }
    return put(o, y);
  }

  /** The arithmetic of an operation whose input means {@code in}. */
  public static RecurrentStep step(QuantParams in, Op.Recurrent o) {
    Cell.Lstm lstm = o.cell() instanceof Cell.Lstm l ? l : null;
    QuantizedTensor peepholes = o.cell().peepholes();
    return new RecurrentStep(
        scales(in, o.weights()),
        scales(o.output(), o.recurrent()),
        lstm == null ? 0 : lstm.shift(),
        lstm == null ? null : lstm.gate().toArray(),
        o.cell().activation().toArray(),
        o.cell().argument(),
        o.cell().value(),
        peepholes == null ? null : distances(peepholes),
        peepholes == null
            ? null
            : new float[] {peepholes.scale(0), peepholes.scale(1), peepholes.scale(2)},
        o.output());
  }

  private static float[] scales(QuantParams in, QuantizedTensor w) {
    float[] scales = new float[w.dim(0)];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = in.scale() * w.scale(c);
    }
    return scales;
  }

  private boolean counts(String mask, int step) {
    return mask == null || trace.codes(mask)[step] != 0;
  }

  @Override
  public Void visit(Op.LastStep o) {
    int[] x = trace.codes(o.input());
    int channels = model.value(o.input()).shape().get(1);
    int steps = x.length / channels;
    int last = steps - 1;
    for (int t = 0; t < steps; t++) {
      last = counts(o.mask(), t) ? t : last;
    }
    return put(o, Arrays.copyOfRange(x, last * channels, (last + 1) * channels));
  }

  @Override
  public Void visit(Op.NotZero o) {
    int[] y = new int[model.value(o.name()).size()];
    for (String input : o.inputs()) {
      Value in = model.value(input);
      int channels = in.shape().get(1);
      for (int i = 0; i < in.size(); i++) {
        boolean zero =
            in.isReal()
                ? trace.reals(input)[i] == 0
                : trace.codes(input)[i] == in.params().zeroPoint();
        y[i / channels] |= zero ? 0 : 1;
      }
    }
    return put(o, y);
  }

  @Override
  public Void visit(Op.RealSum o) {
    float[] sum = null;
    for (String input : o.inputs()) {
      float[] r = model.value(input).dequantize(trace.codes(input));
      for (int i = 0; sum != null && i < r.length; i++) {
        r[i] = sum[i] + r[i];
      }
      sum = r;
    }
    Value made = model.value(o.name());
    int[] y = new int[sum.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = made.quantize(sum[i], i);
    }
    return put(o, y);
  }

  @Override
  public Void visit(Op.Masked o) {
    int[] y = trace.codes(o.input()).clone();
    Value value = model.value(o.name());
    int channels = value.shape().get(1);
    int fill = o.zero() ? value.params().zeroPoint() : value.params().qmin();
    for (int i = 0; i < y.length; i++) {
      y[i] = counts(o.mask(), i / channels) ? y[i] : fill;
    }
    return put(o, y);
  }

  /** Equation (10). */
  @Override
  public Void visit(Op.MaskedMean o) {
    int[] x = trace.codes(o.input());
    QuantParams in = model.value(o.input()).params();
    int[] acc = new int[model.value(o.name()).size()];
    int n = 0;
    for (int t = 0; t < x.length / acc.length; t++) {
      for (int c = 0; counts(o.mask(), t) && c < acc.length; c++) {
        acc[c] += x[t * acc.length + c] - in.zeroPoint();
      }
      n += counts(o.mask(), t) ? 1 : 0;
    }
    for (int c = 0; c < acc.length; c++) {
      acc[c] = o.output().quantize((float) acc[c] * in.scale() / (float) Math.max(1, n));
    }
    return put(o, acc);
  }

  @Override
  public Void visit(Op.Attention o) {
    Value in = model.value(o.input());
    int steps = in.shape().get(0);
    int[] y = new int[model.value(o.name()).size()];
    int[] counts = o.mask() == null ? null : trace.codes(o.mask());
    step(in, o).apply(distances(o.input()), 0, steps, counts, 0, new int[steps], y, 0);
    return put(o, raised(y, o.output()));
  }

  public static AttentionStep step(Value in, Op.Attention o) {
    int channels = in.shape().get(1) / 3;
    return new AttentionStep(
        channels, o.heads(), o.prefix(), o.exponential().toArray(), in.params(), o.output());
  }

  @Override
  public Void visit(Op.LayerNorm o) {
    Value in = model.value(o.input());
    LayerNormStep step = step(in, o);
    int[] x = distances(o.input());
    int[] y = new int[x.length];
    for (int at = 0; at < x.length; at += step.channels()) {
      step.apply(x, at, y, at);
    }
    return put(o, raised(y, o.output()));
  }

  public static LayerNormStep step(Value in, Op.LayerNorm o) {
    return new LayerNormStep(
        o.gain().toArray(),
        o.bias().toArray(),
        o.shift(),
        o.epsilon(),
        in.params(),
        in.exponents().toArray(),
        o.output());
  }

  /** q − z of a value. */
  private int[] distances(String name) {
    int zeroPoint = model.value(name).params().zeroPoint();
    int[] distances = trace.codes(name).clone();
    for (int i = 0; i < distances.length; i++) {
      distances[i] -= zeroPoint;
    }
    return distances;
  }

  private static int[] raised(int[] distances, QuantParams params) {
    for (int i = 0; i < distances.length; i++) {
      distances[i] += params.zeroPoint();
    }
    return distances;
  }

  @Override
  public Void visit(Op.Conv2d o) {
    Value value = model.value(o.name());
    Value in = model.value(o.input());
    int[] x = trace.codes(o.input());
    int depth = channels(o.input());
    int channels = channels(o.name());
    int perGroup = depth / o.groups();
    int[] weights = distances(o.weights());
    int[] acc = new int[value.size()];
    for (int i = 0; i < acc.length; i++) {
      int c = i % channels;
      int first = o.groups() == 1 ? 0 : c / (channels / depth);
      acc[i] = o.bias().get(c);
      int position = i / channels;
      for (int k = 0; k < o.window().taps(); k++) {
        int at = at(o.window(), value, in, position, k);
        if (at >= 0) {
          int w = (c * o.window().taps() + k) * perGroup;
          int from = at * depth + first;
          acc[i] += dot(x, from, in.params().zeroPoint(), weights, w, perGroup);
        }
      }
    }
    return finish(o, acc, in.params(), o.weights(), o.output());
  }

  /** Position of the image that tap {@code k} reads; −1 beyond its edges. */
  private static int at(Window2d w, Value out, Value in, int position, int k) {
    int row = w.row(position / out.shape().get(1), k / w.kernelW());
    int column = w.column(position % out.shape().get(1), k % w.kernelW());
    int height = in.shape().get(0);
    int width = in.shape().get(1);
    boolean inside = row >= 0 && row < height && column >= 0 && column < width;
    return inside ? row * width + column : -1;
  }

  @Override
  public Void visit(Op.MaxPool2d o) {
    Value value = model.value(o.name());
    int[] x = trace.codes(o.input());
    int channels = channels(o.input());
    int[] y = new int[value.size()];
    for (int i = 0; i < y.length; i++) {
      y[i] = Integer.MIN_VALUE;
      for (int k = 0; k < o.window().taps(); k++) {
        int at = at(o.window(), value, model.value(o.input()), i / channels, k);
        if (at >= 0) {
          y[i] = Math.max(y[i], x[at * channels + i % channels]);
        }
      }
    }
    return put(o, y);
  }

  @Override
  public Void visit(Op.AvgPool2d o) {
    Value value = model.value(o.name());
    Value in = model.value(o.input());
    int[] x = trace.codes(o.input());
    int channels = channels(o.input());
    QuantParams out = o.output();
    float m = Requantize.multiplier(in.params().scale(), 1f / o.window().taps(), out.scale());
    int[] y = new int[value.size()];
    for (int i = 0; i < y.length; i++) {
      int acc = 0;
      int n = 0;
      for (int k = 0; k < o.window().taps(); k++) {
        int at = at(o.window(), value, in, i / channels, k);
        acc += at < 0 ? 0 : x[at * channels + i % channels] - in.params().zeroPoint();
        n += at < 0 ? 0 : 1;
      }
      if (o.inside()) {
        y[i] = out.quantize((float) acc * in.params().scale() / (float) Math.max(1, n));
        continue;
      }
      y[i] = Requantize.requantize(acc, m, out.zeroPoint(), out.qmin(), out.qmax());
    }
    return put(o, y);
  }

  /** Equation (10). */
  @Override
  public Void visit(Op.GlobalSumPool o) {
    int[] x = trace.codes(o.input());
    QuantParams in = model.value(o.input()).params();
    int[] acc = new int[channels(o.name())];
    for (int i = 0; i < x.length; i++) {
      acc[i % acc.length] += x[i] - in.zeroPoint();
    }
    for (int c = 0; c < acc.length; c++) {
      acc[c] = o.output().quantize((float) acc[c] * in.scale());
    }
    return put(o, acc);
  }

  @Override
  public Void visit(Op.Select o) {
    int[] x = trace.codes(o.input());
    int zero = model.value(o.input()).params().zeroPoint();
    int[] sources = Rearrangement.of(o, model.value(o.input()).shape());
    int[] y = new int[sources.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = sources[i] < 0 ? zero : x[sources[i]];
    }
    return put(o, y);
  }

  @Override
  public Void visit(Op.Transpose o) {
    int[] x = trace.codes(o.input());
    int[] sources = Rearrangement.of(o, model.value(o.input()).shape());
    int[] y = new int[sources.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = x[sources[i]];
    }
    return put(o, y);
  }

  @Override
  public Void visit(Op.Reshape o) {
    return put(o, trace.codes(o.input()));
  }

  @Override
  public Void visit(Op.Elementwise o) {
    int n = o.inputs().size();
    int[][] x = new int[n][];
    int[] z = new int[n];
    float scale = o.function() == Op.Elementwise.Function.PRODUCT ? 1f : 0f;
    for (int j = 0; j < n; j++) {
      QuantParams in = model.value(o.inputs().get(j)).params();
      x[j] = trace.codes(o.inputs().get(j));
      z[j] = in.zeroPoint();
      scale = o.function() == Op.Elementwise.Function.PRODUCT ? scale * in.scale() : in.scale();
    }
    int[] y = new int[model.value(o.name()).size()];
    for (int i = 0; i < y.length; i++) {
      int acc = x[0][i] - z[0];
      for (int j = 1; j < n; j++) {
        acc = combine(o.function(), acc, x[j][i] - z[j]);
      }
      y[i] =
          switch (o.function()) {
            case MAX -> acc + z[0];
            case MEAN -> o.output().quantize((float) acc * scale / (float) n);
            case DIFFERENCE, PRODUCT -> o.output().quantize((float) acc * scale);
          };
    }
    return put(o, y);
  }

  private static int combine(Op.Elementwise.Function function, int a, int b) {
    return switch (function) {
      case DIFFERENCE -> a - b;
      case PRODUCT -> a * b;
      case MEAN -> a + b;
      case MAX -> Math.max(a, b);
    };
  }

  private int channels(String name) {
    List<Integer> shape = model.value(name).shape();
    return shape.get(shape.size() - 1);
  }

  /** Steps of a sequence, or pixels of an image. */
  private int positions(String name) {
    return model.value(name).size() / channels(name);
  }

  private Void put(Op op, int[] codes) {
    trace.put(op.name(), codes);
    return null;
  }

  private Void put(Op op, float[] reals) {
    trace.put(op.name(), reals);
    return null;
  }
}
