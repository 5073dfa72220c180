package org.qat4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.calibration.Adjustment;
import org.qat4j.calibration.RangeRule;
import org.qat4j.graph.LayerInfo;
import org.qat4j.graph.Match;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.Ste;
import org.qat4j.quantizer.WeightSpec;

class OverridesTest {
  private static final String SMALL =
      """
      schemaVersion: 1
      name: small
      data: {kind: langid}
      model: {kind: seed-cnn}
      quantize:
        weights: {bits: 6}
        overrides:
      """;

  @TempDir Path folder;
  private final List<LayerInfo> layers =
      List.of(
          new LayerInfo("conv1", "Convolution1DLayer", true, false),
          new LayerInfo("conv2", "Convolution1DLayer", false, false),
          new LayerInfo("output", "OutputLayer", false, true));

  private ResolvedExperiment resolve(String overrides) throws IOException {
    Path file = Files.writeString(folder.resolve("x.yaml"), SMALL + overrides.indent(4));
    return ExperimentReader.resolve(file, List.of());
  }

  @Test
  void theLaterWinsKeyByKey() throws IOException {
    ResolvedExperiment resolved =
        resolve(
            """
            - {type: Convolution1DLayer, weights: {bits: 4}, activations: {bits: 5}}
            - {pattern: conv.*, weights: {granularity: tensor}}
            - {layer: conv2, activations: {bits: 7, scheme: symmetric}}
            """);
    resolved.checkLayers(layers);

    QuantSpec spec = resolved.experiment().quantize().toQuantSpec(1000);

    LayerSpec base = LayerSpec.of(6, 8);
    LayerSpec first =
        new LayerSpec(
            WeightSpec.of(4).withGranularity(new Granularity.Tensor()), ActivationSpec.of(5));
    assertThat(spec.defaults()).isEqualTo(base);
    assertThat(apply(spec, 0, 1)).isEqualTo(first);
    assertThat(apply(spec, 0, 1, 2))
        .isEqualTo(first.withActivations(ActivationSpec.of(7).withScheme(Scheme.SYMMETRIC)));
    assertThat(spec.schedule()).isEqualTo(Schedule.of(0, 500));
  }

  private static LayerSpec apply(QuantSpec spec, int... rules) {
    LayerSpec layer = spec.defaults();
    for (int rule : rules) {
      layer = spec.overrides().get(rule).change().apply(layer);
    }
    return layer;
  }

  @Test
  void refusesWhatMatchesNoLayer() throws IOException {
    ResolvedExperiment resolved =
        resolve(
            """
            - layer: cnov1
            - pattern: conv
            - type: DenseLayer
            - type: OutputLayer
            - place: last
            """);

    assertThatThrownBy(() -> resolved.checkLayers(layers))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContainingAll(
            "x.yaml:8:14: quantize.overrides[0].layer is \"cnov1\", which no layer matches;"
                + " expected conv1, conv2 or output; did you mean conv1?\n",
            "x.yaml:9:16: quantize.overrides[1].pattern is \"conv\", which no layer matches;"
                + " expected conv1, conv2 or output; did you mean conv1?\n",
            "x.yaml:10:13: quantize.overrides[2].type is \"DenseLayer\", which no layer matches;"
                + " expected Convolution1DLayer or OutputLayer\n")
        .hasMessageNotContainingAny("overrides[3]", "overrides[4]");
  }

  @Test
  void refusesChangesThatDoNotGoTogether() throws IOException {
    ResolvedExperiment resolved =
        resolve(
            """
            - {pattern: conv.*, weights: {granularity: tensor}}
            - {place: first, weights: {scheme: asymmetric}}
            - {place: last, weights: {scheme: asymmetric}}
            """);

    assertThatThrownBy(() -> resolved.checkLayers(layers))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining(
            "x.yaml:10:7: quantize.overrides[2] cannot change the layer output: asymmetric weights"
                + " need the granularity \"tensor\"")
        .hasMessageNotContaining("overrides[1]");
  }

