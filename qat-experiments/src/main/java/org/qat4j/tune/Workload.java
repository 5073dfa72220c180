package org.qat4j.tune;

import java.io.Serializable;
import org.qat4j.data.TextBatches;
import org.qat4j.qat.Calibration;
import org.qat4j.tune.search.Examples;

/**
 * All that a worker needs to try candidates, here or on another machine.
 *
 * @param experiment as YAML, untuned
 * @param identity hash of the data and of the network
 * @param seed of the search and of short trainings
 * @param network the float network
 * @param calibration of the network
 * @param examples validation texts
 * @param train batches of short trainings, or null where candidates are not trained
 * @param latency of candidates, or null where it does not matter
 */
record Workload(
    String experiment,
    String identity,
    long seed,
    SavedNetwork network,
    Calibration calibration,
    Examples examples,
    TextBatches train,
    Latency latency)
    implements Serializable {}
