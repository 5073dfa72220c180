package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.qat4j.QatException;
import org.qat4j.calibration.Adjustment;
import org.qat4j.calibration.RangeRule;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.model.IntegerModel;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.Ste;
import org.qat4j.quantizer.WeightSpec;
import org.qat4j.runtime.IntegerRuntime;

/**
 * Every combination of a scheme's parts is either refused with a reason, or it trains, freezes and
 * is the same in both engines.
 */
class SchemesTest {
  private static final List<RangeRule> RULES =
      List.of(
          new RangeRule.MinMax(),
          new RangeRule.MovingAverage(0.1f),
          new RangeRule.Percentile(99.5f),
          new RangeRule.Mse(),
          new RangeRule.Kl());
  private static final List<Learned> LEARNED =
      List.of(
          new Learned.None(),
          new Learned.Lsq(1),
          new Learned.LsqPlus(1),
          new Learned.Pact(1, 0.01f));
  private static final List<Granularity> GRANULARITIES =
      List.of(new Granularity.Tensor(), new Granularity.Channel(), new Granularity.Group(4));

  /** Parts of the quantizer of weights, which may not go together. */
  record Weights(
      int bits,
      Scheme scheme,
      Granularity granularity,
      boolean powerOfTwo,
      boolean fullRange,
      RangeRule range,
      Learned learned,
      Ste ste) {
    WeightSpec spec() {
      return new WeightSpec(
          bits, scheme, granularity, powerOfTwo, fullRange, range, Adjustment.NONE, learned, ste);
    }

    boolean fit() {
      boolean learns = !(learned instanceof Learned.None);
      int largest = fullRange ? 1 << (bits - 1) : (1 << (bits - 1)) - 1;
      return (scheme == Scheme.SYMMETRIC || granularity instanceof Granularity.Tensor)
          && (!(granularity instanceof Granularity.Group) || 2 * largest <= Byte.MAX_VALUE)
          && !(range instanceof RangeRule.MovingAverage)
          && (!learns
              || (learned instanceof Learned.Lsq && scheme == Scheme.SYMMETRIC && !powerOfTwo));
    }
  }

  /** Parts of the quantizer of activations, which may not go together. */
  record Activations(
      int bits, Scheme scheme, boolean powerOfTwo, RangeRule range, Learned learned, Ste ste) {
    ActivationSpec spec() {
      return new ActivationSpec(bits, scheme, powerOfTwo, range, Adjustment.NONE, learned, ste);
    }

    boolean fit() {
      boolean learns = !(learned instanceof Learned.None);
      return !(learns && powerOfTwo)
          && !(learned instanceof Learned.LsqPlus && scheme == Scheme.SYMMETRIC);
    }
  }

  @Provide
  Arbitrary<Weights> weights() {
    Arbitrary<Boolean> yesOrNo = Arbitraries.of(false, true);
    return Combinators.combine(
            Arbitraries.integers().between(2, 8),
            Arbitraries.of(Scheme.values()),
            Arbitraries.of(GRANULARITIES),
            yesOrNo,
            yesOrNo,
            Arbitraries.of(RULES),
            Arbitraries.of(LEARNED),
            Arbitraries.of(Ste.values()))
        .as(Weights::new);
  }

  @Provide
  Arbitrary<Activations> activations() {
    return Combinators.combine(
            Arbitraries.integers().between(2, 8),
            Arbitraries.of(Scheme.values()),
            Arbitraries.of(false, true),
            Arbitraries.of(RULES),
            Arbitraries.of(LEARNED),
            Arbitraries.of(Ste.values()))
        .as(Activations::new);
  }

  @Provide
  Arbitrary<Weights> fittingWeights() {
    return weights().filter(Weights::fit);
  }

  @Provide
  Arbitrary<Activations> fittingActivations() {
    return activations().filter(Activations::fit);
  }

  @Property(seed = "1")
  void whatDoesNotGoTogetherIsRefusedWithAReason(
      @ForAll("weights") Weights w, @ForAll("activations") Activations a) {
    check(w.fit(), w::spec);
    check(a.fit(), a::spec);
  }

  private static void check(boolean fit, Runnable make) {
    if (fit) {
      make.run();
    } else {
      assertThatThrownBy(make::run)
          .isInstanceOf(QatException.class)
          .message()
          .hasSizeGreaterThan(30)
          .matches(".*(use|for activations|needs|make).*");
    }
  }

  @Property(tries = 60, seed = "1")
  void whatGoesTogetherTrainsAndIsTheSameInBothEngines(
      @ForAll("fittingWeights") Weights w,
      @ForAll("fittingActivations") Activations a,
      @ForAll Example example) {
    LayerSpec spec = new LayerSpec(w.spec(), a.spec());
    Model network = example.network();
    if (w.scheme() == Scheme.ASYMMETRIC && example != Example.SEQUENCES) {
      assertThatThrownBy(() -> Qat.prepare(network, QuantSpec.of(spec)))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("an embedding table is symmetric");
      return;
    }
    if (w.granularity() instanceof Granularity.Group && example == Example.SEQUENCES) {
      assertThatThrownBy(() -> Qat.prepare(network, QuantSpec.of(spec)))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("flattened")
          .hasMessageContaining("\"channel\"");
      return;
    }
    QatNetwork qat = Qat.prepare(network, QuantSpec.of(spec));
    qat.calibrate(example.data(1, 2), 2);
    Example.fit(qat, example.data(2, 3));

    IntegerModel model = qat.freeze();

    INDArray[] features = example.features(new Random(3), 5, DataType.FLOAT);
    INDArray expected = qat.output(features);
    IntegerRuntime runtime = new IntegerRuntime(model);
    for (int i = 0; i < 5; i++) {
      float[] there = Floats.read(expected.get(NDArrayIndex.interval(i, i + 1)));
      float[] here = runtime.run(SampleArrays.of(model, i, features));
      for (int c = 0; c < here.length; c++) {
        assertThat(Math.abs(here[c] - there[c])).isLessThan(1e-5f);
      }
    }
  }
}
