package org.qat4j.onnx.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.layers.GeluErf;
import org.qat4j.layers.internal.codes.FusedActivation;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.reference.ReferenceRuntime;

/** The float form computes the same network, but for the rounding between operations. */
class FloatOnnxExporterTest {
  private static final int STEPS = 7;
  private static final int DEPTH = 3;
  private static final int FILTERS = 4;

  private static QuantizedTensor weights(int seed, int... shape) {
    int size = 1;
    for (int d : shape) {
      size *= d;
    }
    byte[] codes = new byte[size];
    for (int i = 0; i < size; i++) {
      codes[i] = (byte) ((i * 37 + seed * 11) % 201 - 100);
    }
    return new QuantizedTensor(codes, shape, 8, new float[] {0.01f}, 0);
  }

  private static QuantParams params(float lo, float hi) {
    return QuantParams.asymmetric(lo, hi, 8);
  }

  private static IntegerModel model() {
    QuantParams conv = params(0, 12);
    QuantParams merged = params(-12, 12);
    return new IntegerModel(
        "float-form",
        List.of(new Input("ids", Input.Kind.TOKENS, List.of(STEPS), 10)),
        List.of(
            new Op.Embedding("rows", "ids", weights(1, 10, DEPTH)),
            new Op.Conv1d(
                "conv",
                "rows",
                weights(2, FILTERS, 2, DEPTH),
                IntVector.of(100, -200, 300, 0),
                1,
                1,
                1,
                0,
                new Output.Codes(conv, conv.zeroPoint(), conv.qmax())),
            new Op.MaxPool1d("pool", "conv", 2, 2),
            new Op.AvgPool1d("average", "pool", 2, 1, conv),
            new Op.Flatten("flat", "average"),
            new Op.GlobalMaxPool("max", "conv"),
            new Op.EmbeddingBag("sum", "ids", weights(3, 10, 5), false, merged),
            new Op.EmbeddingBag("mean", "ids", weights(4, 10, 5), true, merged),
            new Op.Concat("all", List.of("flat", "max", "sum", "mean"), merged),
            new Op.Dense(
                "out", "all", weights(5, 3, 22), IntVector.of(50, 0, -50), new Output.Real())),
        List.of("out"),
        List.of(),
        List.of());
  }

  /**
   * At most half a step is lost at each of the 22 inputs of the last product, whose weights are at
   * most 1, and half a step where a value was rounded before: far less than what texts differ by.
   */
  @Test
  void differsFromTheIntegersByRoundingAlone() {
    IntegerModel model = model();
    float bound = 22 * model.value("all").params().scale();
    int[][] texts = {{1, 2, 3, 4, 5, 6, 7}, {9, 8, 7, 0, 0, 0, 0}, {5, 5, 5, 5, 5, 5, 5}};
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    float error = 0;
    try (OnnxRunner runner = new OnnxRunner(model, FloatOnnxExporter.toBytes(model), 1)) {
      for (int[] ids : texts) {
        float[] integer = new ReferenceRuntime(model).run(Sample.ofTokens(ids));
        float[] real = runner.run(List.of(Sample.ofTokens(ids)))[0];
        for (int c = 0; c < real.length; c++) {
          error = Math.max(error, Math.abs(real[c] - integer[c]));
          low = Math.min(low, real[c]);
          high = Math.max(high, real[c]);
        }
      }
    }
    assertThat(error).isLessThan(bound).isLessThan((high - low) / 20);
  }

  /** x·Φ(x) is no function of DL4J's: it is known by its table. */
  @Test
  void hasTheGaussianErrorLinearUnit() {
    QuantParams bag = params(-6, 6);
    QuantParams gelu = params(-0.2f, 6);
    int[] table = FusedActivation.of(new GeluErf(), "gelu").table(bag, gelu);
    IntegerModel model =
        new IntegerModel(
            "gelu",
            List.of(new Input("ids", Input.Kind.TOKENS, List.of(STEPS), 10)),
            List.of(
                new Op.EmbeddingBag("sum", "ids", weights(3, 10, 5), false, bag),
                new Op.Lookup("gelu", "sum", IntVector.of(table), gelu),
                new Op.Dense(
                    "out", "gelu", weights(5, 3, 5), IntVector.of(0, 0, 0), new Output.Real())),
            List.of("out"),
            List.of(),
            List.of());
    float bound = 5 * (gelu.scale() + 1.2f * bag.scale());
    try (OnnxRunner runner = new OnnxRunner(model, FloatOnnxExporter.toBytes(model), 1)) {
      for (int id = 1; id < 10; id++) {
        Sample sample = Sample.ofTokens(new int[] {id, id % 3, 0, 0, 0, 0, 0});
        float[] integer = new ReferenceRuntime(model).run(sample);
        float[] real = runner.run(List.of(sample))[0];
        for (int c = 0; c < real.length; c++) {
          assertThat(real[c]).isCloseTo(integer[c], within(bound));
        }
      }
    }
  }
}
