package org.qat4j.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qat4j.QatException;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.onnx.OnnxExporter;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.runtime.Sample;

class VerifierTest {
  private static final int INPUTS = 300;
  private static final Networks TEXT = Networks.TEXT_GRAPH;

  @ParameterizedTest
  @EnumSource
  void networkJavaAndOnnxAgree(Networks kind) {
    for (int bits : new int[] {8, 4, 2}) {
      QatNetwork qat = kind.prepare(QuantSpec.of(LayerSpec.of(bits, bits == 2 ? 8 : bits)));
      IntegerModel model = kind.freeze(qat);
      VerifyReport report =
          Verifier.verify(qat, model, OnnxOptions.DEFAULT, kind.samples(INPUTS, bits));
      assertThat(report.requireExact()).isSameAs(report);
      assertThat(report.exact()).isTrue();
      assertThat(report.inputs()).isEqualTo(INPUTS);
      assertThat(report.maxLogitDifference()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyQuantizedLayerIsCompared(Networks kind) {
    QatNetwork qat = kind.prepare(QuantSpec.int8());
    VerifyReport report =
        Verifier.verify(qat, kind.freeze(qat), OnnxOptions.DEFAULT, kind.samples(3, 1));
    List<String> compared =
        report.layers().stream()
            .filter(layer -> layer.qatValues() > 0)
            .map(layer -> layer.name().replace("/logits", ""))
            .toList();
    assertThat(compared).containsAll(qat.ranges().keySet());
    assertThat(report.layers()).allSatisfy(layer -> assertThat(layer.values()).isPositive());
  }

  @Test
  void aModelAloneIsComparedBetweenJavaAndOnnx() {
    IntegerModel model = TEXT.freeze(TEXT.prepare(QuantSpec.int8()));
    VerifyReport report = Verifier.verify(model, OnnxOptions.DEFAULT, TEXT.samples(10, 1));
    assertThat(report.requireExact().layers())
        .allSatisfy(layer -> assertThat(layer.qatValues()).isZero());
  }

  @Test
  void aNetworkTrainedOnAfterFreezingIsRefusedByTheNameOfTheLayer() {
    QatNetwork qat = TEXT.prepare(QuantSpec.int8());
    IntegerModel model = TEXT.freeze(qat);
    Layer conv = qat.graph().getLayer("conv4");
    conv.paramTable().get("W").muli(-1);
    VerifyReport report = Verifier.verify(qat, model, OnnxOptions.DEFAULT, TEXT.samples(50, 1));
    assertThat(report.exact()).isFalse();
    assertThat(report.javaVsOnnxCodes()).isZero();
    assertThat(report.argmaxFlips()).isPositive();
    assertThat(report.maxLogitDifference()).isPositive();
    assertThatThrownBy(report::requireExact)
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"conv4\" (Conv1d)")
        .hasMessageContaining("QAT network and the Java runtime");
  }

  @Test
  void anOnnxFileThatDiffersIsRefusedByTheNameOfTheLayer() {
    IntegerModel model = TEXT.freeze(TEXT.prepare(QuantSpec.int8()));
    IntegerModel other = withOtherBias(model, "conv3");
    VerifyReport report = verifyAgainst(other, other, model);
    assertThatThrownBy(report::requireExact)
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"conv3\" (Conv1d)")
        .hasMessageContaining("Java runtime and ONNX Runtime");
  }

  /** As if an optimization changed the arithmetic: only the shipped file differs. */
  @Test
  void theShippedGraphIsComparedToo() {
    IntegerModel model = TEXT.freeze(TEXT.prepare(QuantSpec.int8()));
    IntegerModel other = withOtherBias(model, "output/logits");
    VerifyReport report = verifyAgainst(other, model, model);
    assertThatThrownBy(report::requireExact)
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"output\" (output of the optimized graph)");
    assertThat(report.argmaxFlips()).isPositive();
  }

  private static VerifyReport verifyAgainst(
      IntegerModel shipped, IntegerModel traced, IntegerModel model) {
    byte[] file = OnnxExporter.toBytes(shipped, OnnxOptions.DEFAULT);
    byte[] all = OnnxExporter.toBytes(traced, OnnxOptions.DEFAULT.withAllValues(true));
    return Verifier.verify(model, file, all, TEXT.samples(50, 1));
  }

  private static IntegerModel withOtherBias(IntegerModel model, String name) {
    List<Op> ops = new ArrayList<>(model.ops());
    ops.replaceAll(
        op -> {
          if (!op.name().equals(name)) {
            return op;
          } else if (op instanceof Op.Dense d) {
            return new Op.Dense(name, d.input(), d.weights(), raised(d.bias()), d.output());
          }
          Op.Conv1d c = (Op.Conv1d) op;
          return new Op.Conv1d(
              name,
              c.input(),
              c.weights(),
              raised(c.bias()),
              c.stride(),
              c.dilation(),
              c.padLeft(),
              c.padRight(),
              c.output());
        });
    return new IntegerModel(
        model.name(), model.inputs(), ops, model.outputs(), model.text(), model.labels());
  }

  private static IntVector raised(IntVector bias) {
    int[] values = bias.toArray();
    values[0] += 30_000;
    return IntVector.of(values);
  }

  @Test
  void nothingToVerifyIsAnError() {
    IntegerModel model = TEXT.freeze(TEXT.prepare(QuantSpec.int8()));
    assertThatThrownBy(() -> Verifier.verify(model, OnnxOptions.DEFAULT, List.of()))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("no input");
    List<Sample> foreign = List.of(Sample.ofTokens(new int[] {1, 2, 3}));
    assertThatThrownBy(() -> Verifier.verify(model, OnnxOptions.DEFAULT, foreign))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"tokens\" needs 7 token ids, padding included");
  }

  @Test
  void softmaxMayDifferByItsBoundAndNoMore() {
    Tally tally = new Tally("p", "Softmax", 0x1p-20);
    tally.compare(new float[] {0.5f, 0.5f}, new float[] {0.5f + 0x1p-21f, 0.5f + 0x1p-19f});
    assertThat(tally.layer().javaVsOnnx()).isEqualTo(1);
    assertThat(tally.layer().maxDifference()).isEqualTo(0x1p-19);
  }
}
