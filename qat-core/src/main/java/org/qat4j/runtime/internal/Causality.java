package org.qat4j.runtime.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;

/**
 * What is known of a model in which each step of a sequence behind a prefix depends on the steps up
 * to itself alone, as in language models.
 *
 * @param prefix steps that may depend on each other
 * @param skipped by value: steps of the sequence before its first row
 */
public record Causality(int prefix, Map<String, Integer> skipped) {
  public Causality {
    skipped = Map.copyOf(skipped);
  }

  /** Null where a model is none of that kind. */
  public static Causality of(IntegerModel model) {
    Map<String, Integer> skipped = new HashMap<>();
    int prefix = 0;
    for (Input input : model.inputs()) {
      if (input.kind() != Input.Kind.TOKENS) {
        return null;
      }
      skipped.put(input.name(), 0);
    }
    for (Op op : model.ops()) {
      int skip = skipped.get(op.inputs().get(0));
      boolean same = op.inputs().stream().allMatch(i -> skipped.get(i) == skip);
      if (!same || model.value(op.name()).shape().size() != 2 || !isCausal(op)) {
        return null;
      }
      if (op instanceof Op.Attention attention) {
        int steps = model.value(op.name()).shape().get(0);
        prefix = Math.max(prefix, skip + Math.min(attention.prefix(), steps));
      }
      skipped.put(op.name(), op instanceof Op.Select s ? skip + s.places().get(0) : skip);
    }
    return new Causality(prefix, skipped);
  }

  private static boolean isCausal(Op op) {
    if (op instanceof Op.Conv1d c) {
      int reach = (c.weights().dim(1) - 1) * c.dilation();
      return c.stride() == 1 && c.padLeft() == reach && c.padRight() == 0;
    } else if (op instanceof Op.Attention a) {
      return a.mask() == null;
    } else if (op instanceof Op.Select s) {
      List<Integer> places =
          IntStream.of(s.places().toArray()).boxed().collect(Collectors.toUnmodifiableList());
      return s.axis() == 0
          && places.get(0) >= 0
          && IntStream.range(1, places.size()).allMatch(i -> places.get(i) == places.get(0) + i);
    }
    return op.isStepwise();
  }
}
