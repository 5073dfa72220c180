package org.qat4j.evaluation;

/**
 * A stage against another on the same test items, mean over seeds.
 *
 * @param mean score of the stage − score of the other, −1 to 1
 * @param interval of the mean, paired
 * @param flips share of items that the two answer differently
 * @param mcNemar McNemar's exact p, over the items of all seeds
 */
public record Difference(double mean, Interval interval, double flips, double mcNemar) {}
