package org.qat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.onnx.internal.OnnxRunner;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.reference.ReferenceRuntime;

/** Functions of real answers in ONNX Runtime: relus are exact, the others near. */
class AnswersInOnnxTest {
  private static final int WIDTH = 1000;
  private static final int SAMPLES = 400;
  private static final double ALLOWED = 16 * 0x1p-24;

  @ParameterizedTest
  @EnumSource
  void areNear(Op.RealFunction.Form function) {
    boolean leaky = function == Op.RealFunction.Form.LEAKY_RELU;
    IntegerModel model =
        new IntegerModel(
            "answers",
            List.of(new Input("x", Input.Kind.REAL, List.of(WIDTH), 0)),
            List.of(new Op.RealFunction("y", function, "x", leaky ? 0.01f : 0)),
            List.of("y"),
            List.of(),
            List.of());
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      float[] x = new float[WIDTH];
      for (int j = 0; j < WIDTH; j++) {
        x[j] = (i * WIDTH + j) * (60f / (SAMPLES * WIDTH)) - 30;
      }
      samples.add(Sample.ofReals(x));
    }
    double largest = 0;
    try (OnnxRunner runner =
        new OnnxRunner(model, OnnxExporter.toBytes(model, OnnxOptions.DEFAULT), 1)) {
      float[][] onnx = runner.runAll(samples).reals().get("y");
      ReferenceRuntime runtime = new ReferenceRuntime(model);
      for (int i = 0; i < SAMPLES; i++) {
        float[] java = runtime.run(samples.get(i));
        for (int j = 0; j < WIDTH; j++) {
          largest = Math.max(largest, Math.abs((double) java[j] - onnx[i][j]));
        }
      }
    }
    boolean exact = leaky || function == Op.RealFunction.Form.RELU;
    assertThat(largest).as("%s", function).isLessThanOrEqualTo(exact ? 0 : ALLOWED);
  }
}
