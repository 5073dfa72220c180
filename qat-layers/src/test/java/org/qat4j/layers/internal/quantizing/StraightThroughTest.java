package org.qat4j.layers.internal.quantizing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.qat4j.calibration.RangeRule;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.Runs;
import org.qat4j.numerics.internal.WeightGrid;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.PreparedModel;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Mode;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.Ste;
import org.qat4j.quantizer.WeightSpec;

/**
 * One step of training under quantization, computed again by hand in double precision from (2),
 * (13) and (14): forward, and backward to every weight and every learned range. Ranges are narrow,
 * so that much is clipped.
 */
class StraightThroughTest {
  private static final int N = 7;
  private static final int[] WIDTHS = {5, 6, 4, 3};
  private static final float DECAY = 0.01f;

  @AfterEach
  void loopsAgain() {
    Floats.operationsOnly = false;
  }

  @ParameterizedTest(name = "{0}, operations of ND4J only: {2}")
  @MethodSource
  void gradientsAreThoseOfTheEstimator(String name, LayerSpec spec, boolean operations) {
    Floats.operationsOnly = operations;
    MultiLayerNetwork network = network();
    QatNetwork qat = Qat.prepare(network, QuantSpec.of(spec));
    INDArray x = gaussians(3, N, WIDTHS[0]);
    qat.setMode(Mode.CALIBRATE);
    qat.output(x);
    qat.setMode(Mode.QAT);
    for (LayerQuantizer q : new PreparedModel(qat.network()).quantizers().values()) {
      for (Slot slot : Slot.values()) {
        if (q.scales().range(slot) != null) {
          q.scales()
              .setRange(slot, q.scales().range(slot)[0] * 0.6f, q.scales().range(slot)[1] * 0.6f);
        }
      }
    }
    INDArray labels = Nd4j.zeros(N, WIDTHS[3]);
    for (int i = 0; i < N; i++) {
      labels.putScalar(i, i % WIDTHS[3], 1);
    }
    MultiLayerNetwork net = qat.multiLayerNetwork();
    net.setInput(x);
    net.setLabels(labels);
    net.computeGradientAndScore();

    Step step = new Step(net, spec, rows(x), rows(labels));
    assertThat(net.score() * N).as("loss").isCloseTo(step.loss, within(1e-4));
    for (int l = 0; l < 3; l++) {
      for (String key : new String[] {"W", "b"}) {
        float[] actual = Floats.read(net.gradient().getGradientFor(l + "_" + key));
        assertClose(l + "_" + key, actual, key.equals("W") ? step.byWeight[l] : step.byBias[l]);
      }
      assertLearned(net, l, "_quantWeights", step.byWeightRange[l]);
      assertLearned(net, l, "_quantActivations", step.byRange[l]);
    }
    assertThat(step.clipped).as("clipped values").isGreaterThan(10);
  }

  private static void assertLearned(MultiLayerNetwork net, int l, String key, double[] expected) {
    INDArray gradient = net.gradient().getGradientFor(l + key);
    if (gradient != null) {
      assertClose(l + key, Floats.read(gradient), expected);
    }
  }

