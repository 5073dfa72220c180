package org.qat4j.numerics.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SoftmaxTest {
  @Test
  void theExponentialIsThatOfTheLibraryToTheLastPlace() {
    Random random = new Random(3);
    for (int i = 0; i < 200_000; i++) {
      float x = -random.nextFloat() * (i % 2 == 0 ? 110 : 1);
      float exact = (float) StrictMath.exp(x);
      assertThat(Math.abs(Softmax.exp(x) - exact))
          .as("exp(%s)", x)
          .isLessThanOrEqualTo(Math.ulp(exact));
    }
  }

  @Test
  void theExponentialAtItsEnds() {
    assertThat(Softmax.exp(0f)).isEqualTo(1f);
    assertThat(Softmax.exp(-0f)).isEqualTo(1f);
    assertThat(Softmax.exp(-Float.MIN_VALUE)).isEqualTo(1f);
    assertThat(Softmax.exp(-103.9f)).isEqualTo(Float.MIN_VALUE);
    assertThat(Softmax.exp(-105f)).isZero();
    assertThat(Softmax.exp(-Float.MAX_VALUE)).isZero();
    assertThat(Softmax.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(Softmax.exp(Float.NaN)).isNaN();
  }

  @Test
  void givesProbabilities() {
    float[] x = {9f, 1f, 2f, -3000f, 2f, 9f};

    Softmax.apply(x, x, 1, 4);

    assertThat(x[0]).isEqualTo(9f);
    assertThat(x[5]).isEqualTo(9f);
    assertThat(x[2]).isEqualTo(x[4]).isGreaterThan(x[1]);
    assertThat(x[3]).isZero();
    assertThat(x[1] + x[2] + x[4]).isCloseTo(1f, offset(1e-6f));
  }
}
