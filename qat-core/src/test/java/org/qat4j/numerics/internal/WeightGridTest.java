package org.qat4j.numerics.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;

class WeightGridTest {
  private static final int ROWS = 3;

  @Property(seed = "1")
  void groupsCoverWhatTheyShallByMultiplesWhoseCodesAreBytes(
      @ForAll @Size(12) float[] wanted,
      @ForAll @IntRange(min = 2, max = 7) int bits,
      @ForAll boolean fullRange,
      @ForAll boolean ofRows,
      @ForAll boolean powerOfTwo) {
    int qmax = QuantParams.maxCode(bits);
    int qmin = fullRange ? QuantParams.minCode(bits) : -qmax;
    Runs groups = new Runs(14, 4);
    for (int g = 0; g < wanted.length; g++) {
      float magnitude = Math.abs(wanted[g]) % 1e3f + 1e-6f; // of a NaN or infinity too
      wanted[g] = QuantParams.scale(magnitude > 0 ? magnitude : 1, powerOfTwo);
    }

    WeightGrid grid = WeightGrid.grouped(wanted, groups, ofRows, qmin, qmax, powerOfTwo);

    assertThat(grid.scales()).hasSize(ofRows ? ROWS : 1);
    assertThat(grid.params(0).qmin()).isGreaterThanOrEqualTo(Byte.MIN_VALUE);
    assertThat(grid.params(0).qmax()).isLessThanOrEqualTo(Byte.MAX_VALUE);
    for (int g = 0; g < wanted.length; g++) {
      float row = grid.scale(g / groups.perRow());
      float scale = grid.group(g).scale();
      assertThat(scale).isEqualTo(grid.multiple(g) * row);
      assertThat(scale).isGreaterThan(wanted[g] - 1.1f * 0x1p-10f * row);
      assertThat(scale).isLessThan(Math.max(wanted[g] + row, 1.001f * row));
      if (powerOfTwo) {
        assertThat(scale).isEqualTo(Math.max(wanted[g], row));
      }
    }
  }

  @Property(seed = "1")
  void whatWasRoundedUpToMultiplesIsThatAfterwards(
      @ForAll Random random, @ForAll @IntRange(min = 2, max = 7) int bits) {
    float[] wanted = new float[12];
    for (int g = 0; g < wanted.length; g++) {
      wanted[g] = (float) Math.exp(random.nextGaussian() * 3);
    }
    int qmax = QuantParams.maxCode(bits);
    Runs groups = new Runs(14, 4);
    WeightGrid once = WeightGrid.grouped(wanted, groups, true, -qmax, qmax, false);
    float[] scales = new float[wanted.length];
    for (int g = 0; g < scales.length; g++) {
      scales[g] = once.group(g).scale() * (1 + 0x1p-20f);
    }
    WeightGrid twice = WeightGrid.grouped(scales, groups, true, -qmax, qmax, false);
    assertThat(twice.groupScales()).isEqualTo(once.groupScales());
  }

  @Property(seed = "1")
  void codesOfGroupsStandForTheRoundedWeights(
      @ForAll Random random, @ForAll @IntRange(min = 2, max = 7) int bits) {
    float[] w = new float[42];
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) random.nextGaussian();
    }
    int qmax = QuantParams.maxCode(bits);
    Runs groups = new Runs(14, 4);
    float[] wanted = new float[groups.count(w.length)];
    for (int g = 0; g < wanted.length; g++) {
      for (int i = groups.from(g); i < groups.to(g); i++) {
        wanted[g] = Math.max(wanted[g], Math.max(1e-3f, Math.abs(w[i]) / qmax));
      }
    }
    WeightGrid grid = WeightGrid.grouped(wanted, groups, true, -qmax, qmax, false);

    byte[] codes = WeightQuantizer.codes(w, 14, grid);
    float[] rounded = grid.rounded(w, 14);

    for (int i = 0; i < w.length; i++) {
      float half = grid.group(groups.of(i)).scale() / 2;
      assertThat(grid.params(i / 14).dequantize(codes[i])).isCloseTo(rounded[i], within(1e-5f));
      assertThat(Math.abs(rounded[i] - w[i])).isLessThan(half * 1.002f);
    }
  }

  @Property(seed = "1")
  void runsAreOneBehindTheOther(
      @ForAll @IntRange(min = 1, max = 40) int row, @ForAll @IntRange(min = 1, max = 50) int size) {
    Runs runs = new Runs(row, size);
    int at = 0;
    for (int run = 0; run < runs.count(ROWS * row); run++) {
      assertThat(runs.from(run)).isEqualTo(at);
      assertThat(runs.to(run)).isGreaterThan(at).isLessThanOrEqualTo(at + size);
      for (; at < runs.to(run); at++) {
        assertThat(runs.of(at)).isEqualTo(run);
      }
    }
    assertThat(at).isEqualTo(ROWS * row);
  }

  @Property(tries = 1, seed = "1")
  void whatIsNoMultipleIsRefused() {
    assertThatThrownBy(() -> new GroupScales(new Runs(4, 2), new byte[] {1, 0}))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("1 to 127");
    assertThatThrownBy(() -> new Runs(4, 0))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("runs of 0");
  }
}
