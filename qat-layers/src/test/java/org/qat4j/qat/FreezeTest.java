package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.calibration.RangeRule;
import org.qat4j.graph.Match;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.numerics.QuantParams;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.Ste;
import org.qat4j.quantizer.WeightSpec;
import org.qat4j.runtime.Trace;
import org.qat4j.runtime.reference.ReferenceRuntime;

/** What a network answers in evaluation is what its frozen model answers, code for code. */
class FreezeTest {

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource
  void evaluationGivesTheCodesOfTheModel(Example example, String name, LayerSpec spec) {
    Schedule schedule = Schedule.of(1, 2);
    QuantSpec quant = QuantSpec.of(spec).withSchedule(schedule);
    if (spec.weights().scheme() == Scheme.ASYMMETRIC && example != Example.SEQUENCES) {
      quant =
          quant.with(
              new Match.NamePattern("embedding|sum|mean|token"),
              s -> s.withWeights(WeightSpec.of(s.weights().bits())));
    }
    QatNetwork qat = example.prepare(quant);
    Example.fit(qat, example.data(2, 6));

    INDArray[] features = example.features(new Random(3), 40, DataType.FLOAT);
    IntegerModel model = qat.freeze(FreezeInfo.named(name), features);
    Map<String, INDArray> activations = qat.activations(features);
    ReferenceRuntime runtime = new ReferenceRuntime(model);
    int compared = 0;
    for (int i = 0; i < 40; i++) {
      Trace trace = runtime.trace(SampleArrays.of(model, i, features));
      for (Op op : model.ops()) {
        if (trace.codeNames().contains(op.name()) && activations.containsKey(op.name())) {
          QuantParams p = model.value(op.name()).params();
          float[] there = rowOf(activations.get(op.name()), i);
          int[] codes = trace.codes(op.name());
          for (int j = 0; j < codes.length; j++) {
            // The layer that reads a merge rounds what meets there.
            float value = op instanceof Op.Concat ? p.fakeQuantize(there[j]) : there[j];
            assertThat(value).as("%s of example %s", op, i).isEqualTo(p.dequantize(codes[j]));
            compared++;
          }
        }
      }
    }
    assertThat(compared).isGreaterThan(40 * 50);
    assertThat(model.ops().stream().map(Op::name)).containsAll(qat.ranges().keySet());
  }

  @Test
  void theModelBearsTheMetadata() {
    QatNetwork qat = Example.TOKENS.prepare(QuantSpec.int8());
    Example.fit(qat, Example.TOKENS.data(2, 6));
    Map<String, String> metadata = Map.of("seed", "42", "experiment", "small");
    FreezeInfo info = new FreezeInfo("m", List.of(), List.of(), metadata);
    INDArray[] features = Example.TOKENS.features(new Random(3), 4, DataType.FLOAT);
    assertThat(qat.freeze(info, features).metadata()).isEqualTo(metadata);
    assertThat(qat.freeze(FreezeInfo.named("m"), features).metadata()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Example.class)
  void theCodesOfWeightsAreThoseOfTheModel(Example example) {
    QatNetwork qat = example.prepare(QuantSpec.int8());
    Example.fit(qat, example.data(2, 6));
    INDArray[] features = example.features(new Random(3), 4, DataType.FLOAT);
    IntegerModel model = qat.freeze(FreezeInfo.named("m"), features);

    Map<String, byte[]> codes = qat.weightCodes();
    int compared = 0;
    for (Op op : model.ops()) {
      if (codes.containsKey(op.name()) && op.tensors().size() == 1) {
        assertThat(op.tensors().get(0).codes()).as(op.name()).isEqualTo(codes.get(op.name()));
        compared++;
      }
    }
    assertThat(compared).isPositive();
    assertThat(qat.weightCodes()).as("asked again").containsExactlyEntriesOf(codes);
  }

  private static float[] rowOf(INDArray values, int i) {
    INDArray row = values.dup('c').slice(i); // of some views ND4J gives empty slices
    return Floats.read(row.rank() == 2 ? row.transpose() : row);
  }

  static Stream<Arguments> evaluationGivesTheCodesOfTheModel() {
    WeightSpec w = WeightSpec.of(8);
    ActivationSpec a = ActivationSpec.of(8);
    List<Map.Entry<String, LayerSpec>> specs = new ArrayList<>();
    specs.add(Map.entry("W8A8", LayerSpec.int8()));
    specs.add(Map.entry("W2A4", LayerSpec.of(2, 4)));
    specs.add(
        Map.entry(
            "asymmetric, po2",
            new LayerSpec(
                w.withGranularity(new Granularity.Tensor())
                    .withScheme(Scheme.ASYMMETRIC)
                    .withPowerOfTwo(true),
                a.withScheme(Scheme.SYMMETRIC).withPowerOfTwo(true))));
    specs.add(
        Map.entry(
            "asymmetric MSE, KL",
            new LayerSpec(
                w.withBits(4)
                    .withGranularity(new Granularity.Tensor())
                    .withScheme(Scheme.ASYMMETRIC)
                    .withRange(new RangeRule.Mse()),
                a.withRange(new RangeRule.Kl()))));
    specs.add(
        Map.entry(
            "full range, percentile, stochastic",
            new LayerSpec(
                w.withFullRange(true)
                    .withRange(new RangeRule.Percentile(99))
                    .withSte(Ste.STOCHASTIC),
                a.withRange(new RangeRule.Percentile(99.9)).withSte(Ste.STOCHASTIC))));
    specs.add(
        Map.entry(
            "LSQ, LSQ+",
            new LayerSpec(
                w.withBits(2).withRange(new RangeRule.Mse()).withLearned(new Learned.Lsq(1)),
                a.withBits(4).withLearned(new Learned.LsqPlus(1)))));
    specs.add(
        Map.entry(
            "po2 MSE, PACT",
            new LayerSpec(
                w.withBits(3)
                    .withGranularity(new Granularity.Tensor())
                    .withPowerOfTwo(true)
                    .withRange(new RangeRule.Mse()),
                a.withBits(4).withSte(Ste.PLAIN).withLearned(new Learned.Pact(1, 0.01f)))));
    return specs.stream()
        .flatMap(
            s -> Stream.of(Example.values()).map(e -> Arguments.of(e, s.getKey(), s.getValue())));
  }
}
