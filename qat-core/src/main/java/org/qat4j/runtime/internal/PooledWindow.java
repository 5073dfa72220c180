package org.qat4j.runtime.internal;

/**
 * Max pooling fused with the product before it (9): the largest accumulator is requantized, and the
 * others never are.
 *
 * @param positions of the result
 * @param kernel positions of the product that each reads
 * @param stride positions of the product from one to the next, ≥ kernel unless there is only one
 * @param maxSlot largest accumulators, (channels)
 */
record PooledWindow(int positions, int kernel, int stride, int maxSlot) {}
