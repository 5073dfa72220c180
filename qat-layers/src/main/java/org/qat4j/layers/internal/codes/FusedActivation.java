package org.qat4j.layers.internal.codes;

import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.qat4j.QatException;
import org.qat4j.layers.GeluErf;
import org.qat4j.numerics.QuantParams;

/** How an activation function is computed on codes: as a clamp (8), or looked up in a table. */
public final class FusedActivation {
  private enum Form {
    IDENTITY,
    RELU,
    RELU6,
    TABLE
  }

  private final Form form;
  private final DoubleUnaryOperator function;

  private FusedActivation(Form form, DoubleUnaryOperator function) {
    this.form = form;
    this.function = function;
  }

  /** Whether DL4J's function can be quantized. */
  public static boolean supports(IActivation activation) {
    return find(activation) != null;
  }

  /**
   * The integer form of DL4J's function.
   *
   * @throws QatException if there is none
   */
  public static FusedActivation of(IActivation activation, String layer) {
    FusedActivation found = find(activation);
    if (found == null) {
      throw new QatException(
          "layer \""
              + layer
              + "\": the activation function "
              + activation
              + " reads more than one value, or has parameters; use one of one value, such as"
              + " relu, identity, sigmoid, tanh, leakyrelu, elu, gelu, swish or mish");
    }
    return found;
  }

  private static FusedActivation find(IActivation a) {
    if (a instanceof ActivationIdentity) {
      return new FusedActivation(Form.IDENTITY, x -> x);
    } else if (a instanceof ActivationReLU relu) {
      boolean plain =
          (relu.getMax() == null || relu.getMax() == 0)
              && (relu.getThreshold() == null || relu.getThreshold() == 0)
              && (relu.getNegativeSlope() == null || relu.getNegativeSlope() == 0);
      return plain
          ? new FusedActivation(Form.RELU, x -> Math.max(0, x))
          : new FusedActivation(Form.TABLE, relu(relu));
    } else if (a instanceof ActivationReLU6) {
      return new FusedActivation(Form.RELU6, x -> Math.max(0, Math.min(6, x)));
    }
    DoubleUnaryOperator f = function(a);
    return f == null ? null : new FusedActivation(Form.TABLE, f);
  }

  /** With a slope below a threshold, and a largest value. */
  private static DoubleUnaryOperator relu(ActivationReLU relu) {
    double max = relu.getMax() == null || relu.getMax() == 0 ? Double.MAX_VALUE : relu.getMax();
    double threshold = relu.getThreshold() == null ? 0 : relu.getThreshold();
    double slope = relu.getNegativeSlope() == null ? 0 : relu.getNegativeSlope();
    return x -> x >= threshold ? Math.min(x, max) : slope * (x - threshold);
  }

  private static DoubleUnaryOperator function(IActivation a) {
    if (a instanceof ActivationSigmoid) {
      return x -> 1 / (1 + Math.exp(-x));
    } else if (a instanceof ActivationTanH) {
      return Math::tanh;
    } else if (a instanceof ActivationLReLU leaky) {
      double alpha = leaky.getAlpha();
      return x -> x >= 0 ? x : alpha * x;
    } else if (a instanceof ActivationELU elu) {
      double alpha = elu.getAlpha();
      return x -> x >= 0 ? x : alpha * Math.expm1(x);
    } else if (a instanceof ActivationSELU) {
      return x -> 1.0507009873554805 * (x >= 0 ? x : 1.6732632423543772 * Math.expm1(x));
    } else if (a instanceof ActivationSwish) {
      return x -> x / (1 + Math.exp(-x));
    } else if (a instanceof ActivationSoftPlus) {
      return x -> x > 30 ? x : Math.log1p(Math.exp(x));
    } else if (a instanceof ActivationSoftSign) {
      return x -> x / (1 + Math.abs(x));
    } else if (a instanceof ActivationHardSigmoid) {
      return x -> Math.max(0, Math.min(1, 0.2 * x + 0.5));
    } else if (a instanceof ActivationHardTanH) {
      return x -> Math.max(-1, Math.min(1, x));
    } else if (a instanceof ActivationCube) {
      return x -> x * x * x;
    }
    return furtherFunction(a);
  }

  private static DoubleUnaryOperator furtherFunction(IActivation a) {
    if (a instanceof GeluErf) {
      return GeluErf::apply;
    } else if (a instanceof ActivationGELU gelu) {
      return gelu.isPrecise()
          ? x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))
          : x -> x / (1 + Math.exp(-1.702 * x));
    } else if (a instanceof ActivationMish) {
      return x -> x * Math.tanh(x > 30 ? x : Math.log1p(Math.exp(x)));
    } else if (a instanceof ActivationRationalTanh) {
      return FusedActivation::rationalTanh;
    } else if (a instanceof ActivationRectifiedTanh) {
      return x -> Math.max(0, Math.tanh(x));
    } else if (a instanceof ActivationThresholdedReLU relu) {
      double theta = relu.getTheta();
      return x -> x > theta ? x : 0;
    }
    return null;
  }

  /** The function in real numbers. */
  public double apply(double x) {
    return function.applyAsDouble(x);
  }

  /** 1.7159·tanh(2x/3) by a rational function. */
  private static double rationalTanh(double x) {
    double y = 2 * x / 3;
    double a = Math.abs(y);
    return 1.7159 * Math.signum(y) * (1 - 1 / (1 + a + y * y + 1.41645 * y * y * y * y));
  }

  /** Whether a table follows a product, so that the value before it is quantized too. */
  public boolean isTable() {
    return form == Form.TABLE;
  }

  /** Smallest code behind the clamp. */
  public int lo(QuantParams out) {
    return form == Form.RELU || form == Form.RELU6 ? out.zeroPoint() : out.qmin();
  }

  /** Largest code behind the clamp. */
  public int hi(QuantParams out) {
    return form == Form.RELU6 ? Math.max(out.zeroPoint() + 1, out.quantize(6f)) : out.qmax();
  }

  /** One code of {@code out} for each code of {@code in}, computed in double. */
  public int[] table(QuantParams in, QuantParams out) {
    int[] table = new int[in.qmax() - in.qmin() + 1];
    for (int i = 0; i < table.length; i++) {
      table[i] = out.quantize((float) function.applyAsDouble(in.dequantize(in.qmin() + i)));
    }
    return table;
  }
}
