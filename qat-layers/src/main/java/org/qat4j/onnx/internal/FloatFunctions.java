package org.qat4j.onnx.internal;

import static org.qat4j.onnx.internal.GraphBuilder.number;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.activations.Activation;
import org.qat4j.layers.GeluErf;
import org.qat4j.layers.internal.codes.FusedActivation;
import org.qat4j.model.Cell;
import org.qat4j.model.IntVector;
import org.qat4j.model.Op;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.GateTable;

/** Which function a table stands for, and its operators in float. */
final class FloatFunctions {
  /**
   * Functions of DL4J that are looked up and that ONNX has, too. Where codes have no values below 0
   * the table of relu is that of identity.
   */
  private static final List<Activation> KNOWN =
      List.of(
          Activation.RELU,
          Activation.IDENTITY,
          Activation.TANH,
          Activation.SIGMOID,
          Activation.LEAKYRELU,
          Activation.ELU,
          Activation.SELU,
          Activation.SOFTPLUS,
          Activation.SOFTSIGN,
          Activation.SWISH,
          Activation.MISH,
          Activation.HARDSIGMOID,
          Activation.HARDTANH);

  private FloatFunctions() {}

  /** The function whose table over codes this is, or null. */
  static Activation of(IntVector table, QuantParams in, QuantParams out) {
    return KNOWN.stream()
        .filter(f -> Arrays.equals(table.toArray(), form(f).table(in, out)))
        .findFirst()
        .orElse(null);
  }

  /** Whether it is the table of x·Φ(x), which is no function of DL4J's. */
  static boolean isGeluErf(IntVector table, QuantParams in, QuantParams out) {
    FusedActivation gelu = FusedActivation.of(new GeluErf(), "GELU");
    return Arrays.equals(table.toArray(), gelu.table(in, out));
  }

  /** Adds x·Φ(x), x / 2 · (1 + erf(x / √2)). */
  static void addGeluErf(GraphBuilder g, String op, String x, String y) {
    String root = g.constant(op + "/root", Tensors.floats(new float[] {(float) Math.sqrt(0.5)}));
    String one = g.constant(op + "/one", Tensors.floats(new float[] {1}));
    String half = g.constant(op + "/half", Tensors.floats(new float[] {0.5f}));
    String scaled = g.node("Mul", op, List.of(x, root), List.of());
    String erf = g.node("Erf", op, List.of(scaled), List.of());
    String twice = g.node("Add", op, List.of(erf, one), List.of());
    String distribution = g.node("Mul", op, List.of(twice, half), List.of());
    product(g, op, x, distribution, y);
  }

  /** The function that makes the state of a recurrent layer, or null. */
  static Activation ofGate(Cell cell) {
    return ofGate(cell.activation(), cell.argument(), cell.value());
  }

  /** The function of a gate, or null. */
  static Activation ofGate(IntVector table, int argument, int value) {
    return KNOWN.stream()
        .filter(f -> Arrays.equals(table.toArray(), GateTable.of(form(f)::apply, argument, value)))
        .findFirst()
        .orElse(null);
  }

  private static FusedActivation form(Activation f) {
    return FusedActivation.of(f.getActivationFunction(), f.name());
  }

  /** Its name among the functions of ONNX's recurrent operators, or null. */
  static String inRecurrence(Activation f) {
    return switch (f) {
      case TANH -> "Tanh";
      case SIGMOID -> "Sigmoid";
      case RELU -> "Relu";
      case SOFTSIGN -> "Softsign";
      default -> null;
    };
  }

  /** Adds one of the functions of real values. */
  static void add(GraphBuilder g, Op.RealFunction o, String x, String y) {
    Activation f =
        switch (o.function()) {
          case SIGMOID -> Activation.SIGMOID;
          case TANH -> Activation.TANH;
          case RELU -> Activation.RELU;
          case LEAKY_RELU -> Activation.LEAKYRELU;
        };
    if (f == Activation.LEAKYRELU) {
      g.node("LeakyRelu", o.name(), List.of(x), y, List.of(number("alpha", o.slope())));
    } else {
      add(g, o.name(), f, x, y);
    }
  }

  /** Adds it. */
  static void add(GraphBuilder g, String op, Activation f, String x, String y) {
    List<String> in = List.of(x);
    switch (f) {
      case IDENTITY -> g.node("Identity", op, in, y, List.of());
      case RELU -> g.node("Relu", op, in, y, List.of());
      case TANH -> g.node("Tanh", op, in, y, List.of());
      case SIGMOID -> g.node("Sigmoid", op, in, y, List.of());
      case LEAKYRELU -> g.node("LeakyRelu", op, in, y, List.of(number("alpha", 0.01f)));
      case ELU -> g.node("Elu", op, in, y, List.of());
      case SELU -> g.node("Selu", op, in, y, List.of());
      case SOFTPLUS -> g.node("Softplus", op, in, y, List.of());
      case SOFTSIGN -> g.node("Softsign", op, in, y, List.of());
      case SWISH -> product(g, op, x, g.node("Sigmoid", op, in, List.of()), y);
      case MISH -> {
        String soft = g.node("Softplus", op, in, List.of());
        product(g, op, x, g.node("Tanh", op, List.of(soft), List.of()), y);
      }
      case HARDSIGMOID -> g.node("HardSigmoid", op, in, y, List.of());
      case HARDTANH -> {
        String low = g.constant(op + "/low", Tensors.floats(new float[] {-1}));
        String high = g.constant(op + "/high", Tensors.floats(new float[] {1}));
        g.node("Clip", op, List.of(x, low, high), y, List.of());
      }
      default -> throw new IllegalArgumentException("no operator for " + f);
    }
  }

  private static void product(GraphBuilder g, String op, String a, String b, String y) {
    g.node("Mul", op, List.of(a, b), y, List.of());
  }
}
