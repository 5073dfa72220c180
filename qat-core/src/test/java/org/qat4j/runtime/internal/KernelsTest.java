package org.qat4j.runtime.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qat4j.QatException;
import org.qat4j.model.IntVector;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AccumulatorBound;
import org.qat4j.numerics.internal.Requantize;
import org.qat4j.runtime.RuntimeOptions;

/** Every kernel against one plain formula for each of its methods, at odd sizes and extremes. */
class KernelsTest {
  private static final int[] SIZES = {1, 2, 7, 8, 15, 16, 17, 23, 24, 31, 32, 33, 63, 65, 130};

  private final Random random = new Random(20_260_101);
  private int zeroPermille;
  private int codeBits = 8;

  /** All that this JVM has. */
  static Stream<Kernels> kernels() {
    List<Kernels> all = new ArrayList<>(List.of(new ScalarKernels()));
    if (KernelChoice.hasVectors()) {
      all.add(KernelChoice.of(RuntimeOptions.Kernel.VECTOR));
    }
    return all.stream();
  }

  @Test
  void vectorsAreUsedWhereTheModuleIsPresent() {
    RuntimeOptions.Kernel expected =
        KernelChoice.hasVectors() ? RuntimeOptions.Kernel.VECTOR : RuntimeOptions.Kernel.SCALAR;
    assertThat(KernelChoice.of(RuntimeOptions.Kernel.AUTO).kind()).isEqualTo(expected);
    assertThat(KernelChoice.of(RuntimeOptions.Kernel.SCALAR).kind())
        .isEqualTo(RuntimeOptions.Kernel.SCALAR);
  }

