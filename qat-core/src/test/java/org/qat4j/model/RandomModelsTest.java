package org.qat4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.runtime.Trace;
import org.qat4j.runtime.reference.ReferenceRuntime;

/** A generator that draws dull models would make every test that uses it weak. */
class RandomModelsTest {
  private static final int MODELS = 300;

  @Test
  void drawsEveryOperation() {
    Set<Class<?>> drawn = new HashSet<>();
    for (long seed = 0; seed < MODELS; seed++) {
      RandomModels.model(seed).ops().forEach(op -> drawn.add(op.getClass()));
    }
    assertThat(drawn).containsExactlyInAnyOrder(Op.class.getPermittedSubclasses());
  }

  @Test
  void mostCodesLieInsideTheirRange() {
    long inside = 0;
    long all = 0;
    for (long seed = 0; seed < MODELS; seed++) {
      IntegerModel model = RandomModels.model(seed);
      Random random = new Random(seed);
      Trace trace = new ReferenceRuntime(model).trace(RandomModels.sample(model, random));
      for (Op op : model.ops()) {
        QuantParams params = model.value(op.name()).params();
        if (params == null || !isProduct(op)) {
          continue;
        }
        for (int q : trace.codes(op.name())) {
          inside += q > params.qmin() && q < params.qmax() && q != params.zeroPoint() ? 1 : 0;
          all++;
        }
      }
    }
    assertThat((double) inside / all).as("share of %s codes", all).isGreaterThan(0.4);
  }

  private static boolean isProduct(Op op) {
    return op instanceof Op.Conv1d
        || op instanceof Op.Conv2d
        || op instanceof Op.Dense
        || op instanceof Op.AvgPool1d;
  }

  @Test
  void operationsOnBytesRefuseMore() {
    QuantParams wide = QuantParams.asymmetric(-1, 1, 16);
    Input input = new Input("x", Input.Kind.REAL, List.of(4, 6), 0);
    Op codes = new Op.Quantize("wide", "x", wide);
    List<Op> refuse =
        List.of(
            new Op.GlobalMaxPool("y", "wide"),
            new Op.MaxPool1d("y", "wide", 2, 1),
            new Op.AvgPool1d("y", "wide", 2, 1, QuantParams.asymmetric(-1, 1, 8)),
            new Op.Flatten("y", "wide"),
            new Op.LastStep("y", "wide", null),
            new Op.Reshape("y", "wide", IntVector.of(6, 4)),
            new Op.Add("y", List.of("wide", "wide"), wide),
            new Op.Elementwise("y", Op.Elementwise.Function.MAX, List.of("wide", "wide"), wide),
            new Op.GlobalSumPool("y", "wide", wide),
            new Op.Attention(
                "y",
                "wide",
                null,
                1,
                9,
                IntVector.of(AttentionStep.exponential()),
                QuantParams.asymmetric(-1, 1, 8)));
    for (Op op : refuse) {
      assertThatThrownBy(
              () ->
                  new IntegerModel(
                      "m", List.of(input), List.of(codes, op), List.of("y"), List.of(), List.of()))
          .as("%s", op)
          .isInstanceOf(QatException.class)
          .hasMessageContaining("operation \"y\": reads codes that are bytes")
          .hasMessageContaining("-32768 to 32767");
    }
  }

  @Test
  void theSameSeedGivesTheSameModel() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(RandomModels.model(seed).ops()).isEqualTo(RandomModels.model(seed).ops());
    }
  }
}
