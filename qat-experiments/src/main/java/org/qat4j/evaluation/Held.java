package org.qat4j.evaluation;

/**
 * How good a network is during its training.
 *
 * @param loss mean, in the unit of the network's loss
 * @param score by the metric of the task, where larger is better; where texts are translated, the
 *     share of pieces that are the most probable ones, given those before
 */
public record Held(double loss, double score) {}
