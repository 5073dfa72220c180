package org.qat4j.runtime;

import java.util.Arrays;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.Value;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.Requantize;
import org.qat4j.text.TextEncoder;

/**
 * Each operation as docs/quantization.md has it. Codes are kept in ints, row-major; each method
 * adds its result to the trace.
 */
final class ReferenceOps implements Op.Visitor<Void> {
  private final IntegerModel model;
  private final Trace trace;

  ReferenceOps(IntegerModel model, Trace trace) {
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
    int[] acc = new int[outSteps * channels];
    for (int t = 0; t < outSteps; t++) {
      for (int c = 0; c < channels; c++) {
        int sum = o.bias().get(c);
        for (int k = 0; k < kernel; k++) {
          int at = t * o.stride() + k * o.dilation() - o.padLeft();
          if (at >= 0 && at < steps) {
            int w = (c * kernel + k) * depth;
            sum += dot(x, at * depth, in.zeroPoint(), o.weights(), w, depth);
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
    int[] acc = new int[rows * channels];
    for (int t = 0; t < rows; t++) {
      for (int c = 0; c < channels; c++) {
        acc[t * channels + c] =
            o.bias().get(c)
                + dot(x, t * features, in.zeroPoint(), o.weights(), c * features, features);
      }
    }
    return finish(o, acc, in, o.weights(), o.output());
  }

  /** Equation (6) without the bias. */
  private static int dot(int[] x, int atX, int zeroX, QuantizedTensor w, int atW, int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (x[atX + i] - zeroX) * (w.codes()[atW + i] - w.zeroPoint());
    }
    return sum;
  }

  /** Equations (7) and (8), or (12). */
  private Void finish(Op op, int[] acc, QuantParams in, QuantizedTensor w, Output output) {
    int channels = w.dim(0);
    if (output instanceof Output.Codes codes) {
      QuantParams out = codes.params();
      int[] y = new int[acc.length];
      for (int i = 0; i < acc.length; i++) {
        float m = Requantize.multiplier(in.scale(), w.scale(i % channels), out.scale());
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
    return max(o, o.input(), model.value(o.input()).shape().get(0), 1);
  }

  /** Equation (9). */
  private Void max(Op op, String input, int kernel, int stride) {
    int[] x = trace.codes(input);
    int channels = model.value(input).shape().get(1);
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
    return average(o, o.input(), model.value(o.input()).shape().get(0), 1, o.output());
  }

  /** Equation (10): q_w = 1, s_w = 1/n. */
  private Void average(Op op, String input, int kernel, int stride, QuantParams out) {
    int[] x = trace.codes(input);
    QuantParams in = model.value(input).params();
    int channels = model.value(input).shape().get(1);
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

  private Void put(Op op, int[] codes) {
    trace.put(op.name(), codes);
    return null;
  }

  private Void put(Op op, float[] reals) {
    trace.put(op.name(), reals);
    return null;
  }
}
