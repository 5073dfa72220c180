package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.qat.internal.PreparedModel;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.WeightSpec;

class ScheduleTest {

  /** Bit for bit: nothing of the quantizers is in the way. */
  @ParameterizedTest
  @EnumSource
  void beforeFakeQuantizationStartsTrainingIsThatOfTheFloatNetwork(Example example) {
    Model plain = example.network();
    QatNetwork qat =
        Qat.prepare(example.network(), QuantSpec.int8().withSchedule(Schedule.of(4, 4)));
    // One network drops out in front of a layer, the other in it: without, both are alike.
    for (Model network : List.of(plain, qat.network())) {
      for (Topology.Node node : Topology.of(network).nodes()) {
        if (node.layer() != null) {
          node.layer().setIDropout(null);
        }
      }
      Example.fit(network, example.data(2, 4));
    }
    Map<String, INDArray> trained = Example.params(qat.network());
    Example.params(plain).forEach((k, p) -> assertThat(trained.get(k)).as(k).isEqualTo(p));

    Example.fit(plain, example.data(3, 1));
    Example.fit(qat, example.data(3, 1));
    assertThat(Example.params(plain).entrySet())
        .anyMatch(e -> !trained.get(e.getKey()).equals(e.getValue()));
  }

  @Test
  void observersStopWhenTheyShall() {
    QatNetwork qat = Example.TOKENS.prepare(QuantSpec.int8().withSchedule(Schedule.of(0, 2)));
    float[] calibrated = ranges(qat);
    Example.fit(qat, Example.TOKENS.data(2, 1));
    float[] first = ranges(qat);
    assertThat(first).isNotEqualTo(calibrated);
    Example.fit(qat, Example.TOKENS.data(3, 1));
    float[] second = ranges(qat);
    assertThat(second).isNotEqualTo(first);
    Example.fit(qat, Example.TOKENS.data(4, 3));
    assertThat(ranges(qat)).isEqualTo(second);
  }

  private static float[] ranges(QatNetwork qat) {
    List<float[]> all =
        new PreparedModel(qat.network())
            .quantizers().values().stream()
                .flatMap(q -> List.of(Slot.values()).stream().map(q.scales()::range))
                .filter(r -> r != null)
                .toList();
    float[] flat = new float[2 * all.size()];
    for (int i = 0; i < all.size(); i++) {
      System.arraycopy(all.get(i), 0, flat, 2 * i, 2);
    }
    return flat;
  }

