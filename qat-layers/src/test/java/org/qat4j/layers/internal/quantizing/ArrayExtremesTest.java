package org.qat4j.layers.internal.quantizing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.calibration.Range;

class ArrayExtremesTest {
  private final ArrayExtremes extremes = new ArrayExtremes();

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 2048, 5000})
  void holdsAllValuesAround0(int n) {
    Random random = new Random(n);
    for (int repetition = 0; repetition < 3; repetition++) {
      float[] values = new float[n];
      float largest = 0;
      for (int i = 0; i < n; i++) {
        values[i] = (float) random.nextGaussian() - 0.5f;
        largest = Math.max(largest, Math.abs(values[i]));
      }
      INDArray x = Nd4j.createFromArray(values);
      assertThat(extremes.around0(x)).isEqualTo(new Range(-largest, largest));
      assertThat(extremes.of(x, null)).isEqualTo(Range.of(values, 0, n));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void seesValuesThatAreNotFinite(float bad) {
    INDArray x = Nd4j.createFromArray(1f, bad, 3f);
    assertThatThrownBy(() -> extremes.around0(x)).isInstanceOf(QatException.class);
    assertThatThrownBy(() -> extremes.of(x, null)).isInstanceOf(QatException.class);
  }
}
