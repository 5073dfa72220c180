package org.qat4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.qat4j.numerics.QuantParams;
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
  void theSameSeedGivesTheSameModel() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(RandomModels.model(seed).ops()).isEqualTo(RandomModels.model(seed).ops());
    }
  }
}
