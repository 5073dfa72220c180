package org.qat4j.layers.internal.quantizing;

import java.util.Arrays;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.calibration.Grids;
import org.qat4j.layers.internal.host.DeviceOps;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.FakeQuant;
import org.qat4j.numerics.internal.Runs;
import org.qat4j.numerics.internal.WeightGrid;
import org.qat4j.quantizer.Ste;
import org.qat4j.quantizer.WeightSpec;

/**
 * Fake-quantized copy of a layer's weights (3), made anew in each forward pass and kept for the
 * backward pass, which turns the gradient of the copy into that of the weights and their ranges.
 */
public final class WeightQuantization {
  /** How the weights of a layer lie in memory. */
  public enum Layout {
    /** One output channel after the other, as in a dense layer. */
    BY_CHANNEL,
    /** Output channels vary fastest, as in a convolution over time. */
    CHANNELS_FASTEST,
    /**
     * Input channel, output channel, taps, of a transposed convolution. An ordinary one reads the
     * taps of a channel from the last to the first.
     */
    TRANSPOSED
  }

  private static final int TILE = 32;

  private final String noise;
  private final QuantState state;
  private final WeightRanges ranges;
  private final WeightSpec spec;
  private final Layout layout;
  private final int channels;

  /** Of a transposed convolution. */
  private final int taps;

  private INDArray copy;
  private CoveredWeights weights;
  private WeightGrid grid;
  private float[] values = new float[0];
  private float[] codes = new float[0];
  private float[] scratch = new float[0];
  private float[] byScale = new float[0];
  private long[] clipped = new long[0];
  private boolean anyClipped;

  /**
   * @param weight key of the matrix of weights
   * @param taps of a transposed convolution
   */
  WeightQuantization(
      QuantSettings settings,
      QuantState state,
      String weight,
      Layout layout,
      long channels,
      int taps) {
    this.noise =
        settings.layer()
            + (DefaultParamInitializer.WEIGHT_KEY.equals(weight) ? "/weights" : "/" + weight);
    this.state = state;
    this.ranges = new WeightRanges(settings, state, weight);
    this.spec = settings.spec().weights();
    this.layout = layout;
    this.channels = (int) channels;
    this.taps = taps;
  }

  /** The grid on which the weights lie, as evaluation and freezing use them. */
  WeightGrid grid(float[] byChannel) {
    return ranges.grid(byChannel, channels, state.steps());
  }

  int channels() {
    return channels;
  }

  /** All weights as [channels, k], row-major, in an array of the caller's own. */
  float[] byChannel(INDArray w) {
    float[] out = new float[(int) w.length()];
    read(w, out);
    return out;
  }

  /** Replaces all weights by values [channels, k], row-major. */
  void setByChannel(INDArray w, float[] values) {
    float[] out = memory(values.length);
    transpose(values, out, false);
    write(out, w);
  }

  /** Reads weights as [channels, k]. */
  private void read(INDArray w, float[] out) {
    if (Floats.inPlace(w)) {
      Floats.buffer(w).get(0, memory(out.length), 0, out.length);
    } else {
      scratch = Floats.readInMemoryOrder(w);
    }
    transpose(scratch, out, true);
  }

  /** The weights in the order in which they lie in memory, kept between steps. */
  private float[] memory(int n) {
    if (scratch.length != n) {
      scratch = new float[n];
    }
    return scratch;
  }

  private void transpose(float[] from, float[] to, boolean toChannels) {
    if (layout == Layout.BY_CHANNEL) {
      System.arraycopy(from, 0, to, 0, from.length);
      return;
    }
    int k = from.length / channels;
    if (layout == Layout.TRANSPOSED) {
      turn(from, to, toChannels);
    } else if (toChannels) {
      transpose(from, to, k, channels);
    } else {
      transpose(from, to, channels, k);
    }
  }

  /** [rows, columns] to [columns, rows], in tiles that stay in cache. */
  private static void transpose(float[] from, float[] to, int rows, int columns) {
    for (int row = 0; row < rows; row += TILE) {
      int rowEnd = Math.min(rows, row + TILE);
      for (int column = 0; column < columns; column += TILE) {
        int columnEnd = Math.min(columns, column + TILE);
        for (int r = row; r < rowEnd; r++) {
          for (int c = column; c < columnEnd; c++) {
            to[c * rows + r] = from[r * columns + c];
          }
        }
      }
    }
  }

  /** The same where inputs come first and taps are read from the last to the first. */
  private void turn(float[] from, float[] to, boolean toChannels) {
    int k = from.length / channels;
    for (int i = 0; i < k; i++) {
      for (int c = 0; c < channels; c++) {
        int memory = (i / taps * channels + c) * taps + taps - 1 - i % taps;
        if (toChannels) {
          to[c * k + i] = from[memory];
        } else {
          to[memory] = from[c * k + i];
        }
      }
    }
  }

  /** Searches and keeps the ranges of the weights as they are, where ranges are kept. */
  void calibrate(INDArray w) {
    if (ranges.isKept()) {
      ranges.keep(byChannel(w), channels, state.steps());
    }
  }

