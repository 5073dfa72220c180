/**
 * The proof that what was trained is what is served: QAT network, Java runtime and ONNX Runtime
 * side by side, value by value.
 */
package org.qat4j.verify;