  private static void assertClose(String what, float[] actual, double[] expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i])
          .as("%s[%s]", what, i)
          .isCloseTo(expected[i], within(2e-5 + 1e-4 * Math.abs(expected[i])));
    }
  }

  static Stream<Arguments> gradientsAreThoseOfTheEstimator() {
    WeightSpec w = WeightSpec.of(4);
    ActivationSpec a = ActivationSpec.of(4);
    WeightSpec clipped = w.withRange(new RangeRule.Percentile(70));
    List<Arguments> cases = new ArrayList<>();
    for (boolean operations : new boolean[] {false, true}) {
      cases.add(Arguments.of("clipped", new LayerSpec(clipped, a), operations));
      cases.add(
          Arguments.of(
              "plain",
              new LayerSpec(clipped.withSte(Ste.PLAIN), a.withSte(Ste.PLAIN)),
              operations));
      cases.add(
          Arguments.of(
              "LSQ",
              new LayerSpec(
                  clipped.withLearned(new Learned.Lsq(1)),
                  a.withScheme(Scheme.SYMMETRIC).withLearned(new Learned.Lsq(1))),
              operations));
      cases.add(
          Arguments.of(
              "LSQ per group",
              new LayerSpec(
                  clipped.withGranularity(new Granularity.Group(2)).withLearned(new Learned.Lsq(1)),
                  a),
              operations));
      cases.add(
          Arguments.of(
              "LSQ per tensor, LSQ+",
              new LayerSpec(
                  clipped.withGranularity(new Granularity.Tensor()).withLearned(new Learned.Lsq(1)),
                  a.withLearned(new Learned.LsqPlus(1))),
              operations));
      cases.add(
          Arguments.of(
              "PACT", new LayerSpec(w, a.withLearned(new Learned.Pact(1, DECAY))), operations));
    }
    return cases.stream();
  }

  private static MultiLayerNetwork network() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Sgd(1))
                .list()
                .layer(dense(0, Activation.RELU))
                .layer(dense(1, Activation.TANH))
                .layer(
                    new OutputLayer.Builder()
                        .nIn(WIDTHS[2])
                        .nOut(WIDTHS[3])
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    for (int l = 0; l < 3; l++) {
      network.getLayer(l).getParam("b").assign(gaussians(20 + l, 1, WIDTHS[l + 1]).muli(0.1));
    }
    return network;
  }

  private static DenseLayer dense(int l, Activation f) {
    return new DenseLayer.Builder().nIn(WIDTHS[l]).nOut(WIDTHS[l + 1]).activation(f).build();
  }

  private static INDArray gaussians(long seed, int rows, int columns) {
    Random random = new Random(seed);
    INDArray x = Nd4j.create(rows, columns);
    for (int i = 0; i < x.length(); i++) {
      x.putScalar(i, random.nextGaussian());
    }
    return x;
  }

  private static double[][] rows(INDArray x) {
    return x.toDoubleMatrix();
  }

  /** The step by hand. */
  private static final class Step {
    final LayerSpec spec;
    final double[][] byWeight = new double[3][];
    final double[][] byBias = new double[3][];
    final double[][] byWeightRange = new double[3][];
    final double[][] byRange = new double[3][6];
    double loss;
    int clipped;

    /** A quantized array. */
    private static final class Quantized {
      final QuantParams p;
      final double[][] before;
      final double[][] after;

      Quantized(double[][] x, QuantParams p) {
        this.p = p;
        this.before = x;
        this.after = map(x, v -> p.fakeQuantize((float) v));
      }
    }

    Step(MultiLayerNetwork net, LayerSpec spec, double[][] x, double[][] labels) {
      this.spec = spec;
      LayerQuantizer[] q = new LayerQuantizer[3];
      WeightGrid[] grids = new WeightGrid[3];
      double[][][] w = new double[3][][];
      double[][][] wq = new double[3][][];
      double[][] b = new double[3][];
      for (int l = 0; l < 3; l++) {
        q[l] = ((QatLayer) net.getLayer(l)).quantizer();
        grids[l] = q[l].weights().grid("W", q[l].weights().byChannel("W"));
        w[l] = rows(net.getLayer(l).getParam("W"));
        b[l] = net.getLayer(l).getParam("b").toDoubleVector();
        wq[l] = new double[w[l].length][w[l][0].length];
        for (int i = 0; i < w[l].length; i++) {
          for (int o = 0; o < w[l][0].length; o++) {
            int group = grids[l].groups(w[l].length).of(o * w[l].length + i);
            wq[l][i][o] = grids[l].group(group).fakeQuantize((float) w[l][i][o]);
          }
        }
      }
      Quantized in = new Quantized(x, q[0].scales().of(Slot.INPUT));
      double[][] z0 = product(in.after, wq[0], b[0]);
      Quantized h0 = new Quantized(map(z0, v -> Math.max(0, v)), q[0].scales().of(Slot.OUTPUT));
      Quantized z1 = new Quantized(product(h0.after, wq[1], b[1]), q[1].scales().of(Slot.PRE));
      Quantized h1 = new Quantized(map(z1.after, Math::tanh), q[1].scales().of(Slot.OUTPUT));
      double[][] logits = product(h1.after, wq[2], b[2]);

      double[][] delta = softmaxDelta(logits, labels);
      delta = backward(2, delta, h1.after, w[2], wq[2], grids[2]);
      delta = backward(delta, h1, 1, Slot.OUTPUT);
      for (int n = 0; n < N; n++) {
        for (int o = 0; o < WIDTHS[2]; o++) {
          double t = Math.tanh(z1.after[n][o]);
          delta[n][o] *= 1 - t * t;
        }
      }
      delta = backward(delta, z1, -1, Slot.PRE);
      delta = backward(1, delta, h0.after, w[1], wq[1], grids[1]);
      delta = backward(delta, h0, 0, Slot.OUTPUT);
      for (int n = 0; n < N; n++) {
        for (int o = 0; o < WIDTHS[1]; o++) {
          delta[n][o] *= z0[n][o] > 0 ? 1 : 0;
        }
      }
      delta = backward(0, delta, in.after, w[0], wq[0], grids[0]);
      backward(delta, in, 0, Slot.INPUT);
    }

    private static double[][] map(double[][] x, DoubleUnaryOperator f) {
      double[][] y = new double[x.length][x[0].length];
      for (int i = 0; i < x.length; i++) {
        for (int j = 0; j < x[0].length; j++) {
          y[i][j] = f.applyAsDouble(x[i][j]);
        }
      }
      return y;
    }

    private static double[][] product(double[][] x, double[][] w, double[] b) {
      double[][] z = new double[x.length][b.length];
      for (int n = 0; n < x.length; n++) {
        for (int o = 0; o < b.length; o++) {
          z[n][o] = b[o];
          for (int i = 0; i < w.length; i++) {
            z[n][o] += x[n][i] * w[i][o];
          }
        }
      }
      return z;
    }

    private double[][] softmaxDelta(double[][] logits, double[][] labels) {
      double[][] delta = new double[N][WIDTHS[3]];
      for (int n = 0; n < N; n++) {
        double sum = 0;
        for (double v : logits[n]) {
          sum += Math.exp(v);
        }
        for (int o = 0; o < WIDTHS[3]; o++) {
          double p = Math.exp(logits[n][o]) / sum;
          delta[n][o] = p - labels[n][o];
          loss -= labels[n][o] * Math.log(p);
        }
      }
      return delta;
    }

    /** Through a product: gradients of its parameters, and what goes on to its input. */
    private double[][] backward(
        int l, double[][] delta, double[][] x, double[][] w, double[][] wq, WeightGrid grid) {
      int in = w.length;
      int out = w[0].length;
      byWeight[l] = new double[in * out];
      byBias[l] = new double[out];
      boolean tensor = spec.weights().granularity() instanceof Granularity.Tensor;
      Runs groups = grid.groups(in);
      byWeightRange[l] = new double[tensor ? 1 : groups.count(in * out)];
      double[][] next = new double[N][in];
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
          int group = groups.of(o * in + i);
          QuantParams p = grid.group(group);
          double byCopy = 0;
          for (int n = 0; n < N; n++) {
            byCopy += delta[n][o] * x[n][i];
            next[n][i] += delta[n][o] * wq[i][o];
          }
          float r = (float) w[i][o] / p.scale();
          boolean outside = Math.rint(r) < p.qmin() || Math.rint(r) > p.qmax();
          clipped += outside ? 1 : 0;
          byWeight[l][i * out + o] = outside && spec.weights().ste() != Ste.PLAIN ? 0 : byCopy;
          double code = wq[i][o] / p.scale();
          int sharing = tensor ? in * out : groups.to(group) - groups.from(group);
          double g = 1 / Math.sqrt(sharing * (double) p.qmax());
          if (!(spec.weights().learned() instanceof Learned.None)) {
            byWeightRange[l][tensor ? 0 : group] +=
                byCopy * p.scale() * g * (outside ? code : code - r);
          }
        }
        for (int n = 0; n < N; n++) {
          byBias[l][o] += delta[n][o];
        }
      }
      return next;
    }

    /** Through the quantizer of activations of layer l; -1 where its range is not learned. */
    private double[][] backward(double[][] delta, Quantized x, int l, Slot slot) {
      QuantParams p = x.p;
      double[][] next = new double[delta.length][delta[0].length];
      double byLog = 0;
      double byZero = 0;
      boolean pact = spec.activations().learned() instanceof Learned.Pact;
      for (int n = 0; n < N; n++) {
        for (int j = 0; j < delta[0].length; j++) {
          float r = (float) x.before[n][j] / p.scale();
          double steps = Math.rint(r);
          boolean outside = steps < p.qmin() - p.zeroPoint() || steps > p.qmax() - p.zeroPoint();
          clipped += outside ? 1 : 0;
          next[n][j] = outside && spec.activations().ste() != Ste.PLAIN ? 0 : delta[n][j];
          double code = x.after[n][j] / p.scale();
          byLog += delta[n][j] * p.scale() * (outside ? code : pact ? 0 : code - r);
          byZero -= outside ? delta[n][j] * p.scale() : 0;
        }
      }
      double g = 1 / Math.sqrt(delta[0].length * (double) (p.qmax() - p.zeroPoint()));
      if (l >= 0) {
        int at = 2 * slot.place();
        double alpha = Math.max(-p.minValue(), p.maxValue());
        byRange[l][at] = pact ? byLog + DECAY * alpha * alpha * N : byLog * g;
        byRange[l][at + 1] =
            spec.activations().learned() instanceof Learned.LsqPlus
                ? byZero * g * (p.qmax() - p.qmin())
                : 0;
      }
      return next;
    }
  }
}
