package org.qat4j.evaluation;

import java.util.List;
import java.util.Map;

/**
 * What a stage reaches on the test set.
 *
 * @param score by the metric of the results, mean over seeds
 * @param interval of the score
 * @param parts further figures of the metric by their names in JSON, means over seeds
 * @param loss mean cross-entropy in nats, mean over seeds
 * @param standardDeviation of the score over seeds; 0 for one seed
 * @param perSeed score of each seed, in the order of the seeds
 * @param against differences to other stages
 */
public record StageResult(
    double score,
    Interval interval,
    Map<String, Double> parts,
    double loss,
    double standardDeviation,
    List<Double> perSeed,
    Map<Stage, Difference> against) {}
