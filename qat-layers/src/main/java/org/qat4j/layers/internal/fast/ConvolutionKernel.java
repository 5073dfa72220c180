package org.qat4j.layers.internal.fast;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.host.ConvShape;
import org.qat4j.layers.internal.host.Floats;

/**
 * A convolution over time in host memory, with ReLU or without activation function. Windows of the
 * input are laid side by side, a group of examples at a time, and multiplied by the weights; of
 * those at the end of an example that all read the same padding only the first. What the backward
 * pass needs is kept. That pass adds up only those outputs that have a gradient where they are few;
 * otherwise it multiplies matrices as well. Which of both depends on the number of gradients alone,
 * so that a training can be repeated to the bit. Not thread-safe.
 */
public final class ConvolutionKernel {
  /** Windows that are multiplied at once: enough for a fast product, few enough for the cache. */
  public static final int GROUP = 1024;

  /** At most one in so many outputs has a gradient where gradients are followed one by one. */
  private static final int SPARSE = 16;

  private final Convolution1DLayer conf;
  private final boolean relu;
  private final int channels;
  private final int out;
  private final int window;

  private ConvShape shape;
  private int examples;
  private int steps;

  /** Steps of a padded example. */
  private int padded;

  private INDArray rows; // the input, [examples, padded, channels] in memory
  private INDArray transposed; // the same where it has to be copied
  private INDArray padding; // the same where it is padded
  private INDArray paddingGradient;
  private boolean keeps;
  private INDArray kept; // what the activation function made, [examples, out, steps of the output]
  private int[] counts = new int[0]; // windows of each example that are multiplied
  private INDArray columns; // windows of a group, [windows, window] or its transpose
  private INDArray products; // [windows, out], column-major
  private INDArray byChannel; // weights or their gradient, [window, out], column-major
  private int[] places = new int[0];
  private float[] gradients = new float[0];
  private final int[] ends;
  private int found;
  private float[] block = new float[0];
  private float[] other = new float[0];
  private final float[] a;
  private final float[] b;
  private final float[] c;

  ConvolutionKernel(Convolution1DLayer conf) {
    this.conf = conf;
    this.relu = conf.getActivationFn() instanceof ActivationReLU;
    this.channels = (int) conf.getNIn();
    this.out = (int) conf.getNOut();
    this.window = conf.getKernelSize()[0] * channels;
    this.ends = new int[out];
    this.a = new float[window];
    this.b = new float[window];
    this.c = new float[window];
  }

  /** Shape [n, out, t'] of the output for an input [n, channels, t]. */
  long[] outputShape(INDArray x) {
    shape = ConvShape.of(conf, (int) x.size(2));
    return new long[] {x.size(0), out, shape.steps()};
  }

  /**
   * The forward pass.
   *
   * @param x [n, channels, t]
   * @param w of the layer: [window, out], row-major in memory
   * @param bias or null
   * @param y [n, out, t'], c order, overwritten
   * @param training whether a backward pass may follow
   */
  void forward(INDArray x, INDArray w, INDArray bias, INDArray y, boolean training) {
    outputShape(x);
    examples = (int) x.size(0);
    steps = (int) x.size(2);
    padded = steps + shape.padLeft() + shape.padRight();
    rows = pad(byStep(x));
    keeps = training && relu;
    if (keeps) {
      kept = sized(kept, y.length());
    }
    INDArray weights = matrix(w);
    float[] biases = bias == null ? new float[out] : Floats.read(bias);
    counts = counts.length == examples ? counts : new int[examples];
    shape.different(Floats.buffer(rows), padded, 0, channels, counts);
    for (int from = 0; from < examples; ) {
      int end = groupFrom(from);
      int n = windows(from, end);
      INDArray z = productsOf(n);
      Nd4j.gemm(fillColumns(from, end), weights, z, false, false, 1, 0);
      finish(z, biases, y, from, end);
      from = end;
    }
  }

  /** Where the group that begins with an example ends. */
  private int groupFrom(int first) {
    int end = first + 1;
    int n = counts[first];
    while (end < examples && n + counts[end] <= GROUP) {
      n += counts[end++];
    }
    return end;
  }

  private int windows(int first, int end) {
    int n = 0;
    for (int i = first; i < end; i++) {
      n += counts[i];
    }
    return n;
  }

  private INDArray matrix(INDArray w) {
    return w.reshape('c', window, out);
  }

  /** The input as [n, t, channels] in memory; its own memory where it lies so. */
  private INDArray byStep(INDArray x) {
    INDArray memory = x.permute(0, 2, 1);
    if (Floats.isRowMajor(memory)) {
      return memory;
    }
    // Not dup: what a workspace holds is gone in the backward pass.
    transposed = sized(transposed, x.length());
    INDArray copy = transposed.reshape('c', memory.shape());
    return copy.assign(memory);
  }

