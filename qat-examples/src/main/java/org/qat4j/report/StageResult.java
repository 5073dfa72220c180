package org.qat4j.report;

import java.util.List;
import java.util.Map;

/**
 * What a stage reaches on the test set.
 *
 * @param accuracy share of right answers, mean over seeds
 * @param interval of the accuracy
 * @param loss mean cross-entropy in nats, mean over seeds
 * @param standardDeviation of the accuracy over seeds; 0 for one seed
 * @param perSeed accuracy of each seed, in the order of the seeds
 * @param against differences to other stages
 */
public record StageResult(
    double accuracy,
    Interval interval,
    double loss,
    double standardDeviation,
    List<Double> perSeed,
    Map<Stage, Difference> against) {}
