package org.qat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.numerics.QuantParams;
import org.qat4j.onnx.internal.OnnxRunner;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.reference.ReferenceRuntime;

class OnnxRunnerTest {
  private static final IntegerModel MODEL = TextCnn.SMALL.model(8);

  @Test
  void aBatchGivesWhatItsSamplesGiveAlone() {
    List<Sample> samples = TextCnn.SMALL.samples(7, 1);
    byte[] onnx = OnnxExporter.toBytes(MODEL, OnnxOptions.DEFAULT);
    try (OnnxRunner one = new OnnxRunner(MODEL, onnx, 1);
        OnnxRunner two = new OnnxRunner(MODEL, onnx, 2)) {
      float[][] together = two.run(samples);
      for (int i = 0; i < samples.size(); i++) {
        assertThat(one.run(samples.subList(i, i + 1))[0]).containsExactly(together[i]);
      }
    }
  }

  @Test
  void infinitiesSaturate() {
    QuantParams params = new QuantParams(0.1f, 5, -8, 7);
    IntegerModel model =
        new IntegerModel(
            "quantize",
            List.of(new Input("x", Input.Kind.REAL, List.of(4), 0)),
            List.of(new Op.Quantize("q", "x", params)),
            List.of("q"),
            List.of(),
            List.of());
    float[] x = {
      Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -Float.MAX_VALUE
    };
    List<Sample> sample = List.of(Sample.ofReals(x));
    try (OnnxRunner runner =
        new OnnxRunner(model, OnnxExporter.toBytes(model, OnnxOptions.DEFAULT), 1)) {
      assertThat(runner.run(sample)[0])
          .containsExactly(new ReferenceRuntime(model).run(sample.get(0)));
    }
  }

  @Test
  void whatIsNotOnnxIsAnErrorOfItsOwn() {
    assertThatThrownBy(() -> new OnnxRunner(MODEL, new byte[] {1, 2, 3}, 1))
        .isInstanceOf(QatException.class)
        .hasMessageStartingWith("ONNX Runtime: ");
  }

  @Test
  void samplesAreCheckedBeforeTheyReachNativeCode() {
    byte[] onnx = OnnxExporter.toBytes(MODEL, OnnxOptions.DEFAULT);
    int[] ids = new int[20];
    ids[3] = 50;
    try (OnnxRunner runner = new OnnxRunner(MODEL, onnx, 1)) {
      assertThatThrownBy(() -> runner.run(List.of(Sample.ofTokens(ids))))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("step 3: token id 50");
    }
  }
}
