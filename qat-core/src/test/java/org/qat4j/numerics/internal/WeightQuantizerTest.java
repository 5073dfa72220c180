package org.qat4j.numerics.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;

class WeightQuantizerTest {
  private static final QuantParams INPUT = QuantParams.asymmetric(-1, 3, 8);

  @Property(seed = "1")
  void quantizesEachChannelByItsOwnScale(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 8) int bits) {
    float[] w = gaussians(seed, 12);
    float[] b = gaussians(seed + 1, 3);
    float[] scales = scales(w, 3, bits);

    WeightQuantizer q = WeightQuantizer.quantize(w, b, 3, grid(scales, bits), INPUT);

    assertThat(q.grid().scales()).isEqualTo(scales);
    for (int i = 0; i < w.length; i++) {
      QuantParams p = QuantParams.symmetric(maxAbs(w, i / 4 * 4, 4), bits);
      assertThat((int) q.codes()[i]).isEqualTo(p.quantize(w[i]));
    }
    for (int c = 0; c < 3; c++) {
      assertThat(q.bias()[c]).isEqualTo(Rounding.halfEven(b[c] / (INPUT.scale() * scales[c])));
    }
  }

  @Property(seed = "1")
  void asymmetricWeightsCountFromTheirZeroPoint(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 8) int bits) {
    float[] w = gaussians(seed, 12);
    float[] b = gaussians(seed + 1, 3);
    QuantParams p = QuantParams.asymmetric(-0.5f, 3, bits);

    WeightQuantizer q = WeightQuantizer.quantize(w, b, 3, WeightGrid.of(p), INPUT);

    assertThat(q.grid().zeroPoint()).isEqualTo(p.zeroPoint());
    assertThat(q.grid().bits()).isEqualTo(bits);
    for (int i = 0; i < w.length; i++) {
      assertThat((int) q.codes()[i]).isEqualTo(p.quantize(w[i]));
    }
    AccumulatorBound.check(INPUT, q.codes(), 3, p.zeroPoint(), q.bias());
  }

  @Property(seed = "1")
  void codesAreThoseOfTheRule(
      @ForAll float[] w,
      @ForAll @FloatRange(min = -3, max = 0) float lo,
      @ForAll @IntRange(min = 2, max = 8) int bits) {
    QuantParams p = QuantParams.asymmetric(lo, 3, bits);
    float[] all = Arrays.copyOf(w, w.length + 3 + 512);
    all[w.length] = Float.NaN;
    all[w.length + 1] = Float.POSITIVE_INFINITY;
    all[w.length + 2] = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < 512; i++) { // ties
      all[w.length + 3 + i] = p.scale() * (i - 256) / 2f;
    }

    byte[] codes = WeightQuantizer.codes(all, all.length, WeightGrid.of(p));

    for (int i = 0; i < all.length; i++) {
      assertThat((int) codes[i]).isEqualTo(p.quantize(all[i]));
    }
  }

  @Property(seed = "1")
  void aTensorHasOneScale(@ForAll long seed) {
    float[] w = gaussians(seed, 12);
    float[] scale = {scale(maxAbs(w, 0, 12), 8)};

    WeightQuantizer q = WeightQuantizer.quantize(w, null, 3, grid(scale, 8), INPUT);

    assertThat(q.grid().scale(0)).isEqualTo(q.grid().scale(2)).isEqualTo(scale[0]);
    assertThat(q.bias()).containsOnly(0);
  }

  @Property(seed = "1")
  void raisesTheScaleUntilTheBiasFits(
      @ForAll long seed, @ForAll @FloatRange(min = 1e3f, max = 1e30f) float large) {
    float[] w = gaussians(seed, 8);
    for (int i = 0; i < 4; i++) {
      w[i] *= 1e-6f;
    }
    float[] scales = scales(w, 2, 8);
    float[] b = {seed % 2 == 0 ? large : -large, 0.5f};

    WeightQuantizer q = WeightQuantizer.quantize(w, b, 2, grid(scales, 8), INPUT);

    AccumulatorBound.check(INPUT, q.codes(), 2, 0, q.bias());
    assertThat(q.grid().scale(1)).isEqualTo(scales[1]);
    float back = Requantize.toReal(q.bias()[0], INPUT.scale(), q.grid().scale(0));
    assertThat(Math.abs(back - b[0])).isLessThanOrEqualTo(Math.abs(b[0]) * 0x1p-20f);
  }

  @Test
  void raisesTheScaleOfTheWholeTensorWhereThereIsOne() {
    float[] w = {1e-5f, -1e-5f, 2e-5f, 0};
    float[] b = {0.25f, 1e4f};
    float[] scale = {scale(2e-5f, 8)};

    WeightQuantizer q = WeightQuantizer.quantize(w, b, 2, grid(scale, 8), INPUT);

    assertThat(q.grid().scale(0)).isGreaterThan(scale[0]);
    AccumulatorBound.check(INPUT, q.codes(), 2, 0, q.bias());
    for (int c = 0; c < 2; c++) {
      assertThat(q.bias()[c])
          .isEqualTo(Rounding.halfEven(b[c] / (INPUT.scale() * q.grid().scale(0))));
    }
  }

  @Test
  void aChannelOfZerosKeepsItsBias() {
    float[] scales = {scale(0, 8)};
    float[] b = {0.75f};

    WeightQuantizer q = WeightQuantizer.quantize(new float[5], b, 1, grid(scales, 8), INPUT);

    assertThat(scales[0]).isEqualTo(QuantParams.MIN_SCALE);
    assertThat(q.codes()).containsOnly(0);
    assertThat(Requantize.toReal(q.bias()[0], INPUT.scale(), q.grid().scale(0))).isEqualTo(0.75f);
  }

  @Test
  void ternaryWeightsHaveThreeCodes() {
    float[] w = {1, 0.51f, 0.5f, 0.49f, -0.5f, -0.51f, -1, 0};

    WeightQuantizer q = WeightQuantizer.quantize(w, null, 1, grid(scales(w, 1, 2), 2), INPUT);

    assertThat(q.codes()).containsExactly(1, 1, 0, 0, 0, -1, -1, 0);
  }

  @Test
  void doesNotChangeWhatItIsGiven() {
    float[] w = {1e-6f};
    float[] scales = scales(w, 1, 8);
    float before = scales[0];

    WeightQuantizer.quantize(w, new float[] {1e6f}, 1, grid(scales, 8), INPUT);

    assertThat(scales[0]).isEqualTo(before);
  }

  @Test
  void namesTheChannelThatIsNotFinite() {
    float[] w = {1, 2, Float.NaN, 4};
    float[] ok = {1, 2, 3, 4};
    float[] scales = {0.1f, 0.1f};

    assertThatThrownBy(() -> WeightQuantizer.quantize(w, null, 2, grid(scales, 8), INPUT))
        .isInstanceOf(QatException.class)
        .hasMessage("a weight of channel 1 is NaN");
    for (float b : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      assertThatThrownBy(
              () -> WeightQuantizer.quantize(ok, new float[] {0, b}, 2, grid(scales, 8), INPUT))
          .isInstanceOf(QatException.class)
          .hasMessage("no weight scale makes the bias " + b + " of channel 1 fit");
    }
  }

  private static float[] gaussians(long seed, int n) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float scale(float maxAbs, int bits) {
    return QuantParams.symmetric(maxAbs, bits).scale();
  }

  private static WeightGrid grid(float[] scales, int bits) {
    return new WeightGrid(scales, 0, -QuantParams.maxCode(bits), QuantParams.maxCode(bits));
  }

  private static float[] scales(float[] w, int channels, int bits) {
    float[] scales = new float[channels];
    int k = w.length / channels;
    for (int c = 0; c < channels; c++) {
      scales[c] = scale(maxAbs(w, c * k, k), bits);
    }
    return scales;
  }

  private static float maxAbs(float[] w, int from, int n) {
    float max = 0;
    for (int i = from; i < from + n; i++) {
      max = Math.max(max, Math.abs(w[i]));
    }
    return max;
  }
}
