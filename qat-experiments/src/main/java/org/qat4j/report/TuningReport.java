package org.qat4j.report;

import java.util.List;
import java.util.Locale;
import org.qat4j.evaluation.Statistics;

/**
 * How a search went; all figures on the validation texts.
 *
 * @param objective what was searched for
 * @param examples validation texts
 * @param dimensions things that could be chosen
 * @param trials that were tried
 * @param failed of these
 * @param trialsToBest trials until the best one
 * @param seconds of the search
 * @param untuned the setting of the experiment
 * @param observer the best of the usual observers, the same for all layers
 * @param tuned the best that was found
 * @param history trials on all texts, in order
 * @param front what nothing else beats in objective and size
 * @param sensitivity one layer at a time with fewer bits
 * @param suggestions settings that are worth adopting
 */
public record TuningReport(
    String objective,
    int examples,
    int dimensions,
    int trials,
    int failed,
    int trialsToBest,
    double seconds,
    Figures untuned,
    Figures observer,
    Figures tuned,
    List<HistoryPoint> history,
    List<Figures> front,
    List<Sensitivity> sensitivity,
    List<Suggestion> suggestions) {
  public TuningReport {
    history = List.copyOf(history);
    front = List.copyOf(front);
    sensitivity = List.copyOf(sensitivity);
    suggestions = List.copyOf(suggestions);
  }

  /**
   * One sentence: how much was tried, how long it took, and the spread over the seeds.
   *
   * @param all the searches of all seeds, this one among them
   */
  public String summary(List<TuningReport> all) {
    double[] gains =
        all.stream()
            .mapToDouble(r -> 100 * (r.tuned().accuracy() - r.untuned().accuracy()))
            .toArray();
    String spread =
        all.size() == 1
            ? ""
            : String.format(
                Locale.ROOT,
                "; over %d seeds the gain on the validation texts is %.2f ± %.2f points",
                all.size(),
                Statistics.mean(gains),
                Statistics.standardDeviation(gains));
    return String.format(
        Locale.ROOT,
        "%,d trials over %d dimensions in %s (%.1f a second), the best of them trial %,d, %,d"
            + " failed; the best %s on %,d validation texts%s",
        trials(),
        dimensions(),
        Formats.seconds(seconds()),
        trialsPerSecond(),
        trialsToBest(),
        failed(),
        objective(),
        examples(),
        spread);
  }

  /**
   * What one candidate reaches.
   *
   * @param trial its number
   * @param accuracy 0 to 1
   * @param loss in nats
   * @param agreement with the float network, 0 to 1
   * @param bytes of the model file, without text encoders
   * @param bits mean over all weights
   * @param settings that it changes
   */
  public record Figures(
      int trial,
      double accuracy,
      double loss,
      double agreement,
      long bytes,
      double bits,
      String settings) {}

  /**
   * A trial on all texts.
   *
   * @param trial its number
   * @param value of the objective
   * @param best value so far
   */
  public record HistoryPoint(int trial, double value, double best) {}

  /**
   * What happens if one layer alone has fewer bits.
   *
   * @param layer its name
   * @param bits of its weights
   * @param accuracyChange against the untuned setting, in points
   * @param lossChange against the untuned setting
   * @param bytesSaved of the model file
   */
  public record Sensitivity(
      String layer, int bits, double accuracyChange, double lossChange, long bytesSaved) {}

  /**
   * A setting that may be adopted.
   *
   * @param title what it is good for
   * @param figures what it reaches
   * @param yaml lines of an experiment file
   */
  public record Suggestion(String title, Figures figures, String yaml) {}

  /** Trials a second. */
  public double trialsPerSecond() {
    return trials / seconds;
  }
}
