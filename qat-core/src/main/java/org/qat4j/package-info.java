/** Quantization-aware training: the part in plain Java, without DL4J and ND4J. */
package org.qat4j;
