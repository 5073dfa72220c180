package org.qat4j.examples;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.qat4j.pruning.PruneRule;
import org.qat4j.pruning.Pruner;
import org.qat4j.pruning.PruningSchedule;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;

/** Makes half of the weights 0, a few at a time, and trains the rest under quantization. */
public final class PruneNetwork {
  private PruneNetwork() {}

  /** Needs no arguments. */
  public static void main(String[] args) {
    MultiLayerNetwork network = Toy.trained(32);
    DataSetIterator data = Toy.data();
    Pruner pruner = new Pruner(network, PruneRule.weights(0.5), new PruningSchedule(0, 64, 8));
    for (long step = 0; step < 128; step++) {
      if (!data.hasNext()) {
        data.reset();
      }
      pruner.step(step);
      network.fit(data.next());
    }
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8()); // the masks go with it
    qat.calibrate(data, 8);
    qat.multiLayerNetwork().fit(data, 2);
    System.out.println("zeros " + pruner.sparsity());
    System.out.println("accuracy " + qat.multiLayerNetwork().evaluate(data).accuracy());
  }
}
