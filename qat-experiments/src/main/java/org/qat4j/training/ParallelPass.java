package org.qat4j.training;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.qat4j.data.TextBatches;

/**
 * One pass by DL4J's ParallelWrapper: each worker trains a copy of the network on every so-manieth
 * batch, on a GPU of its own where there are several; after each round the copies become their
 * average, with what the updaters know and, of networks under quantization, the ranges. DL4J copies
 * the network for a worker while another one may train it already, so that two runs differ.
 */
final class ParallelPass {
  private ParallelPass() {}

  /**
   * Trains a network in place.
   *
   * @param train at the beginning of a pass; at its end afterwards
   */
  static void fit(Model network, int workers, TextBatches train) {
    ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(network)
            .workers(workers)
            .averagingFrequency(1)
            .prefetchBuffer(0)
            .build();
    try {
      if (network instanceof ComputationGraph) {
        wrapper.fit(train);
      } else {
        wrapper.fit(train.single());
      }
    } finally {
      wrapper.shutdown();
    }
  }
}
