package org.qat4j.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Question;
import org.qat4j.evaluation.Bleu;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Predictions;
import org.qat4j.runtime.BioDecoder;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.TokenText;

/** Makes answers of what a network or model puts out, and compares them with the right ones. */
public final class Judge {
  private static final String OUTSIDE = "O";

  /** Kind of the span of the predicate itself, in PropBank and CoNLL-2005. */
  private static final String PREDICATE = "V";

  private final Question question;
  private final List<String> labels;
  private final BioDecoder decoder;

  /**
   * @param question what is asked
   * @param labels names of the classes or tags
   */
  public Judge(Question question, List<String> labels) {
    this.question = question;
    this.labels = labels;
    this.decoder = new BioDecoder(labels);
  }

  /** For the texts of a data set. */
  public static Judge of(Dataset data) {
    return new Judge(data.question(), data.labels());
  }

  /**
   * The answers.
   *
   * @param outputs probabilities of the classes of each text, or of the tags of its steps, [steps,
   *     tags] row-major
   */
  public Predictions judge(List<Example> texts, float[][] outputs) {
    return switch (question) {
      case CLASS -> Predictions.of(outputs, texts.stream().mapToInt(Example::label).toArray());
      case TAGS -> tags(texts, outputs);
      case RANKING -> ranking(texts, outputs);
      case TRANSLATION -> throw new IllegalArgumentException("translations are not classes");
    };
  }

  /**
   * Translations and how near they come to the right ones.
   *
   * @param translations one for each text
   * @param losses of the right ones, likewise; NaN where there are no probabilities
   */
  public static Predictions judge(List<Example> texts, List<String> translations, float[] losses) {
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

  /** Items of the test set, for people: the texts, or the questions that texts are ranked for. */
  public List<String> items(List<Example> texts) {
    if (question == Question.TRANSLATION) {
      return texts.stream().map(text -> PieceEncoder.source(text.text())).toList();
    }
    if (question != Question.RANKING) {
      return texts.stream().map(Example::text).toList();
    }
    return groups(texts).values().stream()
        .map(group -> firstField(texts.get(group.get(0)).text()))
        .toList();
  }

  /** Spans that are right in begin, end and kind; steps beyond the network's are outside. */
  private Predictions tags(List<Example> texts, float[][] outputs) {
    List<String> truths = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    double[][] counts = new double[texts.size()][];
    float[] losses = new float[texts.size()];
    for (int i = 0; i < counts.length; i++) {
      List<String> truth = texts.get(i).tags().stream().map(labels::get).toList();
      int steps = Math.min(truth.size(), outputs[i].length / labels.size());
      int[] best = decoder.decode(outputs[i], steps);
      List<String> answer = new ArrayList<>();
      double loss = 0;
      for (int t = 0; t < truth.size(); t++) {
        answer.add(t < steps ? labels.get(best[t]) : OUTSIDE);
        if (t < steps) {
          float p = outputs[i][t * labels.size() + texts.get(i).tags().get(t)];
          loss -= Math.log(Math.max(p, Predictions.TINY));
        }
      }
      truths.add(String.join(" ", truth));
      answers.add(String.join(" ", answer));
      counts[i] = counts(spans(texts.get(i), truth), spans(texts.get(i), answer));
      losses[i] = (float) (loss / Math.max(1, steps));
    }
    return Predictions.of(Metric.SPAN_F1, truths, answers, counts, losses);
  }

  /**
   * The spans that count: where a predicate is given its own does not, as in the shared task of
   * CoNLL-2005 (Carreras and Màrquez).
   */
  private static List<Span> spans(Example text, List<String> tags) {
    boolean given = TokenText.of(text.text()).focus() != TokenText.NO_FOCUS;
    return Span.of(tags).stream().filter(s -> !(given && s.kind().equals(PREDICATE))).toList();
  }

  private static double[] counts(List<Span> truth, List<Span> answer) {
    Set<Span> right = new HashSet<>(truth);
    right.retainAll(answer);
    return new double[] {right.size(), answer.size(), truth.size()};
  }

  /**
   * Texts of a group by the probability of the last class, the highest first, of equal ones the
   * first. Groups without a right text are left out, as is usual.
   */
  private Predictions ranking(List<Example> texts, float[][] outputs) {
    int right = labels.size() - 1;
    List<String> truths = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    List<double[]> counts = new ArrayList<>();
    List<Float> losses = new ArrayList<>();
    for (List<Integer> group : groups(texts).values()) {
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
  private Map<Integer, List<Integer>> groups(List<Example> texts) {
    Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < texts.size(); i++) {
      groups.computeIfAbsent(texts.get(i).group(), g -> new ArrayList<>()).add(i);
    }
    groups
        .values()
        .removeIf(g -> g.stream().noneMatch(i -> texts.get(i).label() == labels.size() - 1));
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
