package org.qat4j.layers.internal.fast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.quantizing.Operations;
import org.qat4j.numerics.QuantParams;

/** The loops of an LSTM compute what operations of ND4J compute. */
public class RecurrentPassTest {
  private static final IActivation SIGMOID = Activation.SIGMOID.getActivationFunction();
  private static final IActivation TANH = Activation.TANH.getActivationFunction();

  /** One layer with random sizes, parameters and inputs, in an order of memory of its own. */
  private static final class Case {
    private final Random random;
    final int n;
    final int k;
    final int units;
    final int t;

    Case(long seed) {
      random = new Random(seed);
      n = 1 + random.nextInt(5);
      k = 1 + random.nextInt(7);
      units = 1 + random.nextInt(6);
      t = 1 + random.nextInt(8);
    }

    INDArray random(char order, long... shape) {
      INDArray array = Nd4j.create(DataType.FLOAT, shape, order);
      for (long i = 0; i < array.length(); i++) {
        array.putScalar(i, (float) random.nextGaussian());
      }
      return array;
    }

    INDArray sequence(int channels) {
      return switch (random.nextInt(4)) {
        case 0 -> random('c', n, channels, t);
        case 1 -> random('f', n, channels, t);
        case 2 -> random('c', n, t, channels).permute(0, 2, 1);
        default -> random('c', n, channels + 1, t).get(all(), interval(0, channels), all());
      };
    }

