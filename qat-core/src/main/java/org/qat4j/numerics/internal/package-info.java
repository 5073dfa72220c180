/**
 * The arithmetic that trainer, Java runtime and ONNX Runtime share. Equation numbers are those of
 * docs/quantization.md; no other package has arithmetic of its own. The modules of this project are
 * friends here; for all others it is inside.
 */
package org.qat4j.numerics.internal;
