package org.qat4j.bench;

import java.io.IOException;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.DataSet;

/** What a fresh process does: trains one network for some steps and prints its peak memory. */
final class TrainingProcess {
  private static final int MOST_STEPS = 30;

  private TrainingProcess() {}

  /**
   * Arguments: a {@link TrainingVariant}, its body, words per text, texts per batch, vocabulary,
   * rounds, which are the steps where they are fewer than 30.
   */
  public static void main(String[] args) throws IOException {
    int length = Integer.parseInt(args[2]);
    TrainingSpec spec =
        new TrainingSpec(
            TrainingSpec.Body.valueOf(args[1]),
            List.of(length),
            Integer.parseInt(args[3]),
            Integer.parseInt(args[4]),
            Integer.parseInt(args[5]));
    List<DataSet> data = TrainingVariant.data(spec, length);
    Model network = TrainingVariant.valueOf(args[0]).network(spec, length, data);
    for (int i = 0; i < Math.min(MOST_STEPS, spec.rounds()); i++) {
      TrainingVariant.fit(network, data.get(i % data.size()));
    }
    System.out.println(PeakMemory.bytes());
    Runtime.getRuntime().halt(0);
  }
}
