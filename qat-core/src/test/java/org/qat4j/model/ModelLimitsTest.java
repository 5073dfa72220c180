package org.qat4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.format.ModelFile;
import org.qat4j.numerics.QuantParams;

class ModelLimitsTest {
  private static final QuantParams CODES = new QuantParams(1f, 0, -128, 127);

  /** Quantizes [steps, 1] and applies the operations, each to the one before it. */
  private static IntegerModel model(List<Integer> shape, Op... ops) {
    List<Op> all = new ArrayList<>(List.of(new Op.Quantize("q", "x", CODES)));
    all.addAll(List.of(ops));
    return new IntegerModel(
        "m",
        List.of(new Input("x", Input.Kind.REAL, shape, 0)),
        all,
        List.of(all.get(all.size() - 1).name()),
        List.of(),
        List.of());
  }

  private static void refused(IntegerModel model, String... parts) {
    byte[] file = ModelFile.toBytes(model);
    assertThat(file.length).isLessThan(1000);
    var refusal =
        assertThatThrownBy(() -> ModelFile.fromBytes(file))
            .isInstanceOf(QatException.class)
            .hasMessageContaining("--large-model");
    for (String part : parts) {
      refusal.hasMessageContaining(part);
    }
    assertThatCode(() -> ModelFile.fromBytes(file, ModelLimits.NONE)).doesNotThrowAnyException();
  }

  @Test
  void smallFilesOfLargeValuesAreRefused() {
    refused(model(List.of(1 << 13, 1 << 13)), "134217728 elements", "67108864 in \"x\"");
  }

  @Test
  void longSequencesAreRefused() {
    refused(model(List.of(1 << 20, 1)), "sequences of 1048576 in \"x\"", "65536");
  }

  @Test
  void smallFilesOfMuchWorkAreRefused() {
    int steps = 1 << 16;
    refused(
        model(List.of(steps, 64), new Op.MaxPool1d("pool", "q", steps / 2, 1)),
        "68721573888 in \"pool\"",
        "limit of work");
  }

  @Test
  void padsAreCounted() {
    Window2d window = new Window2d(1024, 1024, 1, 1, 1, 1, 1023, 1023, 1023, 1023);
    IntegerModel model = model(List.of(2, 2, 1), new Op.MaxPool2d("pool", "q", window));

    assertThat(ModelCost.of(model).largest().amount()).isEqualTo(2048L * 2048);
  }

  @Test
  void manyOperationsAreRefused() {
    ModelLimits two = new ModelLimits(1, 10, 1000, 1000);

    two.check(model(List.of(2, 2)));
    assertThatThrownBy(() -> two.check(model(List.of(2, 2), new Op.Flatten("f", "q"))))
        .hasMessageContaining("2 operations")
        .hasMessageContaining("the limit of operations is 1");
  }

  /** By hand: 3 windows of 2 steps, 4 channels. */
  @Test
  void countsThePooling() {
    ModelCost cost = ModelCost.of(model(List.of(4, 4), new Op.MaxPool1d("pool", "q", 2, 1)));

    assertThat(cost.elements()).isEqualTo(16 + 16 + 12);
    assertThat(cost.steps().amount()).isEqualTo(4);
    assertThat(cost.work()).isEqualTo(32 + 3 * 2 * 4);
    assertThat(cost.hardest().name()).isEqualTo("q");
  }
}
