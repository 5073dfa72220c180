package org.qat4j.layers.internal.quantizing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Scales of channels, a power of two apart. */
class ChannelScalesTest {
  private static final float[] WIDTHS = {1, 300, 1.5f, 0, 17, 1_000, 2};

  /** Values of each channel up to its width, which one of them has. */
  private static INDArray values(long seed, int steps) {
    Random random = new Random(seed);
    INDArray x = Nd4j.create(4, WIDTHS.length, steps);
    for (int c = 0; c < WIDTHS.length; c++) {
      for (int i = 0; i < 4; i++) {
        for (int t = 0; t < steps; t++) {
          float v = i == 2 && t == 0 ? -1 : random.nextFloat() * 2 - 1;
          x.putScalar(new int[] {i, c, t}, v * WIDTHS[c]);
        }
      }
    }
    return x;
  }

  /** The widest has 2^8 of the least range at most; 0 has no say. */
  @Test
  void eachChannelFillsMoreThanHalfOfTheRange() {
    int[] exponents = ChannelScales.exponents(values(1, 5), null);
    float base = 1_000 / 256f;
    for (int c = 0; c < WIDTHS.length; c++) {
      assertThat(Math.scalb(base, exponents[c])).isGreaterThanOrEqualTo(WIDTHS[c]);
      if (exponents[c] > 0) {
        assertThat(Math.scalb(base, exponents[c] - 1)).isLessThan(WIDTHS[c]);
      }
    }
    assertThat(exponents[5]).isEqualTo(8);
    assertThat(ChannelScales.exponents(Nd4j.create(2, 3), null)).containsOnly(0);
  }

  @Test
  void paddingDoesNotCount() {
    INDArray x = values(2, 3);
    float[] mask = new float[12];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i % 3 == 2 ? 0 : 1;
    }
    int[] without = ChannelScales.exponents(x, mask);
    for (int i = 0; i < 4; i++) {
      x.putScalar(new int[] {i, 0, 2}, 1e6f);
    }
    assertThat(ChannelScales.exponents(x, mask)).isEqualTo(without);
    assertThat(ChannelScales.exponents(x, null)).isNotEqualTo(without);
  }

  /** Powers of two change no bit: what is divided and multiplied is what it was. */
  @ParameterizedTest
  @ValueSource(chars = {'c', 'f'})
  void changesNoBit(char order) {
    INDArray x = values(3, 4).dup(order);
    ChannelScales scales = new ChannelScales(ChannelScales.exponents(x, null));
    INDArray before = x.dup();
    INDArray divided = scales.divided(x);
    assertThat(x).isEqualTo(before);
    assertThat(divided.amaxNumber().floatValue()).isLessThanOrEqualTo(1_000 / 256f);
    scales.divide(x);
    assertThat(x.equalsWithEps(divided, 0)).isTrue();
    scales.multiply(x);
    assertThat(x.equalsWithEps(before, 0)).isTrue();
    assertThat(scales.multiplied(divided).equalsWithEps(before, 0)).isTrue();
    INDArray rows = before.slice(0, 2).dup();
    scales.divide(rows);
    assertThat(rows.equalsWithEps(divided.slice(0, 2), 0)).isTrue();
  }
}
