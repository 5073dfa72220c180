/** The layers of a network under quantization. */
package org.qat4j.layers.internal.quantized;
