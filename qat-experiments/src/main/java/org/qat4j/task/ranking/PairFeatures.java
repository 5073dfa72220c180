package org.qat4j.task.ranking;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.model.TextInput;
import org.qat4j.text.FieldEncoder;
import org.qat4j.text.OverlapEncoder;
import org.qat4j.text.WordEncoder;

/** What is known of two texts together: the words that both have, and where the second stands. */
final class PairFeatures {
  private static final String OVERLAP = "overlapIds";
  private static final String PLACE = "placeIds";

  /** Words whose rarity is told apart; by Zipf's law the others are much alike. */
  private static final int FREQUENT = 1023;

  /** Length of the vectors of places. */
  private static final int PLACE_DIMENSION = 8;

  private PairFeatures() {}

  /**
   * The inputs that a network asks for.
   *
   * @param words of the training texts, the most frequent first
   */
  static List<TextInput> of(ModelSpec.PairCnn s, List<String> words) {
    List<TextInput> inputs = new ArrayList<>();
    if (s.overlap() > 0) {
      List<String> frequent = words.subList(0, Math.min(FREQUENT, words.size()));
      inputs.add(
          new TextInput(OVERLAP, new OverlapEncoder(frequent, s.firstLength(), s.lowerCase())));
    }
    if (s.places() > 0) {
      List<String> places =
          IntStream.rangeClosed(1, s.places()).mapToObj(Integer::toString).toList();
      inputs.add(
          new TextInput(
              PLACE, new FieldEncoder(2, new WordEncoder(places, 1, false, false, false))));
    }
    return inputs;
  }

  /** Length of the vectors of an input. */
  static int dimension(ModelSpec.PairCnn s, TextInput input) {
    return input.input().equals(OVERLAP) ? s.overlap() : PLACE_DIMENSION;
  }
}
