package org.qat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;
import org.qat4j.runtime.Sample;

/**
 * Products of the largest bytes. x86 processors without VNNI add pairs of them in 16 bits with
 * saturation; docs/onnx.md says how to run this test as such a processor.
 */
class SaturationTest {
  private static final int STEPS = 9;
  private static final int CHANNELS = 64;
  private static final int DENSE = 90;
  private static final QuantParams BYTES = new QuantParams(0.01f, -128, -128, 127);

  @Test
  void portableWeightsAreExactAtTheLargestBytes() {
    for (int bits = 2; bits <= 8; bits++) {
      Agreement agreement = compare(OnnxOptions.DEFAULT.withPortable(true), bits);
      assertThat(agreement.mismatches()).as("%s", agreement).isEmpty();
    }
  }

  /** 2·255·63 still fits in 16 bits. */
  @Test
  void sevenBitsAreExactInEveryForm() {
    assertThat(compare(OnnxOptions.DEFAULT, 7).mismatches()).isEmpty();
  }

  /** Shows that the processor saturates at all: without that the other tests prove nothing. */
  @Test
  @EnabledIfSystemProperty(named = "org.qat4j.test.withoutVnni", matches = "true")
  void theDefaultFormDiffersWithoutVnni() {
    Agreement agreement = compare(OnnxOptions.DEFAULT, 8);
    System.out.println(agreement);
    assertThat(agreement.mismatches()).isNotEmpty();
  }

  private static Agreement compare(OnnxOptions options, int bits) {
    Random random = new Random(bits);
    IntegerModel model = model(bits, random);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      float[] x = new float[STEPS * CHANNELS];
      for (int j = 0; j < x.length; j++) {
        x[j] = random.nextInt(3) == 0 ? 0 : 10;
      }
      samples.add(Sample.ofReals(x));
    }
    Agreement agreement = new Agreement(options);
    agreement.compare(bits, model, samples);
    return agreement;
  }

  /** Accumulators of the last product reach 90·9·255·127 > 2^24, where float32 has to round. */
  private static IntegerModel model(int bits, Random random) {
    Input input = new Input("x", Input.Kind.REAL, List.of(STEPS, CHANNELS), 0);
    float scale = 8f / CHANNELS / QuantParams.maxCode(bits);
    Output codes = new Output.Codes(BYTES);
    IntVector none = IntVector.of(new int[DENSE]);
    return new IntegerModel(
        "saturation",
        List.of(input),
        List.of(
            new Op.Quantize("q", "x", BYTES),
            new Op.Conv1d(
                "conv",
                "q",
                extremes(bits, scale, random, DENSE, 3, CHANNELS),
                none,
                1,
                1,
                1,
                1,
                codes),
            new Op.Dense("step", "conv", extremes(bits, scale, random, DENSE, DENSE), none, codes),
            new Op.Flatten("flat", "step"),
            new Op.Dense(
                "dense",
                "flat",
                extremes(bits, scale / 3, random, DENSE, STEPS * DENSE),
                none,
                codes),
            new Op.Dense(
                "logits",
                "flat",
                extremes(bits, scale, random, 5, STEPS * DENSE),
                IntVector.of(0, 1, 2, 3, 4),
                new Output.Real())),
        List.of("dense", "logits"),
        List.of(),
        List.of());
  }

  /** Weights of the largest magnitude, positive a little more often than negative. */
  private static QuantizedTensor extremes(int bits, float scale, Random random, int... shape) {
    int size = 1;
    for (int d : shape) {
      size *= d;
    }
    int largest = QuantParams.maxCode(bits);
    byte[] q = new byte[size];
    for (int i = 0; i < size; i++) {
      q[i] = (byte) (random.nextInt(100) < 53 ? largest : -largest);
    }
    return new QuantizedTensor(q, shape, bits, new float[] {scale}, 0);
  }
}
