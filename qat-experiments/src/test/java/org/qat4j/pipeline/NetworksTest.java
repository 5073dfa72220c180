package org.qat4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.qat4j.pruning.PruneRule;
import org.qat4j.pruning.Pruner;
import org.qat4j.pruning.PruningSchedule;

class NetworksTest {
  /** Though DL4J clones share what layers wrap. */
  @Test
  void whatIsPrunedInACopyIsNotPrunedInTheOriginal() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .list()
                .layer(new Bidirectional(new LSTM.Builder().nIn(3).nOut(4).build()))
                .layer(new RnnOutputLayer.Builder().nIn(8).nOut(2).build())
                .build());
    network.init();
    MultiLayerNetwork copy = (MultiLayerNetwork) Networks.copy(network);
    assertThat(copy.params()).isEqualTo(network.params());

    new Pruner(copy, PruneRule.weights(0.5), PruningSchedule.immediately()).step(0);

    assertThat(copy.getLayerWiseConfigurations().toJson()).contains("MaskConstraint");
    assertThat(network.getLayerWiseConfigurations().toJson()).doesNotContain("MaskConstraint");
    assertThat(network.params()).isNotEqualTo(copy.params());
  }
}
