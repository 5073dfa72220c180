package org.qat4j.runtime.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;

/** Who makes and who reads each value of a model, as far as its outputs need it. */
final class ModelGraph {
  private final IntegerModel model;
  private final Map<String, Op> makers = new HashMap<>();
  private final Set<String> live = new HashSet<>();
  private final Map<String, List<Op>> readers = new HashMap<>();

  ModelGraph(IntegerModel model) {
    this.model = model;
    live.addAll(model.outputs());
    for (int i = model.ops().size() - 1; i >= 0; i--) {
      Op op = model.ops().get(i);
      makers.put(op.name(), op);
      if (live.contains(op.name())) {
        live.addAll(op.inputs());
        for (String input : op.inputs()) {
          readers.computeIfAbsent(input, name -> new ArrayList<>()).add(op);
        }
      }
    }
  }

  IntegerModel model() {
    return model;
  }

  /** Whether an output depends on the value. */
  boolean isLive(String name) {
    return live.contains(name);
  }

  /** The one operation that needs a value; null if there are more, or if it is an output. */
  Op soleReader(String name) {
    List<Op> all = readers.getOrDefault(name, List.of());
    return all.size() == 1 && !model.outputs().contains(name) ? all.get(0) : null;
  }

  /** The embedding whose codes, or whose flattened codes, a value is; or null. */
  Op.Embedding embedding(String name) {
    Op maker = makers.get(name);
    if (maker instanceof Op.Flatten flatten) {
      maker = makers.get(flatten.input());
    }
    return maker instanceof Op.Embedding e ? e : null;
  }

  /** Index of an input of the model. */
  int inputIndex(String name) {
    List<Input> inputs = model.inputs();
    int i = 0;
    while (!inputs.get(i).name().equals(name)) {
      i++;
    }
    return i;
  }

  /** Steps of real 0 that the convolutions that read a value need in front of it. */
  int padLeft(String name) {
    int most = 0;
    for (Op reader : readers.getOrDefault(name, List.of())) {
      if (reader instanceof Op.Conv1d conv) {
        most = Math.max(most, conv.padLeft());
      }
    }
    return most;
  }

  /** Steps of real 0 that the convolutions that read a value need behind it. */
  int padRight(String name) {
    int most = 0;
    for (Op reader : readers.getOrDefault(name, List.of())) {
      if (reader instanceof Op.Conv1d conv) {
        most = Math.max(most, conv.padRight());
      }
    }
    return most;
  }
}
