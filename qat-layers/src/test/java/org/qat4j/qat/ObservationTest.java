package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.calibration.RangeRule;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.qat.internal.PreparedModel;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Schedule;

/** What the observers of a network see. */
class ObservationTest {
  private static final int STEPS = 10;

  private static final RangeRule MIN_MAX = new RangeRule.MinMax();
  private static final RangeRule MOVING_AVERAGE = new RangeRule.MovingAverage(0.3f);

  static Stream<RangeRule> rules() {
    return Stream.of(
        MIN_MAX,
        MOVING_AVERAGE,
        new RangeRule.Percentile(99),
        new RangeRule.Mse(),
        new RangeRule.Kl());
  }

  private static QatNetwork prepare(RangeRule rule) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(5)
                .list()
                .layer(conv("first", 2, 4))
                .layer(conv("second", 4, 3))
                .layer(new GlobalPoolingLayer.Builder(PoolingType.AVG).name("mean").build())
                .layer(
                    new OutputLayer.Builder()
                        .name("out")
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    LayerSpec spec = LayerSpec.int8();
    return Qat.prepare(
        network,
        QuantSpec.of(spec.withActivations(spec.activations().withRange(rule)))
            .withSchedule(Schedule.of(0, 100)));
  }

  private static Convolution1DLayer conv(String name, int in, int out) {
    return new Convolution1DLayer.Builder(1)
        .name(name)
        .nIn(in)
        .nOut(out)
        .activation(Activation.RELU)
        .build();
  }

  /** Values of {@code padding} beyond the length of each example, marked by the mask. */
  private static DataSet batch(long seed, float padding) {
    Random random = new Random(seed);
    INDArray x = Nd4j.create(6, 2, STEPS);
    INDArray mask = Nd4j.ones(6, STEPS);
    INDArray y = Nd4j.zeros(6, 2);
    for (int n = 0; n < 6; n++) {
      int length = 1 + random.nextInt(STEPS);
      y.putScalar(n, n % 2, 1);
      for (int t = 0; t < STEPS; t++) {
        for (int c = 0; c < 2; c++) {
          float value = (float) random.nextGaussian();
          x.putScalar(new int[] {n, c, t}, t < length ? value : padding);
        }
        mask.putScalar(n, t, t < length ? 1 : 0);
      }
    }
    return new DataSet(x, y, mask, null);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void paddedStepsAreSkipped(RangeRule rule) {
    QatNetwork clean = prepare(rule);
    QatNetwork padded = prepare(rule);
    clean.calibrate(new ListDataSetIterator<>(List.of(batch(1, 0), batch(2, 0)), 1), 2);
    padded.calibrate(new ListDataSetIterator<>(List.of(batch(1, 1e4f), batch(2, -1e4f)), 1), 2);
    assertSameRanges(clean, padded);
    for (int i = 3; i < 6; i++) {
      clean.multiLayerNetwork().fit(batch(i, 0));
      padded.multiLayerNetwork().fit(batch(i, 1e4f));
    }
    assertThat(
            new PreparedModel(padded.network())
                .quantizers()
                .get("first")
                .scales()
                .range(Slot.INPUT))
        .isEqualTo(
            new PreparedModel(clean.network())
                .quantizers()
                .get("first")
                .scales()
                .range(Slot.INPUT));
    assertThat(
            new PreparedModel(padded.network())
                .quantizers()
                .get("first")
                .scales()
                .range(Slot.OUTPUT)[1])
        .isLessThan(100f);
    assertThat(
            new PreparedModel(padded.network())
                .quantizers()
                .get("second")
                .scales()
                .range(Slot.OUTPUT)[1])
        .isLessThan(100f);
  }

  private static void assertSameRanges(QatNetwork a, QatNetwork b) {
    new PreparedModel(a.network())
        .quantizers()
        .forEach(
            (name, q) -> {
              for (Slot slot : Slot.values()) {
                assertThat(
                        new PreparedModel(b.network()).quantizers().get(name).scales().range(slot))
                    .as("%s of %s", slot, name)
                    .isEqualTo(q.scales().range(slot));
              }
            });
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aValueThatIsNotFiniteNamesLayerAndBatch(RangeRule rule) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      DataSet broken = batch(2, 0);
      broken.getFeatures().putScalar(new int[] {3, 1, 0}, bad);
      QatNetwork qat = prepare(rule);
      assertThatThrownBy(
              () ->
                  qat.calibrate(
                      new ListDataSetIterator<>(List.of(batch(1, 0), broken, batch(3, 0)), 1), 3))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("\"first\"")
          .hasMessageContaining("batch 2")
          .hasMessageContaining("finite");
      qat.calibrate(new ListDataSetIterator<>(List.of(batch(1, 0)), 1), 3);
      assertThatThrownBy(() -> qat.multiLayerNetwork().fit(broken))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("\"first\"")
          .hasMessageContaining("batch 2");
    }
  }

