package org.qat4j.qat;

import org.qat4j.numerics.QuantParams;
import org.qat4j.quantizer.LayerSpec;

/**
 * How one layer of a network is quantized as it is now.
 *
 * @param type simple class name of the layer under quantization
 * @param spec how its quantizers were asked for
 * @param input scale and zero point of the codes that it reads; null where it reads token ids, or
 *     is a normalization that the product in front of it takes over
 * @param output scale and zero point of the codes that it makes; null where it makes real values
 * @param folded name of the batch normalization behind it that its product takes over; null for
 *     none
 */
public record LayerRanges(
    String type, LayerSpec spec, QuantParams input, QuantParams output, String folded) {}
