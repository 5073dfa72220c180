package org.qat4j.evaluation;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * A stage against another on the same test items, mean over seeds.
 *
 * @param metric of the scores
 * @param mean how much better the stage is: its score − that of the other, or the other way round
 *     where smaller scores are better
 * @param interval of the mean, paired
 * @param flips share of items that the two answer differently
 * @param mcNemar McNemar's exact p, over the items of all seeds
 */
public record Difference(
    @JsonIgnore Metric metric, double mean, Interval interval, double flips, double mcNemar) {}
