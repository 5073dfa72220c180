package org.qat4j.bench;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;
import org.qat4j.model.IntegerModel;
import org.qat4j.qat.QatNetwork;

/**
 * What is measured.
 *
 * @param model reads text
 * @param floatNetwork that the model was made from, or null
 * @param qat the network under quantization, or null
 * @param other model that is measured beside it in Java, or null
 * @param texts distinct real texts, at least 64
 * @param rounds how often every engine gets its turn, ≥ 3; figures are medians over them
 * @param turnMillis length of a turn, ≥ 1
 */
public record BenchSpec(
    IntegerModel model,
    Model floatNetwork,
    QatNetwork qat,
    IntegerModel other,
    List<String> texts,
    int rounds,
    int turnMillis) {
  static final int FEWEST_TEXTS = 64;

  public BenchSpec {
    texts = texts.stream().distinct().toList();
    if (texts.size() < FEWEST_TEXTS) {
      throw new QatException(
          "a benchmark needs at least "
              + FEWEST_TEXTS
              + " distinct texts, not "
              + texts.size()
              + ": give more, or a run folder");
    }
    if (turnMillis < 1) {
      throw new QatException("a turn lasts at least 1 ms, not " + turnMillis);
    }
    if (rounds < 3) {
      throw new QatException("a benchmark needs at least 3 rounds, not " + rounds);
    }
  }
}
