package org.qat4j.runtime.reference;

import org.qat4j.QatException;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.Trace;
import org.qat4j.runtime.reference.internal.ReferenceOps;

/**
 * The specification of the integer arithmetic: one plain loop per operation, every intermediate
 * value kept. {@link IntegerRuntime} gives the same bits, faster. Thread-safe.
 */
public final class ReferenceRuntime {
  private final IntegerModel model;

  public ReferenceRuntime(IntegerModel model) {
    this.model = model;
  }

  /**
   * All values of one sample; behind token ids that are fewer than the model's steps is padding.
   *
   * @throws QatException if the sample does not fit the model
   */
  public Trace trace(Sample given) {
    Sample sample = given.padded(model.inputs());
    sample.check(model.inputs());
    Trace trace = new Trace();
    for (int i = 0; i < model.inputs().size(); i++) {
      Input input = model.inputs().get(i);
      if (input.kind() == Input.Kind.TOKENS) {
        trace.put(input.name(), sample.tokens(i).clone());
      } else {
        trace.put(input.name(), sample.reals(i).clone());
      }
    }
    ReferenceOps ops = new ReferenceOps(model, trace);
    for (Op op : model.ops()) {
      op.accept(ops);
    }
    return trace;
  }

  /**
   * The first output of one sample, row-major; codes as the real values that they stand for.
   *
   * @throws QatException if the sample does not fit the model
   */
  public float[] run(Sample sample) {
    return real(trace(sample), model.outputs().get(0));
  }

  /** A value of a trace; codes as the real values that they stand for. */
  public float[] real(Trace trace, String name) {
    var value = model.value(name);
    if (value.isReal()) {
      return trace.reals(name);
    }
    return value.dequantize(trace.codes(name));
  }
}
