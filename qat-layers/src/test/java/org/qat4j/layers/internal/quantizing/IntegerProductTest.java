package org.qat4j.layers.internal.quantizing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.WeightGrid;
import org.qat4j.numerics.internal.WeightQuantizer;

class IntegerProductTest {

  @ParameterizedTest
  @CsvSource({"1,1,1", "3,16,2", "5,7,9", "64,300,20", "2,70000,3"})
  void accumulatorsAreExact(int rows, int k, int channels) {
    Random random = new Random(rows + 31L * k);
    float[] w = new float[channels * k];
    float[] b = new float[channels];
    for (int i = 0; i < w.length; i++) {
      w[i] = random.nextFloat() - 0.5f;
    }
    for (int i = 0; i < b.length; i++) {
      b[i] = random.nextFloat() - 0.5f;
    }
    QuantParams in = QuantParams.asymmetric(-1, 2, 8);
    WeightGrid grid = WeightGrid.of(QuantParams.asymmetric(-0.5f, 0.4f, 8));
    WeightQuantizer weights = WeightQuantizer.quantize(w, b, channels, grid, in);
    float[] x = new float[rows * k];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(256) - 128 - in.zeroPoint();
    }
    int[] acc = new IntegerProduct(weights, channels, in).accumulate(x, rows);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < channels; c++) {
        int expected = weights.bias()[c];
        for (int i = 0; i < k; i++) {
          expected += (int) (x[r * k + i] * (weights.codes()[c * k + i] - grid.zeroPoint()));
        }
        assertThat(acc[r * channels + c]).as("row %s, channel %s", r, c).isEqualTo(expected);
      }
    }
  }
}