  @Test
  void minMaxAndMovingAverageCombineBatchesAsTheySay() {
    for (RangeRule rule : List.of(MIN_MAX, MOVING_AVERAGE)) {
      QatNetwork qat = prepare(rule);
      float lo = 0;
      float hi = 0;
      for (int i = 1; i <= 3; i++) {
        INDArray x = batch(i, 0).getFeatures();
        float min = x.minNumber().floatValue();
        float max = x.maxNumber().floatValue();
        if (i == 1) {
          lo = min;
          hi = max;
        } else if (rule == MIN_MAX) {
          lo = Math.min(lo, min);
          hi = Math.max(hi, max);
        } else {
          lo += 0.3f * (min - lo);
          hi += 0.3f * (max - hi);
        }
      }
      List<DataSet> batches =
          List.of(withoutMask(batch(1, 0)), withoutMask(batch(2, 0)), withoutMask(batch(3, 0)));
      qat.calibrate(new ListDataSetIterator<>(batches, 1), 3);
      assertThat(
              new PreparedModel(qat.network()).quantizers().get("first").scales().range(Slot.INPUT))
          .containsExactly(lo, hi);
    }
  }

  private static DataSet withoutMask(DataSet set) {
    return new DataSet(set.getFeatures(), set.getLabels());
  }

  @Test
  void aSecondCalibrationForgetsTheFirst() {
    QatNetwork once = prepare(MIN_MAX);
    QatNetwork twice = prepare(MIN_MAX);
    twice.calibrate(new ListDataSetIterator<>(List.of(batch(7, 0), batch(8, 0)), 1), 2);
    once.calibrate(new ListDataSetIterator<>(List.of(batch(1, 0)), 1), 2);
    twice.calibrate(new ListDataSetIterator<>(List.of(batch(1, 0)), 1), 2);
    assertSameRanges(once, twice);
  }

  @Test
  void calibrationNeedsABatch() {
    QatNetwork qat = prepare(MIN_MAX);
    assertThatThrownBy(() -> qat.calibrate(new ListDataSetIterator<>(List.of(), 1), 3))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("at least one batch");
    assertThatThrownBy(qat::freeze)
        .isInstanceOf(QatException.class)
        .hasMessageContaining("calibrate");
  }

  /** Masked steps do not count in a mean, neither in training nor in evaluation on codes. */
  @Test
  void theMeanOverTimeLeavesPaddingOut() {
    QatNetwork qat = prepare(MIN_MAX);
    qat.calibrate(new ListDataSetIterator<>(List.of(batch(1, 0), batch(2, 0)), 1), 2);
    DataSet a = batch(9, 0);
    DataSet b = batch(9, 0.7f);
    MultiLayerNetwork net = qat.multiLayerNetwork();
    INDArray first = net.output(a.getFeatures(), false, a.getFeaturesMaskArray(), null);
    INDArray second = net.output(b.getFeatures(), false, b.getFeaturesMaskArray(), null);
    assertThat(second).isEqualTo(first);
    assertThat(net.output(a.getFeatures())).isNotEqualTo(first);
  }
}
