package org.qat4j.report;

/**
 * One pruning, and what it costs until the network has recovered.
 *
 * @param what tokens, channels or weights
 * @param step steps of its training that were done
 * @param share of them that is gone now, in [0, 1)
 * @param before validation accuracy, in [0, 1]
 * @param after the same right after the pruning
 * @param recovered the same before the next pruning, or at the end of the training
 */
public record PruneStep(
    String what, int step, double share, double before, double after, double recovered) {}
