package org.qat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AccumulatorBound;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.Verifier;
import org.qat4j.verify.VerifyReport;

/** The first and the last codes of 16 bits, and sums next to what int32 and double hold. */
class WideCodesTest {
  private static final QuantParams ANY = new QuantParams(0x1p-9f, -32768, -32768, 32767);

  @Test
  void theEndsOfTheRangeAreTheSame() {
    Random random = new Random(3);
    int steps = 3;
    int channels = 258; // 65,535·127·258 is below 2^31, and 65,535·127·259 is not
    Input input = new Input("x", Input.Kind.REAL, List.of(steps, channels), 0);
    QuantParams out = new QuantParams(0x1p13f, 5, -32768, 32767);
    byte[] weights = new byte[2 * channels];
    Arrays.fill(weights, 0, channels, (byte) 127);
    random.nextBytes(weights);
    Arrays.fill(weights, 0, channels, (byte) 127);
    QuantizedTensor w =
        new QuantizedTensor(weights, new int[] {2, channels}, 8, new float[] {1, 1}, 0);
    IntVector none = IntVector.of(0, 0);
    long bound = AccumulatorBound.check(ANY, weights, 2, 0, new int[2]);
    assertThat(bound).isEqualTo(65535L * 127 * channels);
    int[] gain = random.ints(channels, -32767, 32768).toArray();
    IntVector bias = IntVector.of(new int[channels]);
    List<Op> ops =
        List.of(
            new Op.Quantize("codes", "x", ANY),
            new Op.Dense("product", "codes", w, none, new Output.Codes(out)),
            new Op.Dense("logits", "codes", w, none, new Output.Real()),
            new Op.RealSum("sum", List.of("codes", "codes", "codes"), ANY),
            new Op.LayerNorm("norm", "sum", IntVector.of(gain), bias, 10, 1e-12, ANY),
            new Op.Concat("bytes", List.of("norm"), QuantParams.asymmetric(0, 128, 8)));
    List<String> outputs = List.of("logits", "product", "norm", "bytes");
    IntegerModel model =
        new IntegerModel("ends", List.of(input), ops, outputs, List.of(), List.of());
    List<Sample> samples = new ArrayList<>();
    for (int kind = 0; kind < 12; kind++) {
      float[] x = new float[steps * channels];
      for (int i = 0; i < x.length; i++) {
        boolean high = kind == 0 || (kind == 1 ? i % 2 == 0 : random.nextInt(kind) == 0);
        x[i] = kind > 8 ? random.nextFloat() * 128 : high ? 1e9f : -1e9f;
      }
      samples.add(Sample.ofReals(x));
    }
    for (OnnxOptions options : List.of(OnnxOptions.DEFAULT, OnnxOptions.DEFAULT.withInt4(true))) {
      VerifyReport report = Verifier.verify(model, options, samples);
      assertThat(report.exact()).as("%s", report).isTrue();
    }
  }
}
