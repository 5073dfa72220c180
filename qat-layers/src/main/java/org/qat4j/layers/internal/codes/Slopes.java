package org.qat4j.layers.internal.codes;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.quantizing.IntegerProduct;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.Normalization;
import org.qat4j.model.IntVector;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.WeightQuantizer;

/**
 * A slope below 0 for each value, on integers: what lies above is rounded, what lies below is a
 * product of −x with a weight, ±127 exactly, and one of both is 0.
 */
public final class Slopes {
  /** DL4J's name of them. */
  private static final String KEY = "W";

  private Slopes() {}

  /** What a PReLULayer in evaluation makes of real values that stand for codes, of any shape. */
  public static INDArray apply(LayerQuantizer q, INDArray x) {
    QuantParams in = q.scales().input();
    QuantParams out = q.scales().output();
    int n = (int) (x.length() / x.size(0));
    WeightQuantizer w = quantized(Floats.read(of(q, x.shape())), in);
    float[] k = IntegerProduct.distances(x, in);
    int[] acc = new int[k.length];
    for (int i = 0; i < acc.length; i++) {
      acc[i] = Math.max(0, (int) -k[i]) * w.codes()[i % n];
    }
    int[] below = new IntegerProduct(w, n, in).codes(acc, out, out.qmin(), out.qmax());
    for (int i = 0; i < k.length; i++) {
      k[i] = out.dequantize(k[i] >= 0 ? out.quantize(in.scale() * k[i]) : below[i]);
    }
    return Floats.array(k, x.shape());
  }

  /**
   * Weights of the model, whose values have channels last.
   *
   * @param shape of a value of the model
   */
  public static FrozenWeights frozen(LayerQuantizer q, IntVector shape) {
    int rank = shape.size();
    long[] example = new long[rank + 1];
    int[] order = new int[rank + 1];
    example[0] = 1;
    for (int i = 0; i < rank; i++) { // [h, w, c] to [1, c, h, w]
      example[(i + 1) % rank + 1] = shape.get(i);
      order[i + 1] = (i + 1) % rank + 1;
    }
    INDArray slopes = of(q, example).permute(order);
    WeightQuantizer w = quantized(Floats.read(slopes), q.scales().input());
    int[] dims = {w.codes().length, 1, 1, 1};
    return new FrozenWeights(
        FrozenWeights.tensor(w.codes(), dims, w.grid()), IntVector.of(w.bias()), 1, 1, 0, 0);
  }

  /** Slopes for one example, [1, …], also where several values share one. */
  private static INDArray of(LayerQuantizer q, long[] shape) {
    long[] one = shape.clone();
    one[0] = 1;
    INDArray slopes = q.layer().getParam(KEY);
    long[] own = new long[one.length];
    own[0] = 1;
    System.arraycopy(slopes.shape(), slopes.rank() - one.length + 1, own, 1, one.length - 1);
    return slopes.reshape(own).broadcast(Nd4j.createUninitialized(slopes.dataType(), one));
  }

  private static WeightQuantizer quantized(float[] slopes, QuantParams in) {
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] = -slopes[i];
    }
    return WeightQuantizer.quantize(
        slopes, new float[slopes.length], slopes.length, Normalization.exact(slopes), in);
  }
}
