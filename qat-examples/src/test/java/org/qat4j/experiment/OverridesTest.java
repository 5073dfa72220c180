package org.qat4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.Scheme;
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
  private final Map<String, String> layers = new LinkedHashMap<>();

  @BeforeEach
  void network() {
    layers.put("conv1", "Convolution1DLayer");
    layers.put("conv2", "Convolution1DLayer");
    layers.put("output", "OutputLayer");
  }

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
        .hasMessageNotContaining("overrides[3]");
  }

  @Test
  void allowsNone() throws IOException {
    ResolvedExperiment resolved = resolve("[]");

    assertThatCode(() -> resolved.checkLayers(layers)).doesNotThrowAnyException();
    assertThat(resolved.experiment().quantize().toQuantSpec(10).overrides()).isEmpty();
  }
}
