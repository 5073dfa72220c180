package org.qat4j.onnx;

import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.runtime.Trace;

/** Accumulators of products (6), so that tests can requantize them in other ways than (7). */
final class Accumulators {
  private Accumulators() {}

  /** Row-major [steps, channels]; null where the operation is not a product. */
  static int[] of(IntegerModel model, Op op, Trace trace) {
    if (op instanceof Op.Dense o) {
      return products(model, o, o.weights(), o.bias().toArray(), trace, 1, 1, 0);
    } else if (op instanceof Op.Conv1d o) {
      int[] bias = o.bias().toArray();
      return products(model, o, o.weights(), bias, trace, o.stride(), o.dilation(), o.padLeft());
    }
    return null;
  }

  private static int[] products(
      IntegerModel model,
      Op op,
      QuantizedTensor w,
      int[] bias,
      Trace trace,
      int stride,
      int dilation,
      int padLeft) {
    String input = op.inputs().get(0);
    int[] x = trace.codes(input);
    int zeroPoint = model.value(input).params().zeroPoint();
    int channels = w.dim(0);
    int depth = w.dim(w.rank() - 1);
    int kernel = w.rank() == 3 ? w.dim(1) : 1;
    int[] acc = new int[model.value(op.name()).size()];
    for (int i = 0; i < acc.length; i++) {
      acc[i] = bias[i % channels];
      for (int k = 0; k < kernel * depth; k++) {
        int at = (i / channels * stride + k / depth * dilation - padLeft) * depth + k % depth;
        if (at >= 0 && at < x.length) {
          int weight = w.codes()[i % channels * kernel * depth + k] - w.zeroPoint();
          acc[i] += (x[at] - zeroPoint) * weight;
        }
      }
    }
    return acc;
  }
}
