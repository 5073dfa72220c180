package org.qat4j.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;

/**
 * What the stages do with each class of the test set, over all seeds.
 *
 * @param classes those that the test set has, in the order of the labels; none where answers are
 *     texts
 * @param confusions pairs that the last stage mistakes most often, most frequent first
 */
public record Classes(List<OfClass> classes, List<Confusion> confusions) {
  private static final int CONFUSIONS = 12;

  /**
   * One class.
   *
   * @param label its name
   * @param items of the test set
   * @param accuracy share of its items that a stage answers rightly
   */
  public record OfClass(String label, int items, Map<Stage, Double> accuracy) {}

  /**
   * A class that is taken for another.
   *
   * @param label true class
   * @param predicted answer
   * @param count how often, all seeds together
   */
  public record Confusion(String label, String predicted, int count) {}

  static Classes of(List<String> labels, Results results, List<SeedRun> runs) {
    List<Stage> stages = results.order();
    Predictions first = runs.get(0).predictions().get(stages.get(0));
    if (!first.isOfClasses()) {
      return new Classes(List.of(), List.of());
    }
    int[] items = new int[labels.size()];
    for (int i = 0; i < first.size(); i++) {
      items[first.label(i)]++;
    }
    Map<Stage, int[]> right = new EnumMap<>(Stage.class);
    for (Stage stage : stages) {
      right.put(stage, right(labels.size(), stage, runs));
    }
    List<OfClass> classes = new ArrayList<>();
    for (int c = 0; c < items.length; c++) {
      if (items[c] > 0) {
        Map<Stage, Double> accuracy = new EnumMap<>(Stage.class);
        for (Stage stage : stages) {
          accuracy.put(stage, right.get(stage)[c] / (double) (items[c] * runs.size()));
        }
        classes.add(new OfClass(labels.get(c), items[c], accuracy));
      }
    }
    return new Classes(classes, confusions(labels, results.last(), runs));
  }

  private static int[] right(int classes, Stage stage, List<SeedRun> runs) {
    int[] right = new int[classes];
    for (SeedRun run : runs) {
      Predictions p = run.predictions().get(stage);
      for (int i = 0; i < p.size(); i++) {
        right[p.label(i)] += p.isCorrect(i) ? 1 : 0;
      }
    }
    return right;
  }

  private static List<Confusion> confusions(List<String> labels, Stage stage, List<SeedRun> runs) {
    int[][] counts = new int[labels.size()][labels.size()];
    for (SeedRun run : runs) {
      Predictions p = run.predictions().get(stage);
      for (int i = 0; i < p.size(); i++) {
        counts[p.label(i)][p.predicted(i)]++;
      }
    }
    List<Confusion> wrong = new ArrayList<>();
    for (int label = 0; label < counts.length; label++) {
      for (int predicted = 0; predicted < counts.length; predicted++) {
        if (label != predicted && counts[label][predicted] > 0) {
          wrong.add(
              new Confusion(labels.get(label), labels.get(predicted), counts[label][predicted]));
        }
      }
    }
    wrong.sort(Comparator.comparing((Confusion c) -> -c.count()));
    return List.copyOf(wrong.subList(0, Math.min(CONFUSIONS, wrong.size())));
  }
}
