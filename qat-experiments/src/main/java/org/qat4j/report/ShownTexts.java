package org.qat4j.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.qat4j.QatException;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;

/** Chooses the test texts that a report shows. */
final class ShownTexts {
  private static final int OF_EACH_KIND = 6;
  private static final int LONGEST_TEXT = 240;
  private static final long SEED = 20_260_101;

  private ShownTexts() {}

  /**
   * Texts that quantization changed the answer of, other wrong ones and right ones, a few of each,
   * drawn by lot.
   *
   * @param texts in the order of the predictions, or empty
   * @throws QatException if there are texts, but not one for each prediction
   */
  static List<SampleText> pick(
      List<String> texts, List<String> labels, Map<Stage, Predictions> predictions) {
    if (texts.isEmpty()) {
      return List.of();
    }
    List<Stage> stages =
        predictions.keySet().stream().filter(stage -> !stage.isBaseline()).toList();
    Predictions first = predictions.get(stages.get(0));
    Predictions last = predictions.get(stages.get(stages.size() - 1));
    if (texts.size() != last.size()) {
      throw new QatException(
          "there are " + texts.size() + " test texts but " + last.size() + " predictions");
    }
    IntPredicate changed = i -> !first.isSame(i, last);
    List<Integer> chosen = new ArrayList<>();
    chosen.addAll(some(changed, last.size()));
    chosen.addAll(some(changed.negate().and(i -> !last.isCorrect(i)), last.size()));
    chosen.addAll(some(changed.negate().and(last::isCorrect), last.size()));
    return chosen.stream().map(i -> sample(i, texts.get(i), labels, predictions, last)).toList();
  }

  private static List<Integer> some(IntPredicate kind, int items) {
    List<Integer> all = new ArrayList<>(IntStream.range(0, items).filter(kind).boxed().toList());
    Collections.shuffle(all, new Random(SEED));
    return all.subList(0, Math.min(OF_EACH_KIND, all.size()));
  }

  private static SampleText sample(
      int item,
      String text,
      List<String> labels,
      Map<Stage, Predictions> predictions,
      Predictions last) {
    Map<Stage, String> answers = new EnumMap<>(Stage.class);
    predictions.forEach((stage, p) -> answers.put(stage, p.answer(item, labels)));
    return new SampleText(
        shorten(text), last.truth(item, labels), answers, Math.exp(-last.loss(item)));
  }

  private static String shorten(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    if (line.codePointCount(0, line.length()) <= LONGEST_TEXT) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, LONGEST_TEXT)) + " …";
  }
}
