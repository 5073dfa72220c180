package org.qat4j.layers.internal.codes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.numerics.QuantParams;

/** Tables of activation functions hold what DL4J computes. */
class ActivationTablesTest {
  /** Softmax reads more than one value; DL4J puts a constant for all values below 0 into RReLU. */
  private static final Set<Activation> REFUSED = EnumSet.of(Activation.SOFTMAX, Activation.RRELU);

  @ParameterizedTest
  @EnumSource
  void tablesAreDl4jsFunctions(Activation activation) {
    IActivation function = activation.getActivationFunction();
    assertThat(FusedActivation.supports(function)).isEqualTo(!REFUSED.contains(activation));
    if (REFUSED.contains(activation)) {
      return;
    }
    QuantParams in = QuantParams.asymmetric(-6f, 9f, 8, false);
    float[] x = new float[256];
    for (int i = 0; i < x.length; i++) {
      x[i] = in.dequantize(in.qmin() + i);
    }
    double[] expected =
        function
            .getActivation(Nd4j.createFromArray(x).castTo(DataType.DOUBLE), false)
            .toDoubleVector();
    double lo = 0;
    double hi = 0;
    for (double y : expected) {
      lo = Math.min(lo, y);
      hi = Math.max(hi, y);
    }
    QuantParams out = QuantParams.asymmetric((float) lo * 1.02f, (float) hi * 1.02f, 8, false);
    int[] table = FusedActivation.of(function, "f").table(in, out);
    for (int i = 0; i < x.length; i++) {
      assertThat((double) out.dequantize(table[i]))
          .as("%s(%s)", activation, x[i])
          .isCloseTo(expected[i], within(0.55 * out.scale()));
    }
  }
}
