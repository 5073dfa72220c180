package org.qat4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.RandomModels;
import org.qat4j.runtime.reference.ReferenceRuntime;

/** The runtime gives the bits of the reference. */
class IntegerRuntimeTest {
  private static final int MODELS = 400;
  private static final int SAMPLES = 4;
  private static final RuntimeOptions OPTIONS = RuntimeOptions.defaults();

  @Test
  void givesTheBitsOfTheReferenceFused() {
    for (long seed = 0; seed < MODELS; seed++) {
      compare(RandomModels.model(seed), OPTIONS, seed);
    }
  }

  @Test
  void givesTheBitsOfTheReferenceForEveryValue() {
    for (long seed = 0; seed < MODELS; seed++) {
      compare(withAllValues(RandomModels.model(seed)), OPTIONS, seed);
    }
  }

  @Test
  void givesTheSameWhateverRoomTheTablesHave() {
    for (long seed = 0; seed < MODELS / 2; seed++) {
      IntegerModel model = RandomModels.model(seed);
      compare(model, OPTIONS.withTableBytes(0), seed);
      compare(model, OPTIONS.withTableBytes(20_000), seed);
    }
  }

  /**
   * The same model with every value as an output that may be one, so that nothing is fused away.
   */
  private static IntegerModel withAllValues(IntegerModel model) {
    List<String> names = new ArrayList<>(model.ops().stream().map(Op::name).toList());
    names.removeIf(name -> model.value(name).tokens() || model.value(name).hasChannelScales());
    return new IntegerModel(
        model.name(), model.inputs(), model.ops(), names, model.text(), List.of());
  }

  private static void compare(IntegerModel model, RuntimeOptions options, long seed) {
    IntegerRuntime runtime = new IntegerRuntime(model, options);
    ReferenceRuntime reference = new ReferenceRuntime(model);
    Random random = new Random(seed);
    for (int i = 0; i < SAMPLES; i++) {
      Sample sample = RandomModels.sample(model, random);
      float[][] outputs = runtime.runAll(sample);
      Trace trace = reference.trace(sample);
      for (int o = 0; o < outputs.length; o++) {
        String name = model.outputs().get(o);
        assertThat(outputs[o])
            .as("RandomModels.model(%d), sample %d, value %s", seed, i, name)
            .isEqualTo(reference.real(trace, name));
      }
    }
  }
}
