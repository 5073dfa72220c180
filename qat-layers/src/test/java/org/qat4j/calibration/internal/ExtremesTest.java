package org.qat4j.calibration.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.calibration.Range;

class ExtremesTest {

  @Property(seed = "1")
  void isTheRangeOfAllValues(@ForAll long seed, @ForAll @IntRange(min = 1, max = 100) int n) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian() - 0.5f;
    }
    Extremes both = new Extremes(8);
    Extremes magnitudes = new Extremes(8);
    for (int from = 0; from < n; from += 8) {
      int size = Math.min(8, n - from);
      float[] block = Arrays.copyOfRange(values, from, from + size);
      both.add(block, size);
      magnitudes.addMagnitudes(block, size);
    }
    Range range = Range.of(values, 0, n);
    float largest = Math.max(Math.abs(range.lo()), Math.abs(range.hi()));
    assertThat(both.range()).isEqualTo(range);
    assertThat(magnitudes.range()).isEqualTo(new Range(-largest, largest));
  }

  @Test
  void forgetsWhatItHasSeen() {
    Extremes extremes = new Extremes(4);
    assertThat(extremes.isEmpty()).isTrue();
    extremes.addMagnitudes(new float[] {7}, 1);
    extremes.clear();
    assertThat(extremes.isEmpty()).isTrue();
    extremes.add(new float[] {1, 2, 9}, 2);
    assertThat(extremes.range()).isEqualTo(new Range(1, 2));
  }

  @Test
  void seesValuesThatAreNotFinite() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      Extremes both = new Extremes(2);
      both.add(new float[] {bad, 1}, 2);
      both.add(new float[] {2, 3}, 2);
      assertThatThrownBy(both::range).isInstanceOf(QatException.class);
      Extremes magnitudes = new Extremes(2);
      magnitudes.addMagnitudes(new float[] {1, bad}, 2);
      assertThatThrownBy(magnitudes::range).isInstanceOf(QatException.class);
    }
  }
}
