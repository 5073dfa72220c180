/**
 * DL4J layers that train under quantization. Each is a subclass of DL4J's own layer and differs in
 * what it multiplies with (fake-quantized weights) and hands on (fake-quantized activations); in
 * evaluation it computes on integer codes, to the bit as the frozen model does.
 */
package org.qat4j.layers;
