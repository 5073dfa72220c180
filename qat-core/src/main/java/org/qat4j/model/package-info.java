/**
 * The frozen integer model: an immutable list of operations on integer tensors, the one
 * representation from which model.qat and model.onnx are written and which the runtime executes.
 *
 * <p>Sequences are laid out time-major, [steps, channels]; every value is named by the operation
 * that makes it. Shapes leave the batch out.
 */
package org.qat4j.model;