  @Test
  void saysWhatIsMissingWithoutTheModule() {
    assumeFalse(KernelChoice.hasVectors());
    assertThatThrownBy(() -> KernelChoice.of(RuntimeOptions.Kernel.VECTOR))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("--add-modules jdk.incubator.vector");
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void sums(Kernels kernels) {
    for (int n : SIZES) {
      for (int count = 1; count <= 9; count++) {
        int[][] rows = rows(kernels, 3 + count, n);
        int[] acc = ints(kernels.pitch(n));
        kernels.sum(rows, 2, count, acc);
        for (int c = 0; c < n; c++) {
          assertThat(acc[c])
              .as("n %d, count %d, c %d", n, count, c)
              .isEqualTo(sum(rows, 2, count, c));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void takesTheLargestSum(Kernels kernels) {
    for (int n : SIZES) {
      for (int count = 1; count <= 7; count++) {
        int positions = 1 + random.nextInt(5);
        int[][] rows = rows(kernels, 1 + count * positions, n);
        int[] max = ints(kernels.pitch(n));
        int[] expected = max.clone();
        for (int p = 0; p < positions; p++) {
          for (int c = 0; c < n; c++) {
            expected[c] = Math.max(expected[c], sum(rows, 1 + p * count, count, c));
          }
        }
        kernels.sumMax(rows, 1, count, positions, new int[max.length], max);
        assertThat(Arrays.copyOf(max, n))
            .as("n %d, count %d", n, count)
            .isEqualTo(Arrays.copyOf(expected, n));
      }
    }
  }

  private int sum(int[][] rows, int from, int count, int c) {
    int sum = 0;
    for (int j = from; j < from + count; j++) {
      sum += rows[j][c];
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void addsAndTakesTheLargest(Kernels kernels) {
    for (int n : SIZES) {
      int[] x = ints(n + 3);
      int[] acc = ints(kernels.pitch(n));
      int[] max = acc.clone();
      int[] before = acc.clone();
      kernels.add(x, 3, acc, n);
      kernels.max(x, 3, max, n);
      for (int c = 0; c < n; c++) {
        assertThat(acc[c]).isEqualTo(before[c] + x[3 + c]);
        assertThat(max[c]).isEqualTo(Math.max(before[c], x[3 + c]));
      }
    }
  }

  /** Multipliers from the smallest to the largest, ties, and accumulators up to the bound. */
  @ParameterizedTest
  @MethodSource("kernels")
  void requantizes(Kernels kernels) {
    float[] scales = {0x1p-40f, 1e-6f, 0.00390625f, 0.0123f, 0.5f, 1f, 1f / 3, 7f, 0x1p30f};
    int[] accumulators = {
      0,
      1,
      -1,
      2,
      3,
      5,
      127,
      -128,
      255,
      1 << 22,
      (1 << 24) + 1,
      -(1 << 24) - 3,
      Integer.MAX_VALUE,
      -Integer.MAX_VALUE
    };
    for (int n : SIZES) {
      for (int round = 0; round < 40; round++) {
        Requantization r = requantization(n, scales);
        int[] acc = new int[kernels.pitch(n) + 5];
        for (int i = 0; i < acc.length; i++) {
          acc[i] =
              random.nextBoolean()
                  ? accumulators[random.nextInt(accumulators.length)]
                  : random.nextInt(2001) - 1000;
        }
        int[] out = ints(n + 4);
        int[] expected = out.clone();
        for (int c = 0; c < n; c++) {
          expected[2 + c] = Requantize.requantize(acc[5 + c] + r.bias[c], r.m[c], 0, r.lo, r.hi);
        }
        kernels.requantize(acc, 5, r, out, 2);
        assertThat(out).as("n %d, round %d", n, round).isEqualTo(expected);
      }
    }
  }

  private Requantization requantization(int n, float[] scales) {
    float[] s = new float[n];
    int[] bias = new int[n];
    for (int c = 0; c < n; c++) {
      s[c] = scales[random.nextInt(scales.length)];
      bias[c] = random.nextBoolean() ? 0 : random.nextInt(21) - 10;
    }
    QuantParams out = new QuantParams(random.nextBoolean() ? 0.5f : 0.1f, -3, -128, 127);
    int lo = random.nextBoolean() ? -3 : -128;
    QuantizedTensor w = new QuantizedTensor(new byte[n], new int[] {n, 1}, 8, s, 0);
    return Requantization.ofProduct(
        new QuantParams(1f, 0, -127, 127), w, IntVector.of(bias), new Output.Codes(out, lo, 127));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void multiplies(Kernels kernels) {
    for (int channels : SIZES) {
      for (int round = 0; round < 8; round++) {
        int taps = 1 + random.nextInt(4);
        int depth = 1 + random.nextInt(20);
        int dilation = 1 + random.nextInt(2);
        multiply(kernels, channels, taps, depth, dilation, false);
      }
    }
  }

  /** Products that leave zeros out are those of all weights. */
  @ParameterizedTest
  @MethodSource("kernels")
  void multipliesSparseWeights(Kernels kernels) {
    zeroPermille = 995;
    for (int channels : SIZES) {
      multiply(kernels, channels, 1 + random.nextInt(4), 40, 1 + random.nextInt(2), false);
    }
    zeroPermille = 1000;
    multiply(kernels, 9, 2, 3, 1, false);
    byte[] one = new byte[96];
    one[5] = 1;
    QuantizedTensor w = new QuantizedTensor(one, new int[] {1, 96}, 8, new float[] {1}, 0);
    assertThat(kernels.product(new ProductWeights(w, 1, 96, 255, 255)))
        .isInstanceOf(SparseProduct.class);
  }

  /** Sums on either side of 2^24, where float32 stops being exact. */
  @ParameterizedTest
  @MethodSource("kernels")
  void multipliesExtremes(Kernels kernels) {
    for (int depth : new int[] {517, 519, 1039, 1041, 3000}) {
      multiply(kernels, 33, 1, depth, 1, true);
      multiply(kernels, 5, 2, depth / 2, 2, true);
    }
  }

  /** Codes of 9 to 16 bits, which are multiplied half by half where that is exact. */
  @ParameterizedTest
  @MethodSource("kernels")
  void multipliesWideCodes(Kernels kernels) {
    for (int bits : new int[] {9, 12, 13, 16}) {
      codeBits = bits;
      for (int depth : new int[] {3, 40, 257}) {
        multiply(kernels, 33, 1 + random.nextInt(2), depth, 1, random.nextBoolean());
      }
    }
    codeBits = 12;
    multiply(kernels, 17, 1, 2000, 1, true);
    multiply(kernels, 17, 1, 2000, 1, false);
  }

  private void multiply(
      Kernels kernels, int channels, int taps, int depth, int dilation, boolean extreme) {
    int zeroPoint = random.nextInt(3) == 0 ? random.nextInt(256) - 128 : 0;
    byte[] codes = new byte[channels * taps * depth];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (extreme ? (random.nextInt(8) == 0 ? -128 : 127) : random.nextInt(256));
      if (zeroPermille > 0 && random.nextInt(1000) < zeroPermille) {
        codes[i] = (byte) zeroPoint;
      }
    }
    QuantizedTensor w =
        new QuantizedTensor(
            codes, new int[] {channels, taps, depth}, 8, new float[] {1f}, zeroPoint);
    int lowest = QuantParams.minCode(codeBits);
    int most = (1 << codeBits) - 1; // of a code less its zero point
    QuantParams in = new QuantParams(1f, extreme ? lowest : 5, lowest, -lowest - 1);
    long bound = AccumulatorBound.check(in, codes, channels, zeroPoint, new int[channels]);
    Product product =
        kernels.product(new ProductWeights(w, taps, dilation * depth, in.maxDistance(), bound));
    int positions = 1 + random.nextInt(9);
    int step = depth * (1 + random.nextInt(2));
    int[] x = new int[3 + positions * step + taps * dilation * depth];
    for (int i = 0; i < x.length; i++) {
      x[i] = extreme ? (random.nextInt(9) == 0 ? 0 : most) : random.nextInt(most + 1) + lowest - 5;
    }
    float[] scratch = new float[product.scratch(x.length)];
    product.prepare(x, x.length, scratch);
    int pitch = kernels.pitch(channels);
    int[] acc = new int[product.block() * pitch];
    for (int p = 0; p < positions; p += product.block()) {
      int count = Math.min(product.block(), positions - p);
      product.apply(x, scratch, 3 + p * step, step, count, acc);
      for (int j = 0; j < count; j++) {
        for (int c = 0; c < channels; c++) {
          int at = 3 + (p + j) * step;
          assertThat(acc[j * pitch + c])
              .as("%d channels, %d taps, depth %d, position %d", channels, taps, depth, p + j)
              .isEqualTo(dot(w, c, x, at, taps, dilation * depth));
        }
      }
    }
    int tap = random.nextInt(taps);
    int[] row = new int[pitch];
    int[] token = Arrays.copyOfRange(x, 3, 3 + depth);
    product.tap(token, tap, row);
    for (int c = 0; c < channels; c++) {
      int sum = 0;
      for (int d = 0; d < depth; d++) {
        sum += token[d] * (codes[(c * taps + tap) * depth + d] - zeroPoint);
      }
      assertThat(row[c]).isEqualTo(sum);
    }
  }

  private static int dot(QuantizedTensor w, int c, int[] x, int at, int taps, int tapStep) {
    int depth = w.dim(2);
    int sum = 0;
    for (int k = 0; k < taps; k++) {
      for (int d = 0; d < depth; d++) {
        int weight = w.codes()[(c * taps + k) * depth + d] - w.zeroPoint();
        sum += x[at + k * tapStep + d] * weight;
      }
    }
    return sum;
  }

  private int[][] rows(Kernels kernels, int count, int n) {
    int[][] rows = new int[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = ints(kernels.pitch(n));
    }
    return rows;
  }

  /** Small and large values of both signs. */
  private int[] ints(int n) {
    int[] x = new int[n];
    for (int i = 0; i < n; i++) {
      x[i] = random.nextInt() >> random.nextInt(32);
    }
    return x;
  }
}