  @Test
  void withoutCalibrationOrObserversTrainingIsRefused() {
    QuantSpec fixed = QuantSpec.int8().withSchedule(Schedule.immediately());
    QatNetwork qat = Qat.prepare(Example.TOKENS.network(), fixed);
    assertThatThrownBy(() -> Example.fit(qat, Example.TOKENS.data(1, 1)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"conv1\"")
        .hasMessageContaining("calibrate");
    assertThatThrownBy(() -> qat.output(Example.TOKENS.features(new Random(1), 2, DataType.FLOAT)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("has no range yet");
  }

  @Test
  void learnedRangesMoveFromTheirStep() {
    LayerSpec spec =
        new LayerSpec(
            WeightSpec.of(4).withLearned(new Learned.Lsq(1)),
            ActivationSpec.of(4).withLearned(new Learned.Lsq(1)));
    QatNetwork qat =
        Example.TOKENS.prepare(
            QuantSpec.of(spec).withSchedule(Schedule.of(0, 1).withLearnScalesFrom(3)));
    Example.fit(qat, Example.TOKENS.data(2, 3));
    INDArray weights = Example.params(qat.network()).get("1_quantWeights").dup();
    var before = qat.ranges().get("conv1").output();
    Example.fit(qat, Example.TOKENS.data(3, 3));
    INDArray after = Example.params(qat.network()).get("1_quantWeights");
    // Each step of Adam moves the logarithm by at most about the learning rate.
    INDArray moved = after.sub(weights);
    assertThat(moved.amaxNumber().doubleValue()).isBetween(0.01, 0.07);
    assertThat(qat.ranges().get("conv1").output()).isNotEqualTo(before);
    assertThat(qat.ranges().get("conv1").output().scale()).isPositive();
  }

  @Test
  void bitsAreReducedStepByStep() {
    Schedule schedule =
        Schedule.of(0, 0)
            .withWider(List.of(new Schedule.Wider(2, 8, 8), new Schedule.Wider(4, 4, 6)));
    QatNetwork qat =
        Example.TOKENS.prepare(QuantSpec.of(LayerSpec.of(2, 4)).withSchedule(schedule));
    var conv = new PreparedModel(qat.network()).quantizers().get("conv1");
    int[] activationBits = new int[6];
    for (int step = 0; step < 6; step++) {
      Example.fit(qat, Example.TOKENS.data(step, 1));
      activationBits[step] = Integer.numberOfTrailingZeros(-conv.scales().output().qmin()) + 1;
      if (step < 3) {
        assertThatThrownBy(() -> freeze(qat))
            .isInstanceOf(QatException.class)
            .hasMessageContaining("bits would still be reduced");
      }
    }
    assertThat(activationBits).containsExactly(8, 8, 6, 6, 4, 4);
    Op.Conv1d frozen =
        (Op.Conv1d)
            freeze(qat).ops().stream()
                .filter(o -> o.name().equals("conv1"))
                .findFirst()
                .orElseThrow();
    assertThat(frozen.weights().bits()).isEqualTo(2);
  }

  @Test
  void aModelIsNotFrozenWhileObserversMove() {
    QatNetwork qat = Example.TOKENS.prepare(QuantSpec.int8().withSchedule(Schedule.of(0, 5)));
    assertThat(freeze(qat).ops()).as("after calibration alone").isNotEmpty();
    Example.fit(qat, Example.TOKENS.data(1, 3));
    assertThatThrownBy(() -> freeze(qat))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("freezeObserversAfter is 5")
        .hasMessageContaining("3 steps")
        .hasMessageContaining("still move");
    Example.fit(qat, Example.TOKENS.data(1, 3));
    assertThat(freeze(qat).ops()).isNotEmpty();
  }

  private static IntegerModel freeze(QatNetwork qat) {
    return qat.freeze(
        FreezeInfo.named("m"), Example.TOKENS.features(new Random(1), 2, DataType.FLOAT));
  }

  @Test
  void twoTrainingsGiveTheSameBits() {
    float[][] params = new float[2][];
    for (int i = 0; i < 2; i++) {
      QatNetwork qat = Example.GRAPH.prepare(QuantSpec.of(LayerSpec.of(4, 4)));
      Nd4j.getRandom().setSeed(3);
      Example.fit(qat, Example.GRAPH.data(2, 5));
      params[i] = qat.network().params().toFloatVector();
    }
    assertThat(params[0]).isEqualTo(params[1]);
  }

  @Test
  void impossibleOrdersAreRefused() {
    refused("no gradient until fake quantization", () -> Schedule.of(5, 0).withLearnScalesFrom(4));
    refused("would overwrite", () -> Schedule.of(0, 9).withLearnScalesFrom(4));
    refused("is not QAT", () -> Schedule.of(Schedule.NEVER, 0));
    refused("number of steps", () -> Schedule.of(-1, 0));
    refused(
        "step by step",
        () ->
            Schedule.immediately()
                .withWider(List.of(new Schedule.Wider(4, 4, 8), new Schedule.Wider(6, 8, 8))));
    refused(
        "before fake quantization starts",
        () -> Schedule.of(10, 0).withWider(List.of(new Schedule.Wider(5, 4, 8))));
    refused("still move", () -> Schedule.of(0, Schedule.NEVER).checkEndsWithin(100));
    refused("under quantization", () -> Schedule.of(100, 0).checkEndsWithin(100));
    LayerSpec learned =
        LayerSpec.int8().withWeights(WeightSpec.of(4).withLearned(new Learned.Lsq(1)));
    refused(
        "never starts to learn",
        () ->
            Qat.prepare(
                Example.TOKENS.network(),
                QuantSpec.of(learned).withSchedule(Schedule.of(0, Schedule.NEVER))));
    refused(
        "has no batch normalization",
        () ->
            Qat.prepare(
                Example.TOKENS.network(),
                QuantSpec.int8().withSchedule(Schedule.immediately().withFreezeBatchNormAfter(3))));
  }

  private static void refused(
      String reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable attempt) {
    assertThatThrownBy(attempt).isInstanceOf(QatException.class).hasMessageContaining(reason);
  }
}
