package org.qat4j.task;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.qat4j.baseline.LinearClassifier;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.BaselineSpec;

/** How probable is the last class, the right one, against the other texts of the group? */
public record Ranking() implements Task {
  /**
   * Texts as they stand, since the most frequent class is the same for all of a group, and a linear
   * model that ranks by the distance from its hyperplane.
   */
  @Override
  public Map<Stage, Predictions> baselines(BaselineSpec spec, Dataset data) {
    Map<Stage, Predictions> answers = new EnumMap<>(Stage.class);
    int classes = data.labels().size();
    if (spec.majority()) {
      answers.put(Stage.MAJORITY, Scored.predict(this, data, example -> new float[classes]));
    }
    if (spec.linear()) {
      LinearClassifier linear = new LinearClassifier(data.train(), classes, spec.terms());
      answers.put(
          Stage.LINEAR, Scored.predict(this, data, example -> linear.scores(example.text())));
    }
    return answers;
  }

  /** The questions that texts are ranked for. */
  @Override
  public List<String> items(List<Example> texts, List<String> labels) {
    return groups(texts, labels.size() - 1).values().stream()
        .map(group -> firstField(texts.get(group.get(0)).text()))
        .toList();
  }

  /**
   * Texts of a group by the probability of the last class, the highest first, of equal ones the
   * first. Groups without a right text are left out, as is usual.
   */
  @Override
  public Predictions judge(List<Example> texts, List<String> labels, float[][] outputs) {
    int right = labels.size() - 1;
    List<String> truths = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    List<double[]> counts = new ArrayList<>();
    List<Float> losses = new ArrayList<>();
    for (List<Integer> group : groups(texts, right).values()) {
      List<Integer> ranked = new ArrayList<>(group);
      ranked.sort((a, b) -> Float.compare(outputs[b][right], outputs[a][right]));
      truths.add(
          group.stream()
              .filter(i -> texts.get(i).label() == right)
              .map(i -> lastField(texts.get(i).text()))
              .collect(Collectors.joining(" | ")));
      answers.add(lastField(texts.get(ranked.get(0)).text()));
      counts.add(rankCounts(ranked.stream().map(i -> texts.get(i).label() == right).toList()));
      losses.add(
          (float)
              group.stream()
                  .mapToDouble(i -> outputs[i][texts.get(i).label()])
                  .map(p -> -Math.log(Math.max(p, Predictions.TINY)))
                  .average()
                  .orElseThrow());
    }
    float[] all = new float[losses.size()];
    IntStream.range(0, all.length).forEach(i -> all[i] = losses.get(i));
    return Predictions.of(Metric.RANKING, truths, answers, counts.toArray(new double[0][]), all);
  }

  /** Indexes of the texts of each group that has a right one. */
  private static Map<Integer, List<Integer>> groups(List<Example> texts, int right) {
    Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < texts.size(); i++) {
      groups.computeIfAbsent(texts.get(i).group(), g -> new ArrayList<>()).add(i);
    }
    groups.values().removeIf(g -> g.stream().noneMatch(i -> texts.get(i).label() == right));
    return groups;
  }

  /**
   * Average precision and reciprocal rank (Manning, Raghavan and Schütze, 2008, 8.4).
   *
   * @param ranked whether each is right, the first place first
   * @return {average precision, reciprocal rank, 1}
   */
  static double[] rankCounts(List<Boolean> ranked) {
    int found = 0;
    double precisions = 0;
    double reciprocal = 0;
    for (int i = 0; i < ranked.size(); i++) {
      if (ranked.get(i)) {
        found++;
        precisions += found / (i + 1.0);
        reciprocal = found == 1 ? 1 / (i + 1.0) : reciprocal;
      }
    }
    return new double[] {precisions / Math.max(1, found), reciprocal, 1};
  }

  private static String firstField(String text) {
    int tab = text.indexOf('\t');
    return tab < 0 ? text : text.substring(0, tab);
  }

  private static String lastField(String text) {
    return text.substring(text.lastIndexOf('\t') + 1);
  }
}
