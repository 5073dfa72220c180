package org.qat4j.qat;

import org.qat4j.QatException;

/**
 * How a layer is quantized.
 *
 * @param weightBits 2 to 8; also of embeddings
 * @param perChannel one weight scale per output channel, or one for the layer
 * @param activationBits 2 to 8
 * @param symmetricActivations zero point 0 for activations
 * @param momentum weight of a new batch in the moving average of ranges, in (0, 1]; 0 for min-max
 */
public record LayerSpec(
    int weightBits,
    boolean perChannel,
    int activationBits,
    boolean symmetricActivations,
    float momentum) {
  public LayerSpec {
    if (weightBits < 2 || weightBits > 8 || activationBits < 2 || activationBits > 8) {
      throw new QatException(
          "weights and activations have 2 to 8 bits, not " + weightBits + " and " + activationBits);
    }
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new QatException("the momentum of a range is in [0, 1], not " + momentum);
    }
  }

  /** 8 bits, weights per channel, asymmetric activations, moving average of ranges. */
  public static LayerSpec int8() {
    return new LayerSpec(8, true, 8, false, 0.05f);
  }
}