    INDArray maybe(INDArray array) {
      return random.nextBoolean() ? array : null;
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void loopsComputeWhatOperationsDo(int seed) {
    Case c = new Case(seed);
    RecurrentPass loops = RecurrentPass.of(SIGMOID, TANH, DataType.FLOAT);
    assertThat(loops).isInstanceOf(LstmLoops.class);
    RecurrentPass operations =
        Operations.withoutFastLayers(() -> RecurrentPass.of(SIGMOID, TANH, DataType.FLOAT));
    assertThat(operations).isInstanceOf(RecurrentOperations.class);

    INDArray weights = c.random('f', c.k, 4L * c.units);
    INDArray recurrent = c.random('f', c.units, 4L * c.units);
    INDArray bias = c.random('c', 1, 4L * c.units);
    float range = c.random.nextBoolean() ? 1.4f : 0.5f; // half a unit clips many
    QuantParams rounding = c.random.nextBoolean() ? QuantParams.asymmetric(-range, range, 8) : null;
    // The second pass uses the memory of the first again, and may have to make it anew.
    for (int again = 0; again < 2; again++) {
      INDArray input = c.sequence(c.k);
      INDArray state = c.maybe(c.random('f', c.n, c.units));
      INDArray cell = c.maybe(c.random('c', c.n, c.units));
      INDArray steps = c.maybe(c.random('c', c.n, c.t).gt(-0.5).castTo(DataType.FLOAT));
      INDArray epsilon = c.sequence(c.units);
      int last = c.random.nextInt(c.t + 1);
      boolean plain = c.random.nextBoolean();
      INDArray states =
          loops.forward(input, weights, recurrent, bias, state, cell, steps, rounding);
      INDArray expected =
          operations.forward(input, weights, recurrent, bias, state, cell, steps, rounding);
      assertClose(states, expected, "states");
      assertClose(loops.exactStates(), operations.exactStates(), "exact states");
      assertClose(loops.cells(), operations.cells(), "cells");
      assertClose(loops.lastState(), operations.lastState(), "last state");
      assertClose(loops.lastCell(), operations.lastCell(), "last cell");

      Map<String, INDArray> actualGradients = gradients(weights, recurrent, bias);
      Map<String, INDArray> gradients = gradients(weights, recurrent, bias);
      LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
      INDArray below =
          loops.backward(epsilon, weights, recurrent, actualGradients, last, plain, none);
      INDArray expectedBelow =
          operations.backward(epsilon, weights, recurrent, gradients, last, plain, none);
      assertClose(below, expectedBelow, "gradient of the input");
      gradients.forEach((key, g) -> assertClose(actualGradients.get(key), g, "gradient of " + key));
    }
  }

  /** Of the sum of states times random numbers, with masked steps. */
  @ParameterizedTest
  @MethodSource("seeds")
  void gradientsAreThoseOfDifferences(int seed) {
    Case c = new Case(seed);
    RecurrentPass pass = new RecurrentOperations(SIGMOID, TANH, false);
    INDArray input = real(c.sequence(c.k));
    INDArray weights = real(c.random('c', c.k, 4L * c.units)).dup('f');
    INDArray recurrent = real(c.random('c', c.units, 4L * c.units)).dup('f');
    INDArray bias = real(c.random('c', 1, 4L * c.units));
    INDArray steps = c.random('c', c.n, c.t).gt(-0.3).castTo(DataType.DOUBLE);
    INDArray epsilon = real(c.sequence(c.units));
    DoubleSupplier loss =
        () ->
            pass.forward(input, weights, recurrent, bias, null, null, steps, null)
                .mul(epsilon)
                .sumNumber()
                .doubleValue();
    Map<String, INDArray> gradients =
        Map.of(
            RecurrentPass.WEIGHTS, weights.mul(0),
            RecurrentPass.RECURRENT, recurrent.mul(0),
            RecurrentPass.BIAS, bias.mul(0));
    assertThat(loss.getAsDouble()).isFinite();
    INDArray below =
        pass.backward(
            epsilon, weights, recurrent, gradients, -1, false, LayerWorkspaceMgr.noWorkspaces());
    assertDerivative(input, below, loss, "input");
    assertDerivative(weights, gradients.get(RecurrentPass.WEIGHTS), loss, "weights");
    assertDerivative(recurrent, gradients.get(RecurrentPass.RECURRENT), loss, "recurrent weights");
    assertDerivative(bias, gradients.get(RecurrentPass.BIAS), loss, "bias");
  }

  private static INDArray real(INDArray array) {
    return array.dup('c').castTo(DataType.DOUBLE);
  }

  private static void assertDerivative(
      INDArray at, INDArray gradient, DoubleSupplier loss, String what) {
    INDArray alike = gradient.dup(at.ordering()); // numbers of values depend on the order
    double step = 1e-6;
    for (long i = 0; i < at.length(); i += Math.max(1, at.length() / 7)) {
      double there = at.getDouble(i);
      at.putScalar(i, there + step);
      double up = loss.getAsDouble();
      at.putScalar(i, there - step);
      double expected = (up - loss.getAsDouble()) / (2 * step);
      at.putScalar(i, there);
      assertThat(alike.getDouble(i))
          .as("gradient of the " + what + ", value " + i)
          .isCloseTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, 60);
  }

  /** Not of zeros: what is there is added to. */
  private static Map<String, INDArray> gradients(
      INDArray weights, INDArray recurrent, INDArray bias) {
    return Map.of(
        RecurrentPass.WEIGHTS, weights.mul(0.5),
        RecurrentPass.RECURRENT, recurrent.mul(0.5),
        RecurrentPass.BIAS, bias.mul(0.5));
  }

  private static void assertClose(INDArray actual, INDArray expected, String what) {
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    float[] values = Floats.read(actual);
    float[] wanted = Floats.read(expected);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i])
          .as(what + ", value " + i)
          .isCloseTo(wanted[i], within(2e-5f * Math.max(1, Math.abs(wanted[i]))));
    }
  }

  @Test
  void tanhIsThatOfJavaToTheLastPlaces() {
    for (float x = -12; x < 12; x += 1e-4f) {
      assertThat(LstmLoops.tanh(x)).isCloseTo((float) Math.tanh(x), within(4e-7f));
    }
    assertThat(LstmLoops.tanh(Float.NaN)).isNaN();
    assertThat(LstmLoops.tanh(Float.POSITIVE_INFINITY)).isCloseTo(1, within(1e-6f));
    assertThat(LstmLoops.tanh(-1e30f)).isCloseTo(-1, within(1e-6f));
  }

  @Test
  void otherFunctionsAndTypesAreLeftToOperations() {
    IActivation hard = Activation.HARDSIGMOID.getActivationFunction();
    assertThat(RecurrentPass.of(hard, TANH, DataType.FLOAT))
        .isInstanceOf(RecurrentOperations.class);
    assertThat(RecurrentPass.of(SIGMOID, hard, DataType.FLOAT))
        .isInstanceOf(RecurrentOperations.class);
    assertThat(RecurrentPass.of(null, TANH, DataType.FLOAT))
        .isInstanceOf(RecurrentOperations.class);
    assertThat(RecurrentPass.of(SIGMOID, TANH, DataType.DOUBLE))
        .isInstanceOf(RecurrentOperations.class);
  }
}