  /** The copy for the weights as they are now, in a step of the training. */
  INDArray refresh(INDArray w) {
    if (copy == null || !copy.equalShapes(w) || copy.ordering() != w.ordering()) {
      copy = Nd4j.createUninitializedDetached(w.dataType(), w.ordering(), w.shape());
    }
    if (!Floats.onHost() && operationsSuffice()) {
      byOperations(w);
    } else if (!covered(w)) {
      byLoops(w);
    }
    return copy;
  }

  /** Whether the copy was made at once, which is for the weights of most layers. */
  private boolean covered(INDArray w) {
    boolean suits =
        ranges.cover()
            && spec.ste() != Ste.STOCHASTIC
            && layout != Layout.TRANSPOSED
            && CoveredWeights.fits(channels)
            && Floats.inPlace(w)
            && Floats.inPlace(copy);
    if (!suits) {
      return false;
    }
    if (weights == null) {
      weights = new CoveredWeights();
    }
    Grids grids = ranges.grids(state.steps());
    if (!ranges.perChannel()) {
      return weights.byChannel(w, copy, 1, grids);
    }
    return layout == Layout.BY_CHANNEL
        ? weights.byChannel(w, copy, channels, grids)
        : weights.channelsFastest(w, copy, channels, grids);
  }

  INDArray last() {
    return copy;
  }

  private boolean operationsSuffice() {
    return layout != Layout.TRANSPOSED
        && ranges.cover()
        && !spec.powerOfTwo()
        && spec.ste() != Ste.STOCHASTIC;
  }

  private void byLoops(INDArray w) {
    long step = state.steps();
    int n = (int) w.length();
    if (values.length != n) {
      values = new float[n];
      codes = new float[n];
    }
    read(w, values);
    if (ranges.isDue(step)) {
      ranges.keep(values, channels, step);
    }
    grid = ranges.grid(values, channels, step);
    boolean learning = ranges.learning(step);
    prepare(values.length, learning);
    boolean plain = !learning && spec.ste() != Ste.STOCHASTIC;
    int start = Noise.start(noise, step);
    Runs parts = ranges.parts(n, channels);
    for (int part = 0; part < parts.count(n); part++) {
      QuantParams p = grid.group(part);
      float low = p.qmin() - p.zeroPoint();
      float high = p.qmax() - p.zeroPoint();
      int end = parts.to(part);
      for (int from = parts.from(part); from < end; from += 2048) {
        int to = Math.min(from + 2048, end);
        anyClipped |=
            plain
                ? FakeQuant.forward(values, codes, from, to, p.scale(), low, high, clipped, from)
                : FakeQuant.forward(
                    values,
                    from,
                    to,
                    p.scale(),
                    low,
                    high,
                    clipped,
                    from,
                    spec.ste() == Ste.STOCHASTIC ? Noise.values() : null,
                    Noise.place(start, from),
                    learning ? byScale : null);
      }
    }
    transpose(values, memory(n), false);
    write(scratch, copy);
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

  private static void write(float[] inMemoryOrder, INDArray to) {
    if (Floats.inPlace(to)) {
      Floats.buffer(to).put(0, inMemoryOrder, 0, inMemoryOrder.length);
    } else {
      to.assign(Nd4j.create(inMemoryOrder, to.shape(), to.ordering()));
    }
  }

  private void byOperations(INDArray w) {
    copy.assign(w);
    long run = w.length() / channels;
    INDArray columns =
        layout == Layout.CHANNELS_FASTEST
            ? copy.reshape('c', run, channels)
            : copy.reshape('f', run, channels);
    DeviceOps.quantizeColumns(
        columns,
        ranges.perChannel(),
        QuantParams.maxCode(ranges.bits(state.steps())),
        QuantParams.MIN_SCALE);
  }

  /**
   * Turns the gradient by the copy into that by the weights (13), in place, and writes the gradient
   * of the ranges (14) where they are learned.
   */
  void backward(INDArray gradient) {
    if (!ranges.isKept()) {
      return;
    }
    boolean learning = ranges.learning(state.steps());
    boolean masks = anyClipped && spec.ste() != Ste.PLAIN;
    if (!learning && !masks) {
      return;
    }
    float[] byCopy = codes.length == gradient.length() ? codes : new float[(int) gradient.length()];
    read(gradient, byCopy);
    if (learning) {
      Runs parts = ranges.parts(byCopy.length, channels);
      double[] sums = new double[parts.count(byCopy.length)];
      for (int part = 0; part < sums.length; part++) {
        for (int i = parts.from(part); i < parts.to(part); i++) {
          sums[part] += byCopy[i] * byScale[i];
        }
      }
      ranges.putGradients(grid, parts, sums);
    }
    if (masks) {
      for (int i = 0; i < byCopy.length; i++) {
        if ((clipped[i >> 6] & 1L << i) != 0) {
          byCopy[i] = 0;
        }
      }
      transpose(byCopy, memory(byCopy.length), false);
      write(scratch, gradient);
    }
  }
}
