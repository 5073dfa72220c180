package org.qat4j.runtime.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.RandomModels;
import org.qat4j.numerics.QuantParams;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.Trace;
import org.qat4j.runtime.reference.ReferenceRuntime;

/**
 * Where products are fused with what follows, and where they must not be: constellations that
 * random models seldom have. Each for embedded tokens and for codes.
 */
class FusionTest {
  private static final int STEPS = 13;
  private static final int DEPTH = 6;
  private static final int CHANNELS = 35;
  private static final QuantParams CODES = new QuantParams(0.5f, -20, -128, 127);

  private final Random random = new Random(11);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTableThatDoesNotDecreaseIsTakenAfterTheMaximum(boolean tokens) {
    check(tokens, lookup(i -> i / 3 - 40), new Op.GlobalMaxPool("pool", "table"));
    check(tokens, lookup(i -> i / 3 - 40), new Op.MaxPool1d("pool", "table", 2, 3));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTableThatDecreasesIsTakenBeforeTheMaximum(boolean tokens) {
    check(tokens, lookup(i -> 127 - i), new Op.GlobalMaxPool("pool", "table"));
    check(tokens, lookup(i -> i * 97 % 256 - 128), new Op.GlobalMaxPool("pool", "table"));
    check(tokens, lookup(i -> i == 255 ? -128 : i - 128), new Op.MaxPool1d("pool", "table", 3, 3));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void windowsOfAnyKind(boolean tokens) {
    for (int kernel = 1; kernel <= 5; kernel++) {
      for (int stride = 1; stride <= 5; stride++) {
        check(tokens, new Op.MaxPool1d("pool", "conv", kernel, stride));
      }
    }
    check(tokens, new Op.GlobalMaxPool("pool", "conv"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aProductThatOthersReadKeepsItsCodes(boolean tokens) {
    Op max = new Op.GlobalMaxPool("max", "conv");
    Op average = new Op.GlobalAvgPool("average", "conv", CODES);
    Op both = new Op.Concat("both", List.of("max", "average"), CODES);
    check(tokens, max, average, both);
    check(tokens, average, max, both);
    check(
        tokens,
        lookup(i -> i - 128),
        new Op.GlobalMaxPool("max", "table"),
        new Op.GlobalAvgPool("average", "table", CODES),
        both);
  }

  /** The convolution itself is an output beside the pooled one. */
  @Test
  void anOutputKeepsItsCodes() {
    List<Op> ops = new ArrayList<>(product(true));
    ops.add(new Op.GlobalMaxPool("pool", "conv"));
    compare(model(true, ops, List.of("pool", "conv")));
  }

  /** Flattened embeddings and a dense layer: a tap per step. */
  @Test
  void aDenseLayerOverFlattenedEmbeddings() {
    List<Op> ops = new ArrayList<>(product(true).subList(0, 1));
    ops.add(new Op.Flatten("flat", "x"));
    QuantizedTensor w = tensor(CHANNELS, STEPS * DEPTH);
    ops.add(new Op.Dense("dense", "flat", w, bias(), new Output.Codes(CODES)));
    compare(model(true, ops, List.of("dense")));
    ops.add(new Op.GlobalAvgPool("mean", "x", CODES));
    ops.add(new Op.Concat("all", List.of("dense", "mean", "flat"), CODES));
    compare(model(true, ops, List.of("all", "flat", "x")));
  }

  private Op lookup(IntUnaryOperator table) {
    int[] codes = new int[256];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = table.applyAsInt(i);
    }
    return new Op.Lookup("table", "conv", IntVector.of(codes), CODES);
  }

  private void check(boolean tokens, Op... after) {
    List<Op> ops = new ArrayList<>(product(tokens));
    ops.addAll(List.of(after));
    compare(model(tokens, ops, List.of(ops.get(ops.size() - 1).name())));
  }

  /** Values called "x", and a convolution over them called "conv". */
  private List<Op> product(boolean tokens) {
    Op x =
        tokens
            ? new Op.Embedding("x", "in", table())
            : new Op.Quantize("x", "in", new QuantParams(0.02f, 5, -128, 127));
    QuantizedTensor w = tensor(CHANNELS, 3, DEPTH);
    Output out = new Output.Codes(CODES, -128, 127);
    return List.of(x, new Op.Conv1d("conv", "x", w, bias(), 1, 1, 1, 2, out));
  }

  private static IntegerModel model(boolean tokens, List<Op> ops, List<String> outputs) {
    Input input =
        tokens
            ? new Input("in", Input.Kind.TOKENS, List.of(STEPS), 9)
            : new Input("in", Input.Kind.REAL, List.of(STEPS, DEPTH), 0);
    return new IntegerModel("fusion", List.of(input), ops, outputs, List.of(), List.of());
  }

  private void compare(IntegerModel model) {
    IntegerRuntime runtime = new IntegerRuntime(model);
    ReferenceRuntime reference = new ReferenceRuntime(model);
    for (int i = 0; i < 5; i++) {
      Sample sample = RandomModels.sample(model, random);
      Trace trace = reference.trace(sample);
      float[][] outputs = runtime.runAll(sample);
      for (int o = 0; o < outputs.length; o++) {
        assertThat(outputs[o])
            .as("%s of %s", model.outputs().get(o), model.ops())
            .isEqualTo(reference.real(trace, model.outputs().get(o)));
      }
    }
  }

  private QuantizedTensor table() {
    QuantizedTensor t = tensor(9, DEPTH);
    return new QuantizedTensor(t.codes(), t.shape(), 8, new float[] {0.02f}, 0);
  }

  private QuantizedTensor tensor(int... shape) {
    int size = 1;
    for (int d : shape) {
      size *= d;
    }
    byte[] codes = new byte[size];
    random.nextBytes(codes);
    float[] scales = new float[shape[0]];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = 0.05f * (1 + random.nextFloat());
    }
    return new QuantizedTensor(codes, shape, 8, scales, 0);
  }

  private IntVector bias() {
    int[] bias = new int[CHANNELS];
    for (int c = 0; c < CHANNELS; c++) {
      bias[c] = random.nextInt(20_001) - 10_000;
    }
    return IntVector.of(bias);
  }
}
