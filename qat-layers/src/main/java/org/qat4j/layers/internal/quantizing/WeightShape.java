package org.qat4j.layers.internal.quantizing;

/**
 * A matrix of weights as the quantizers see it.
 *
 * @param rows output channels, or tokens of a table
 * @param row weights of an output channel, or values of a token
 */
public record WeightShape(long rows, long row) {}
