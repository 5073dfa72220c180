package org.qat4j.layers.internal.quantizing;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.numerics.QuantParams;

/**
 * The integer product of a layer in evaluation, made anew only when something has changed that it
 * is made of. Nothing tells when parameters of DL4J change, so all of them are compared, value by
 * value, which costs a small part of making the product.
 */
final class ProductCache {
  private IntegerProduct product;
  private float[] weights;
  private float[] bias;
  private float[] ranges;
  private QuantParams input;
  private long steps;

  /**
   * The product.
   *
   * @param nowWeights of the layer
   * @param nowBias of the layer, or null
   * @param nowRanges of the weights, where they are kept, or null
   * @param nowInput meaning of the codes that are multiplied
   * @param nowSteps of the training, on which the bits depend
   * @param make makes it from the same
   */
  IntegerProduct get(
      INDArray nowWeights,
      float[] nowBias,
      float[] nowRanges,
      QuantParams nowInput,
      long nowSteps,
      Supplier<IntegerProduct> make) {
    boolean same =
        product != null
            && steps == nowSteps
            && nowInput.equals(input)
            && Arrays.equals(bias, nowBias)
            && Arrays.equals(ranges, nowRanges)
            && isSame(nowWeights);
    if (!same) {
      product = make.get();
      weights = Floats.readInMemoryOrder(nowWeights);
      bias = nowBias;
      ranges = nowRanges;
      input = nowInput;
      steps = nowSteps;
    }
    return product;
  }

  private boolean isSame(INDArray now) {
    return Floats.inPlace(now)
        ? Floats.buffer(now).mismatch(FloatBuffer.wrap(weights)) < 0
        : Arrays.equals(Floats.readInMemoryOrder(now), weights);
  }
}
