package org.qat4j.layers.internal.quantizing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.calibration.Grids;
import org.qat4j.numerics.QuantParams;

/** Weights rounded block by block are those of (3), value by value. */
class CoveredWeightsTest {
  private final CoveredWeights weights = new CoveredWeights();

  /** Blocks have 16,384 values: rows of fewer, of as many, and of more. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 8, false",
    "3, 7, 8, false",
    "5, 785, 4, true",
    "2, 16384, 8, false",
    "2, 40001, 8, false",
    "300, 130, 3, false",
    "16384, 2, 8, true"
  })
  void everyValueIsAsTheFormulaSays(int channels, int size, int bits, boolean powerOfTwo) {
    Grids grids = (lo, hi) -> QuantParams.symmetric(lo, hi, bits, false, powerOfTwo);
    float[] w = values(channels, size);
    float[] expected = new float[w.length];
    float[] fastest = new float[w.length];
    float[] expectedFastest = new float[w.length];
    for (int c = 0; c < channels; c++) {
      float largest = 0;
      for (int i = c * size; i < (c + 1) * size; i++) {
        largest = Math.max(largest, Math.abs(w[i]));
      }
      QuantParams p = grids.covering(-largest, largest);
      for (int i = 0; i < size; i++) {
        expected[c * size + i] = p.fakeQuantize(w[c * size + i]);
        fastest[i * channels + c] = w[c * size + i];
        expectedFastest[i * channels + c] = expected[c * size + i];
      }
    }

    INDArray copy = Nd4j.create(w.length);
    assertThat(weights.byChannel(Nd4j.createFromArray(w), copy, channels, grids)).isTrue();
    assertThat(copy.toFloatVector()).isEqualTo(expected);

    copy = Nd4j.create(w.length);
    assertThat(weights.channelsFastest(Nd4j.createFromArray(fastest), copy, channels, grids))
        .isTrue();
    assertThat(copy.toFloatVector()).isEqualTo(expectedFastest);
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void whatIsNotFiniteIsLeftToOthers(float value) {
    Grids grids = (lo, hi) -> QuantParams.symmetric(lo, hi, 8, false, false);
    INDArray w = Nd4j.createFromArray(1f, 2f, value, 3f);
    assertThat(weights.byChannel(w, Nd4j.create(4), 2, grids)).isFalse();
    assertThat(weights.channelsFastest(w, Nd4j.create(4), 2, grids)).isFalse();
  }

  /** Of many magnitudes; the first channel is all zeros, the last very small. */
  private static float[] values(int channels, int size) {
    Random random = new Random(channels * 31L + size);
    float[] w = new float[channels * size];
    for (int i = size; i < w.length; i++) {
      boolean last = i >= (channels - 1) * size;
      w[i] = last ? 1e-42f * random.nextInt(9) : (float) random.nextGaussian() / (1 + i / size);
    }
    return w;
  }
}
