package org.qat4j.pipeline;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** What DL4J does differently for its two kinds of networks. */
public final class Networks {
  private Networks() {}

  /** An independent copy, with a new optimizer. */
  static Model copy(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.clone()
        : ((MultiLayerNetwork) network).clone();
  }
}
