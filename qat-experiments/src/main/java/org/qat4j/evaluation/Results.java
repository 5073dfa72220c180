package org.qat4j.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.qat4j.QatException;

/**
 * What the stages of a run reach on the test set, over all seeds.
 *
 * @param metric that all of them are measured by
 * @param stages those that every seed has, in order; baselines come first
 * @param flips share of items that the last stage answers differently from the float network
 * @param worth what training under quantization gains over quantization without training, beyond
 *     what as many steps gain in float: (last − untrained) − (control − float); null where one of
 *     the four is missing
 */
public record Results(Metric metric, Map<Stage, StageResult> stages, double flips, Gain worth) {
  /** Stages that the others are compared with. */
  private static final List<Stage> REFERENCES =
      List.of(Stage.FLOAT, Stage.CONTROL, Stage.PTQ, Stage.OBSERVER, Stage.TUNED);

  /** What baselines are compared with: the network in float. */
  private static final List<Stage> ABOVE_BASELINES = List.of(Stage.FLOAT, Stage.CONTROL);

  public Results {
    Map<Stage, StageResult> copy = new EnumMap<>(Stage.class);
    copy.putAll(stages);
    stages = Collections.unmodifiableMap(copy);
  }

  /**
   * A difference of differences.
   *
   * @param mean −2 to 2
   * @param interval of the mean, all four on the same items
   */
  public record Gain(double mean, Interval interval) {}

  /**
   * What training under quantization begins with: what a search found, or what calibration did;
   * null where there is neither.
   */
  public Stage untrained() {
    return stages.containsKey(Stage.TUNED)
        ? Stage.TUNED
        : stages.containsKey(Stage.PTQ) ? Stage.PTQ : null;
  }

  /** The stages of the network, in order, without baselines. */
  public List<Stage> order() {
    return stages.keySet().stream().filter(stage -> !stage.isBaseline()).toList();
  }

  /** The stage that the others lead to. */
  public Stage last() {
    List<Stage> order = order();
    return order.get(order.size() - 1);
  }

  /**
   * Compares the stages.
   *
   * @param runs answers of each seed, one or more
   * @throws QatException if the seeds have no stage of the network in common or were not tested on
   *     the same items
   */
  public static Results of(List<Map<Stage, Predictions>> runs) {
    List<Stage> stages = new ArrayList<>(runs.get(0).keySet());
    runs.forEach(run -> stages.retainAll(run.keySet()));
    if (stages.stream().allMatch(Stage::isBaseline)) {
      throw new QatException("a report needs the predictions of at least one stage");
    }
    Predictions first = runs.get(0).get(stages.get(0));
    Predictions[][] answers = new Predictions[runs.size()][stages.size()];
    for (int seed = 0; seed < answers.length; seed++) {
      for (int stage = 0; stage < stages.size(); stage++) {
        Predictions p = runs.get(seed).get(stages.get(stage));
        first.checkSameItems(p);
        answers[seed][stage] = p;
      }
    }
    Bootstrap bootstrap = new Bootstrap(answers, Bootstrap.SEED);
    Map<Stage, StageResult> results = new EnumMap<>(Stage.class);
    for (int i = 0; i < stages.size(); i++) {
      Stage stage = stages.get(i);
      double[] scores = each(runs, run -> run.get(stage).score());
      Map<Stage, Difference> against = new EnumMap<>(Stage.class);
      for (Stage reference : REFERENCES) {
        int j = stages.indexOf(reference);
        if (j >= 0 && (j < i || (stage.isBaseline() && ABOVE_BASELINES.contains(reference)))) {
          against.put(reference, difference(runs, stage, reference, bootstrap.difference(i, j)));
        }
      }
      results.put(
          stage,
          new StageResult(
              Statistics.mean(scores),
              bootstrap.score(i),
              parts(runs, stage),
              Statistics.mean(each(runs, run -> run.get(stage).meanLoss())),
              Statistics.standardDeviation(scores),
              Arrays.stream(scores).boxed().toList(),
              Collections.unmodifiableMap(against)));
    }
    Results compared = new Results(first.metric(), results, 0, null);
    return new Results(
        first.metric(),
        results,
        flips(runs, compared.order().get(0), compared.last()),
        worth(compared, stages, bootstrap));
  }

  private static Gain worth(Results all, List<Stage> stages, Bootstrap bootstrap) {
    Stage untrained = all.untrained();
    if (untrained == null
        || all.last().compareTo(Stage.QAT) < 0
        || !stages.containsAll(List.of(Stage.FLOAT, Stage.CONTROL))) {
      return null;
    }
    List<Stage> four = List.of(all.last(), untrained, Stage.CONTROL, Stage.FLOAT);
    double[] scores = four.stream().mapToDouble(s -> all.stages().get(s).score()).toArray();
    int[] at = four.stream().mapToInt(stages::indexOf).toArray();
    return new Gain(
        scores[0] - scores[1] - (scores[2] - scores[3]),
        bootstrap.gain(at[0], at[1], at[2], at[3]));
  }

  /** Further figures of the metric, means over seeds. */
  private static Map<String, Double> parts(List<Map<Stage, Predictions>> runs, Stage stage) {
    Map<String, Double> means = new LinkedHashMap<>();
    for (String part : runs.get(0).get(stage).parts().keySet()) {
      means.put(part, Statistics.mean(each(runs, run -> run.get(stage).parts().get(part))));
    }
    return means;
  }

  private static Difference difference(
      List<Map<Stage, Predictions>> runs, Stage stage, Stage reference, Interval interval) {
    long onlyStage = 0;
    long onlyReference = 0;
    for (Map<Stage, Predictions> run : runs) {
      onlyStage += only(run.get(stage), run.get(reference));
      onlyReference += only(run.get(reference), run.get(stage));
    }
    Metric metric = runs.get(0).get(stage).metric();
    double mean =
        Statistics.mean(
            each(runs, run -> metric.gain(run.get(stage).score(), run.get(reference).score())));
    return new Difference(
        metric,
        mean,
        interval,
        flips(runs, stage, reference),
        Statistics.mcNemar(onlyStage, onlyReference));
  }

  /** Items that {@code a} answers rightly and {@code b} does not. */
  private static int only(Predictions a, Predictions b) {
    BitSet set = (BitSet) a.correct().clone();
    set.andNot(b.correct());
    return set.cardinality();
  }

  private static double flips(List<Map<Stage, Predictions>> runs, Stage a, Stage b) {
    return Statistics.mean(each(runs, run -> run.get(a).flipRate(run.get(b))));
  }

  private static double[] each(
      List<Map<Stage, Predictions>> runs, ToDoubleFunction<Map<Stage, Predictions>> figure) {
    return runs.stream().mapToDouble(figure).toArray();
  }
}
