package org.qat4j.task.translation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.qat4j.data.Example;
import org.qat4j.evaluation.Bleu;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Predictions;
import org.qat4j.text.PieceEncoder;

/** How near translations come to the right ones. */
public final class TranslationScore {
  private TranslationScore() {}

  /**
   * Translations and how near they come to the right ones.
   *
   * @param translations one for each text
   * @param losses of the right ones, likewise; NaN where there are no probabilities
   */
  public static Predictions of(List<Example> texts, List<String> translations, float[] losses) {
    List<String> truths = texts.stream().map(t -> PieceEncoder.target(t.text())).toList();
    double[][] counts =
        IntStream.range(0, truths.size())
            .mapToObj(i -> counts(translations.get(i), truths.get(i)))
            .toArray(double[][]::new);
    return Predictions.of(Metric.BLEU, truths, translations, counts, losses);
  }

  private static double[] counts(String translation, String truth) {
    double[] bleu = Bleu.counts(translation, truth);
    double[] counts = Arrays.copyOf(bleu, bleu.length + 2);
    counts[bleu.length] = translation.equals(truth) ? 1 : 0;
    counts[bleu.length + 1] = 1;
    return counts;
  }
}
