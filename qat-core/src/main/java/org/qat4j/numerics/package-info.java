/**
 * The arithmetic that trainer, Java runtime and ONNX Runtime share. Equation numbers are those of
 * docs/quantization.md; no other package has arithmetic of its own.
 */
package org.qat4j.numerics;
