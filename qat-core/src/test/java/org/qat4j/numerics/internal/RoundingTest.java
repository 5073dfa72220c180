package org.qat4j.numerics.internal;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RoundingTest {
  @Property(seed = "1")
  void isExactlyHalfToEven(@ForAll @FloatRange(min = -1e9f, max = 1e9f) float x) {
    assertThat(Rounding.halfEven(x))
        .isEqualTo(Exact.halfEven(Exact.of(x), Integer.MIN_VALUE, Integer.MAX_VALUE));
  }

  @Property(seed = "1")
  void takesTheEvenNeighbourOfATie(@ForAll @IntRange(min = -(1 << 22), max = 1 << 22) int n) {
    assertThat(Rounding.halfEven(n + 0.5f)).isEqualTo(n % 2 == 0 ? n : n + 1);
  }

  @Test
  void isDefinedForWhatIsNoNumber() {
    assertThat(Rounding.halfEven(Float.NaN)).isZero();
    assertThat(Rounding.halfEven(-0f)).isZero();
    assertThat(Rounding.halfEven(Float.POSITIVE_INFINITY)).isEqualTo(Integer.MAX_VALUE);
    assertThat(Rounding.halfEven(Float.NEGATIVE_INFINITY)).isEqualTo(Integer.MIN_VALUE);
  }
}