  @Test
  void mapsEveryKey() throws IOException {
    String quantize =
        """
        quantize:
          weights:
            bits: 4
            scheme: symmetric
            granularity: {kind: group, size: 32}
            powerOfTwo: true
            fullRange: true
            observer: {kind: percentile, percent: 99.5}
            clip: 0.9
            ste: stochastic
          activations:
            bits: 5
            scheme: asymmetric
            powerOfTwo: false
            observer: {kind: moving-average, momentum: 0.25}
            zeroShift: -2
            learned: {kind: lsq+, rate: 2}
            ste: plain
          overrides:
            - {place: first, weights: {observer: mse, powerOfTwo: false, learned: lsq}}
            - {place: last, activations: {observer: kl, clip: 1.5, learned: {kind: pact, decay: 0.5}}}
          qat:
            epochs: 2
            fakeQuantFrom: 10%
            freezeObserversAfter: 300 steps
            learnScalesFrom: 400 steps
            freezeBatchNormAfter: 60%
            phases:
              - {until: 20%, weightBits: 8, activationBits: 7}
              - {until: 40%, weightBits: 6, activationBits: 6}
        """;
    String yaml = SMALL.substring(0, SMALL.indexOf("quantize:")) + quantize;
    Path file = Files.writeString(folder.resolve("x.yaml"), yaml);

    QuantSpec spec = ExperimentReader.resolve(file, List.of()).toQuantSpec(1000);

    LayerSpec base =
        new LayerSpec(
            new WeightSpec(
                4,
                Scheme.SYMMETRIC,
                new Granularity.Group(32),
                true,
                true,
                new RangeRule.Percentile(99.5),
                new Adjustment(0.9f, 0),
                new Learned.None(),
                Ste.STOCHASTIC),
            new ActivationSpec(
                5,
                Scheme.ASYMMETRIC,
                false,
                new RangeRule.MovingAverage(0.25f),
                new Adjustment(1, -2),
                new Learned.LsqPlus(2),
                Ste.PLAIN));
    assertThat(spec.defaults()).isEqualTo(base);
    assertThat(spec.overrides())
        .extracting(QuantSpec.Rule::match)
        .containsExactly(new Match.First(), new Match.Last());
    assertThat(apply(spec, 0).weights())
        .isEqualTo(
            base.weights()
                .withPowerOfTwo(false)
                .withRange(new RangeRule.Mse())
                .withLearned(new Learned.Lsq(1)));
    assertThat(apply(spec, 1).activations())
        .isEqualTo(
            base.activations()
                .withRange(new RangeRule.Kl())
                .withAdjust(new Adjustment(1.5f, -2))
                .withLearned(new Learned.Pact(1, 0.5f)));
    assertThat(spec.schedule())
        .isEqualTo(
            new Schedule(
                100,
                300,
                400,
                600,
                List.of(new Schedule.Wider(200, 8, 7), new Schedule.Wider(400, 6, 6))));
  }

  @Test
  void refusesAScheduleThatTheTrainingIsTooShortFor() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("x.yaml"),
            SMALL + "    []\n  qat:\n    freezeObserversAfter: 200 steps\n");
    ResolvedExperiment resolved = ExperimentReader.resolve(file, List.of());

    assertThat(resolved.toQuantSpec(201).schedule().freezeObserversAfter()).isEqualTo(200);
    assertThatThrownBy(() -> resolved.toQuantSpec(200))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining(
            "x.yaml:10:5: quantize.qat: freezeObserversAfter is 200, but the training has 200"
                + " steps");
  }

  @Test
  void withoutTrainingThereIsNoSchedule() throws IOException {
    Path file = Files.writeString(folder.resolve("x.yaml"), SMALL + "    []\n  qat: {epochs: 0}\n");

    assertThat(ExperimentReader.resolve(file, List.of()).toQuantSpec(0).schedule())
        .isEqualTo(Schedule.immediately());
  }

  @Test
  void allowsNone() throws IOException {
    ResolvedExperiment resolved = resolve("[]");

    assertThatCode(() -> resolved.checkLayers(layers)).doesNotThrowAnyException();
    assertThat(resolved.experiment().quantize().toQuantSpec(10).overrides()).isEmpty();
  }
}
