/**
 * The plan, its steps and the kernels of the runtime: the same codes as the specification, fast.
 */
package org.qat4j.runtime.internal;