  private INDArray pad(INDArray x) {
    if (padded == steps) {
      return x;
    }
    padding = sized(padding, (long) examples * padded * channels);
    FloatBuffer from = Floats.buffer(x);
    FloatBuffer to = Floats.buffer(padding);
    padding.assign(0);
    for (int i = 0; i < examples; i++) {
      int at = (i * padded + shape.padLeft()) * channels;
      to.put(at, from, i * steps * channels, steps * channels);
    }
    return padding;
  }

  /** A vector that outlives the workspaces, made anew only when another length is asked for. */
  private static INDArray sized(INDArray vector, long n) {
    return vector != null && vector.length() == n
        ? vector
        : Nd4j.createUninitializedDetached(DataType.FLOAT, 'c', n);
  }

  private INDArray productsOf(int n) {
    products = Floats.atLeast(products, (long) n * out);
    return Floats.columnMajor(products, n, out);
  }

  private static INDArray rowMajor(INDArray vector, long rows, long columns) {
    return Nd4j.create(vector.data(), new long[] {rows, columns}, new long[] {columns, 1}, 0, 'c');
  }

  /** The first windows of each example of a group, [windows, window], row-major. */
  private INDArray fillColumns(int first, int end) {
    int n = windows(first, end);
    columns = Floats.atLeast(columns, (long) n * window);
    INDArray filled = rowMajor(columns, n, window);
    FloatBuffer from = Floats.buffer(rows);
    FloatBuffer to = Floats.buffer(filled);
    int run = shape.dilation() == 1 ? window : channels;
    int row = 0;
    for (int i = first; i < end; i++) {
      for (int j = 0; j < counts[i]; j++, row++) {
        int at = windowAt(i * shape.steps() + j);
        for (int part = 0; part < window; part += run) {
          to.put(row * window + part, from, at, run);
          at += shape.dilation() * channels;
        }
      }
    }
    return filled;
  }

  /** Where a window begins in the rows. */
  private int windowAt(int i) {
    int example = i / shape.steps();
    return (example * padded + i % shape.steps() * shape.stride()) * channels;
  }

  /** Bias and activation function, and channel by channel to the place of the output. */
  private void finish(INDArray z, float[] bias, INDArray y, int first, int end) {
    int t = shape.steps();
    int n = windows(first, end);
    FloatBuffer from = Floats.buffer(z);
    FloatBuffer to = Floats.buffer(y);
    FloatBuffer copy = keeps ? Floats.buffer(kept) : null;
    reserve(Math.max(n, t));
    for (int o = 0; o < out; o++) {
      from.get(o * n, block, 0, n);
      activate(n, bias[o]);
      int next = 0;
      for (int i = first; i < end; i++) {
        System.arraycopy(block, next, other, 0, counts[i]);
        next += counts[i];
        Arrays.fill(other, counts[i], t, block[next - 1]);
        int at = (i * out + o) * t;
        to.put(at, other, 0, t);
        if (copy != null) {
          copy.put(at, other, 0, t);
        }
      }
    }
  }

  private void reserve(int n) {
    if (block.length < n) {
      block = new float[n];
      other = new float[n];
    }
  }

