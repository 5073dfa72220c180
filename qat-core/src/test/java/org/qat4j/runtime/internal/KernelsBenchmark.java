package org.qat4j.runtime.internal;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.qat4j.model.IntVector;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;
import org.qat4j.runtime.RuntimeOptions;

/**
 * Kernels at the sizes of a text network: 100 steps, 5 taps, 128 channels. Not run by the tests;
 * docs/benchmarks.md has the command and the figures.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx1g"})
public class KernelsBenchmark {
  private static final int POSITIONS = 96;
  private static final int TAPS = 5;
  private static final int DEPTH = 100;
  private static final int CHANNELS = 128;
  private static final int TABLE_ROWS = 4096;

  @Param({"SCALAR", "VECTOR"})
  public RuntimeOptions.Kernel kernel;

  /** Share of the weights that are 0. */
  @Param({"0"})
  public int zeroPercent;

  private Kernels kernels;
  private int[][] rows;
  private int[] acc;
  private int[] max;
  private int[] codes;
  private int[] blockAcc;
  private float[] scratch;
  private Requantization requantization;
  private Product product;

  /** Everything is drawn from one seed. */
  @Setup
  public void setUp() {
    Random random = new Random(1);
    kernels = KernelChoice.of(kernel);
    int pitch = kernels.pitch(CHANNELS);
    int[][] table = new int[TABLE_ROWS][pitch];
    for (int[] row : table) {
      Arrays.setAll(row, c -> random.nextInt(20_001) - 10_000);
    }
    rows = new int[POSITIONS * TAPS][];
    Arrays.setAll(rows, i -> table[random.nextInt(TABLE_ROWS)]);
    acc = new int[pitch];
    max = new int[pitch];
    codes = new int[POSITIONS * CHANNELS + TAPS * DEPTH];
    Arrays.setAll(codes, i -> random.nextInt(256) - 128);
    byte[] w = new byte[CHANNELS * TAPS * DEPTH];
    random.nextBytes(w);
    for (int i = 0; i < w.length; i++) {
      w[i] = random.nextInt(1000) < 10 * zeroPercent ? 0 : w[i];
    }
    QuantizedTensor weights =
        new QuantizedTensor(w, new int[] {CHANNELS, TAPS, DEPTH}, 8, new float[] {0.01f}, 0);
    product = kernels.product(new ProductWeights(weights, TAPS, DEPTH, 255, 1 << 23));
    blockAcc = new int[product.block() * pitch];
    scratch = new float[product.scratch(codes.length)];
    QuantParams in = new QuantParams(0.02f, 0, -128, 127);
    requantization =
        Requantization.ofProduct(
            in,
            weights,
            IntVector.of(new int[CHANNELS]),
            new Output.Codes(new QuantParams(0.9f, 0, -128, 127)));
  }

  /** Sums of five rows at 96 positions, and their largest. */
  @Benchmark
  public int[] sumMax() {
    kernels.sumMax(rows, 0, TAPS, POSITIONS, acc, max);
    return max;
  }

  /** The sum of 64 rows, as a bag of tokens makes it. */
  @Benchmark
  public int[] bag() {
    kernels.sum(rows, 0, 64, acc);
    return acc;
  }

  /** 96 windows of 5 × 100 inputs, 128 channels: 6.1 million multiplications. */
  @Benchmark
  public int[] convolution() {
    product.prepare(codes, codes.length, scratch);
    for (int p = 0; p < POSITIONS; p += product.block()) {
      product.apply(codes, scratch, p * DEPTH, DEPTH, product.block(), blockAcc);
    }
    return blockAcc;
  }

  /** One window: a dense layer from 500 to 128. */
  @Benchmark
  public int[] dense() {
    product.apply(codes, scratch, 0, DEPTH, 1, blockAcc);
    return blockAcc;
  }

  /** 96 × 128 accumulators. */
  @Benchmark
  public int[] requantize() {
    for (int p = 0; p < POSITIONS; p++) {
      kernels.requantize(acc, 0, requantization, codes, p * CHANNELS);
    }
    return codes;
  }
}
