/**
 * The integer model as ONNX, in QDQ form, and its execution in ONNX Runtime. docs/onnx.md says what
 * each operation becomes and which forms are exact. All arithmetic is that of {@code
 * org.qat4j.numerics}: this package only writes down its scales, zero points and codes.
 */
package org.qat4j.onnx;