  private void activate(int n, float bias) {
    float least = relu ? 0 : Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      block[i] = Math.max(block[i] + bias, least);
    }
  }

  /**
   * The backward pass of the last forward pass.
   *
   * @param epsilon gradient of the output, [n, out, t'], c order
   * @param w as in the forward pass
   * @param weightGradient overwritten
   * @param biasGradient overwritten, or null
   * @param inputGradient [n, t, channels], c order, overwritten
   */
  void backward(
      INDArray epsilon,
      INDArray w,
      INDArray weightGradient,
      INDArray biasGradient,
      INDArray inputGradient) {
    if (padded != steps) {
      paddingGradient = sized(paddingGradient, rows.length());
    }
    INDArray into = padded == steps ? inputGradient : paddingGradient;
    into.assign(0);
    byChannel = sized(byChannel, (long) window * out);
    INDArray channelMajor = Floats.columnMajor(byChannel, window, out);
    float[] biases = new float[out];
    if (findGradients(epsilon)) {
      channelMajor.assign(matrix(w));
      oneByOne(Floats.buffer(into), biases);
    } else {
      byProducts(epsilon, matrix(w), channelMajor, Floats.buffer(into), biases);
    }
    matrix(weightGradient).assign(channelMajor);
    if (biasGradient != null) {
      Floats.buffer(biasGradient).put(0, biases, 0, out);
    }
    if (padded != steps) {
      crop(into, inputGradient);
    }
  }

  private void crop(INDArray from, INDArray to) {
    FloatBuffer source = Floats.buffer(from);
    FloatBuffer target = Floats.buffer(to);
    int size = steps * channels;
    for (int i = 0; i < examples; i++) {
      target.put(i * size, source, (i * padded + shape.padLeft()) * channels, size);
    }
  }

  /** Lists the outputs that have a gradient, channel by channel; false if they are many. */
  private boolean findGradients(INDArray epsilon) {
    int t = shape.steps();
    int limit = examples * out * t / SPARSE;
    if (places.length < limit) {
      places = new int[limit];
      gradients = new float[limit];
    }
    FloatBuffer from = Floats.buffer(epsilon);
    FloatBuffer activations = keeps ? Floats.buffer(kept) : null;
    reserve(t);
    Arrays.fill(other, 0, t, 0);
    found = 0;
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < examples; i++) {
        int at = (i * out + o) * t;
        from.get(at, block, 0, t);
        for (int j = next(0, t); j < t; j = next(j + 1, t)) {
          if (block[j] != 0 && (activations == null || activations.get(at + j) > 0)) {
            if (found == limit) {
              return false;
            }
            places[found] = i * t + j;
            gradients[found++] = block[j];
          }
        }
      }
      ends[o] = found;
    }
    return true;
  }

  /** Place of the next value of {@link #block} that is not 0; its end if there is none. */
  private int next(int from, int end) {
    int zeros = Arrays.mismatch(block, from, end, other, from, end);
    return zeros < 0 ? end : from + zeros;
  }

  private void oneByOne(FloatBuffer into, float[] biases) {
    FloatBuffer from = Floats.buffer(rows);
    FloatBuffer weights = Floats.buffer(byChannel);
    int i = 0;
    for (int o = 0; o < out; o++) {
      weights.get(o * window, a, 0, window);
      Arrays.fill(b, 0);
      for (; i < ends[o]; i++) {
        float gradient = gradients[i];
        int at = windowAt(places[i]);
        read(from, at);
        add(b, c, gradient);
        read(into, at);
        add(c, a, gradient);
        write(into, at);
        biases[o] += gradient;
      }
      weights.put(o * window, b, 0, window);
    }
  }

  /** A window into {@link #c}. */
  private void read(FloatBuffer from, int at) {
    int run = shape.dilation() == 1 ? window : channels;
    for (int part = 0; part < window; part += run) {
      from.get(at, c, part, run);
      at += shape.dilation() * channels;
    }
  }

  private void write(FloatBuffer to, int at) {
    int run = shape.dilation() == 1 ? window : channels;
    for (int part = 0; part < window; part += run) {
      to.put(at, c, part, run);
      at += shape.dilation() * channels;
    }
  }

  private void add(float[] to, float[] x, float factor) {
    for (int i = 0; i < window; i++) {
      to[i] += factor * x[i];
    }
  }

  private void byProducts(
      INDArray epsilon, INDArray w, INDArray weightGradient, FloatBuffer into, float[] biases) {
    Arrays.fill(counts, shape.steps());
    for (int first = 0; first < examples; ) {
      int end = groupFrom(first);
      int n = windows(first, end);
      INDArray delta = productsOf(n);
      activationGradient(epsilon, Floats.buffer(delta), first, end - first, biases);
      INDArray windows = fillColumns(first, end);
      Nd4j.gemm(windows, delta, weightGradient, true, false, 1, first == 0 ? 0 : 1);
      INDArray back = Floats.columnMajor(columns, window, n);
      Nd4j.gemm(w, delta, back, false, true, 1, 0);
      FloatBuffer from = Floats.buffer(back);
      for (int i = 0; i < n; i++) {
        int at = windowAt(first * shape.steps() + i);
        from.get(i * window, a, 0, window);
        read(into, at);
        add(c, a, 1);
        write(into, at);
      }
      first = end;
    }
  }

  /** Gradient before the activation function of a group, [windows, out], column-major. */
  private void activationGradient(
      INDArray epsilon, FloatBuffer to, int first, int size, float[] biases) {
    int t = shape.steps();
    FloatBuffer from = Floats.buffer(epsilon);
    FloatBuffer activations = keeps ? Floats.buffer(kept) : null;
    reserve(t);
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < size; i++) {
        int at = ((first + i) * out + o) * t;
        from.get(at, block, 0, t);
        if (activations != null) {
          activations.get(at, other, 0, t);
          for (int j = 0; j < t; j++) {
            block[j] = other[j] > 0 ? block[j] : 0;
          }
        }
        for (int j = 0; j < t; j++) {
          biases[o] += block[j];
        }
        to.put((o * size + i) * t, block, 0, t);
      }
    }
  }
}
