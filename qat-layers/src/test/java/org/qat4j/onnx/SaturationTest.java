package org.qat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.model.Cell;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.RandomModels;
import org.qat4j.model.Window2d;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.numerics.internal.GateTable;
import org.qat4j.onnx.internal.ByteProducts;
import org.qat4j.runtime.Sample;

/**
 * Products of the largest bytes, in every operation that multiplies. x86 processors without VNNI
 * add pairs of products of unsigned and signed bytes in 16 bits with saturation; no file in the
 * default form asks for such a sum.
 */
class SaturationTest {
  private static final OnnxOptions VNNI = OnnxOptions.DEFAULT.withVnni(true);
  private static final int SAMPLES = 8;
  private static final int STEPS = 8;
  private static final int CHANNELS = 64;
  private static final int OUT = 48;
  private static final QuantParams BYTES = new QuantParams(0.01f, -128, -128, 127);
  private static final Output CODES = new Output.Codes(BYTES);
  private static final Output REAL = new Output.Real();

  @Test
  void theDefaultFormIsExactAtTheLargestBytes() {
    for (int bits = 2; bits <= 8; bits++) {
      assertExact(bits, OnnxOptions.DEFAULT);
    }
    assertExact(4, OnnxOptions.DEFAULT.withInt4(true));
  }

  /** 2·255·64 still fits in 16 bits. */
  @Test
  void sevenBitsAreExactInEveryForm() {
    assertExact(7, VNNI);
  }

  private static void assertExact(int bits, OnnxOptions options) {
    products(bits)
        .forEach(
            (name, model) -> {
              Agreement agreement = compare(model, options);
              assertThat(agreement.mismatches())
                  .as("%s, %d bits, %s: %s", name, bits, options, agreement)
                  .isEmpty();
            });
  }

  /** Where a machine saturates, the tests above would see it. */
  @Test
  void theFormForVnniIsExactWhereThisMachineSaysSoAndNowhereElse() {
    Map<String, Agreement> found = new LinkedHashMap<>();
    products(8).forEach((name, model) -> found.put(name, compare(model, VNNI)));
    List<String> differing =
        found.keySet().stream().filter(name -> !found.get(name).mismatches().isEmpty()).toList();
    if (ByteProducts.exact()) {
      assertThat(differing).isEmpty();
    } else {
      assertThat(differing).contains("Conv1d", "Dense", "Dense, real", "Dense of steps", "Conv2d");
    }
  }

  @Test
  void theFormForVnniIsRefusedWhereItCannotBeVerified() {
    ByteProducts.require(OnnxOptions.DEFAULT);
    if (ByteProducts.exact()) {
      ByteProducts.require(VNNI);
    } else {
      assertThatThrownBy(() -> ByteProducts.require(VNNI))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("--vnni");
    }
  }

  /** Of every operation, as ONNX Runtime executes it after all its optimizations. */
  @Test
  void noOptimizedGraphHasAProductThatSaturates() {
    List<IntegerModel> models = new ArrayList<>(products(8).values());
    Set<Class<?>> missing = new HashSet<>(List.of(Op.class.getPermittedSubclasses()));
    for (long seed = 0; seed < 60 || !missing.isEmpty(); seed++) {
      IntegerModel model = RandomModels.model(seed);
      model.ops().forEach(op -> missing.remove(op.getClass()));
      models.add(model);
    }
    for (IntegerModel model : models) {
      for (boolean values : new boolean[] {false, true}) {
        OnnxOptions options = OnnxOptions.DEFAULT.withAllValues(values);
        assertThat(SaturatingProducts.of(OnnxExporter.toBytes(model, options)))
            .as(model.name())
            .isEmpty();
      }
    }
  }

  /** What finds nothing in the default form finds every product of the other. */
  @Test
  void theFormForVnniHasSuchProducts() {
    Map<String, IntegerModel> models = products(8);
    for (String name : List.of("Conv1d", "Conv2d", "depthwise", "Dense", "Dense of steps")) {
      byte[] onnx = OnnxExporter.toBytes(models.get(name), VNNI);
      assertThat(SaturatingProducts.of(onnx)).as(name).hasSize(1);
    }
  }

