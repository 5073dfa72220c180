/** Graphs of ONNX, part by part, and running them. */
package org.qat4j.onnx.internal;
