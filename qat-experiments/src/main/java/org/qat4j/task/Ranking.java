package org.qat4j.task;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.qat4j.baseline.LinearClassifier;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.BaselineSpec;
import org.qat4j.text.internal.WordTokenizer;

/** How probable is the last class, the right one, against the other texts of the group? */
public record Ranking() implements Task {
  /** Stands for every word that the training texts do not have; no word is empty. */
  private static final String UNHEARD = "";

  /**
   * Texts as they stand, since the most frequent class is the same for all of a group, by the words
   * that they share with what they are ranked for, and by a linear model.
   */
  @Override
  public Map<Stage, Predictions> baselines(BaselineSpec spec, Dataset data) {
    Map<Stage, Predictions> answers = new EnumMap<>(Stage.class);
    int classes = data.labels().size();
    if (spec.majority()) {
      answers.put(Stage.MAJORITY, Scored.predict(this, data, example -> new float[classes]));
      Map<String, Double> idf = idf(data.train());
      answers.put(
          Stage.OVERLAP, Scored.predict(this, data, e -> new float[] {0, overlap(idf, e.text())}));
    }
    if (spec.linear()) {
      LinearClassifier linear =
          LinearClassifier.tuned(
              data, spec.terms(), scores -> Scored.validation(this, data, scores));
      answers.put(
          Stage.LINEAR, Scored.predict(this, data, example -> linear.scores(example.text())));
    }
    return answers;
  }

  /** The questions that texts are ranked for. */
  @Override
  public List<String> items(List<Example> texts, List<String> labels) {
    return groups(texts, labels.size() - 1).values().stream()
        .map(group -> field(texts.get(group.get(0)).text(), 0))
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
              .map(i -> field(texts.get(i).text(), 1))
              .collect(Collectors.joining(" | ")));
      answers.add(field(texts.get(ranked.get(0)).text(), 1));
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

  /** One of the fields between tabs; empty where it is not there. */
  private static String field(String text, int field) {
    String[] fields = text.split("\t", -1);
    return field < fields.length ? fields[field] : "";
  }

  /** The words that both fields have, each by its inverse document frequency. */
  private static float overlap(Map<String, Double> idf, String text) {
    Set<String> common = new LinkedHashSet<>(words(field(text, 0)));
    common.retainAll(new HashSet<>(words(field(text, 1))));
    return (float)
        common.stream().mapToDouble(word -> idf.getOrDefault(word, idf.get(UNHEARD))).sum();
  }

  /** ln(texts / texts with the word) of the candidates; unheard words have that of one text. */
  private static Map<String, Double> idf(List<Example> texts) {
    Map<String, Double> counts = new HashMap<>();
    for (Example e : texts) {
      new HashSet<>(words(field(e.text(), 1))).forEach(w -> counts.merge(w, 1.0, Double::sum));
    }
    counts.put(UNHEARD, 1.0);
    counts.replaceAll((word, n) -> Math.log(texts.size() / n));
    return counts;
  }

  private static List<String> words(String text) {
    return WordTokenizer.words(text, true, false);
  }
}