  private static Agreement compare(IntegerModel model, OnnxOptions options) {
    Random random = new Random(1);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      float[] x = new float[STEPS * CHANNELS];
      Arrays.fill(x, 10);
      for (int j = 0; i > 0 && j < x.length; j++) { // the first is of 255 alone
        x[j] = random.nextInt(3) == 0 ? 0 : 10;
      }
      samples.add(Sample.ofReals(x));
    }
    Agreement agreement = new Agreement(options);
    agreement.compare(0, model, samples);
    return agreement;
  }

  /** Every way to multiply codes: a model each. */
  private static Map<String, IntegerModel> products(int bits) {
    Products p = new Products(bits);
    p.add("Conv1d", q -> p.conv1d(q, CODES));
    p.add("Conv1d, real", q -> p.conv1d(q, REAL));
    p.add("Dense of steps", q -> p.dense(q, OUT, CHANNELS, CODES));
    p.add("Dense of steps, real", q -> p.dense(q, OUT, CHANNELS, REAL));
    p.add("Dense", q -> p.dense(p.flat(q), OUT, STEPS * CHANNELS, CODES));
    p.add("Dense, real", q -> p.dense(p.flat(q), OUT, STEPS * CHANNELS, REAL));
    p.add("Conv2d", q -> p.conv2d(p.image(q), 1, CODES));
    p.add("Conv2d, real", q -> p.conv2d(p.image(q), 1, REAL));
    p.add("depthwise", q -> p.conv2d(p.image(q), CHANNELS, CODES));
    p.add("AvgPool1d", q -> p.op(new Op.AvgPool1d("y", q, 4, 1, BYTES)));
    p.add("GlobalAvgPool", q -> p.op(new Op.GlobalAvgPool("y", q, BYTES)));
    p.add(
        "AvgPool2d",
        q -> p.op(new Op.AvgPool2d("y", p.image(q), Window2d.plain(2, 2, 1, 1), BYTES)));
    p.add("Lstm", q -> p.recurrent(q, lstm()));
    p.add("SimpleRnn", q -> p.recurrent(q, new Cell.Simple(table())));
    p.add("Attention", p::attention);
    return p.models;
  }

  private static Cell lstm() {
    return new Cell.Lstm(10, IntVector.of(GateTable.of(v -> 1 / (1 + Math.exp(-v)))), table());
  }

  private static IntVector table() {
    return IntVector.of(GateTable.of(Math::tanh));
  }

  /** Models under construction, of weights of the largest magnitude. */
  private static final class Products {
    final Map<String, IntegerModel> models = new LinkedHashMap<>();
    private final int bits;
    private final Random random;
    private List<Op> ops;

    Products(int bits) {
      this.bits = bits;
      this.random = new Random(bits);
    }

    void add(String name, UnaryOperator<String> product) {
      Input input = new Input("x", Input.Kind.REAL, List.of(STEPS, CHANNELS), 0);
      ops = new ArrayList<>(List.of(new Op.Quantize("q", "x", BYTES)));
      String output = product.apply("q");
      models.put(
          name, new IntegerModel(name, List.of(input), ops, List.of(output), List.of(), List.of()));
    }

    String op(Op op) {
      ops.add(op);
      return op.name();
    }

    String flat(String x) {
      return op(new Op.Flatten("flat", x));
    }

    String image(String x) {
      return op(new Op.Reshape("image", x, IntVector.of(STEPS / 2, 2, CHANNELS)));
    }

    String conv1d(String x, Output output) {
      QuantizedTensor w = extremes(OUT, 3, CHANNELS);
      return op(new Op.Conv1d("y", x, w, zeros(OUT), 1, 1, 1, 1, output));
    }

    String conv2d(String x, int groups, Output output) {
      int out = groups == 1 ? OUT : CHANNELS;
      QuantizedTensor w = extremes(out, 2, 2, CHANNELS / groups);
      Window2d window = Window2d.plain(2, 2, 1, 1);
      return op(new Op.Conv2d("y", x, w, zeros(out), window, groups, output));
    }

    String dense(String x, int out, int in, Output output) {
      return op(new Op.Dense("y", x, extremes(out, in), zeros(out), output));
    }

    String recurrent(String x, Cell cell) {
      QuantParams state = new QuantParams(1f / 127, 0, -128, 127);
      int rows = cell.gates() * OUT;
      QuantizedTensor w = extremes(rows, CHANNELS);
      QuantizedTensor r = extremes(rows, OUT);
      return op(new Op.Recurrent("y", x, null, w, r, zeros(rows), cell, false, state));
    }

    String attention(String x) {
      IntVector exponential = IntVector.of(AttentionStep.exponential());
      String parts =
          op(new Op.Dense("parts", x, extremes(3 * OUT, CHANNELS), zeros(3 * OUT), CODES));
      return op(
          new Op.Attention("y", parts, null, 4, AttentionStep.EVERYTHING, exponential, BYTES));
    }

    private static IntVector zeros(int size) {
      return IntVector.of(new int[size]);
    }

    /**
     * The least code in pairs, and the largest; of both signs, so that sums are not all beyond the
     * range of the output.
     */
    private QuantizedTensor extremes(int... shape) {
      int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      byte[] q = new byte[size];
      for (int i = 0; i < size; i += 2) {
        int code = random.nextInt(100) < 53 ? QuantParams.maxCode(bits) : QuantParams.minCode(bits);
        Arrays.fill(q, i, Math.min(size, i + 2), (byte) code);
      }
      float scale = 8f / CHANNELS / QuantParams.maxCode(bits);
      return new QuantizedTensor(q, shape, bits, new float[] {scale}, 0);
    }
  }
}
