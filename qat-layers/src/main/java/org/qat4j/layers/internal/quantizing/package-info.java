/**
 * Quantizers of a layer: their state, ranges, scales, and fake quantization forward and backward.
 */
package org.qat4j.layers.internal.quantizing;
