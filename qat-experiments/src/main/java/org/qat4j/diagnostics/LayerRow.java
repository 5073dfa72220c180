package org.qat4j.diagnostics;

/**
 * How one layer is quantized, and what that does to it.
 *
 * @param name of the layer
 * @param type simple name of DL4J's layer class
 * @param weightBits bits of its weights
 * @param weightScheme for people, for example "per channel"
 * @param weightScales number of weight scales
 * @param smallestScale of the weights
 * @param largestScale of the weights
 * @param zeroShare share of weights whose code is 0
 * @param activationBits bits of its output, or null where it makes real numbers
 * @param activationScale of its output, or null
 * @param activationZeroPoint of its output, or null
 * @param saturation share of the float values of its output outside the range of the codes; null
 *     where it makes real numbers
 * @param quantization the quantized layer against the same network in float arithmetic
 * @param toFloat the quantized layer against the float network that was trained first
 */
public record LayerRow(
    String name,
    String type,
    int weightBits,
    String weightScheme,
    int weightScales,
    float smallestScale,
    float largestScale,
    double zeroShare,
    Integer activationBits,
    Float activationScale,
    Integer activationZeroPoint,
    Double saturation,
    LayerError quantization,
    LayerError toFloat) {}
