package org.qat4j.task.translation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.data.Example;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.internal.WordTokenizer;

/**
 * Translates word for word: each word by the one that it is most probably translated to by model 1
 * of Brown et al. (1993, Computational Linguistics 19(2), section 4.2), without the empty word; of
 * equally probable ones by the first in the order of letters. A word that was never seen stays as
 * it is.
 */
public final class Dictionary {
  private static final int ITERATIONS = 5;

  private final Map<String, String> best = new HashMap<>();

  /** A word of a text, and how probably it becomes each word of the other language. */
  private static final class Entry {
    private final Map<String, double[]> words = new HashMap<>(); // {probability, expected count}

    private double[] of(String word) {
      return words.computeIfAbsent(word, w -> new double[] {1, 0});
    }

    private void normalize() {
      double sum = words.values().stream().mapToDouble(w -> w[1]).sum();
      words.values().forEach(w -> Arrays.setAll(w, i -> i == 0 ? w[1] / sum : 0));
    }
  }

  public Dictionary(List<Example> training) {
    Map<String, Entry> entries = new HashMap<>();
    List<List<Entry>> sources = new ArrayList<>();
    List<List<String>> targets = new ArrayList<>();
    for (Example example : training) {
      sources.add(
          words(PieceEncoder.source(example.text())).stream()
              .map(word -> entries.computeIfAbsent(word, w -> new Entry()))
              .toList());
      targets.add(words(PieceEncoder.target(example.text())));
    }
    for (int i = 0; i < ITERATIONS; i++) {
      for (int pair = 0; pair < sources.size(); pair++) {
        expect(sources.get(pair), targets.get(pair));
      }
      entries.values().forEach(Entry::normalize);
    }
    entries.forEach((word, entry) -> best.put(word, best(entry)));
  }

  /** Divides each word of a translation among the words that it may come from. */
  private static void expect(List<Entry> source, List<String> target) {
    for (String word : target) {
      double sum = 0;
      for (Entry entry : source) {
        sum += entry.of(word)[0];
      }
      for (Entry entry : source) {
        double[] of = entry.of(word);
        of[1] += of[0] / sum;
      }
    }
  }

  private static String best(Entry entry) {
    String best = "";
    double most = 0;
    for (Map.Entry<String, double[]> word : entry.words.entrySet()) {
      double more = word.getValue()[0] - most;
      if (more > 0 || (more == 0 && word.getKey().compareTo(best) < 0)) {
        most = word.getValue()[0];
        best = word.getKey();
      }
    }
    return best;
  }

  public String translate(String text) {
    return String.join(
        " ", words(text).stream().map(word -> best.getOrDefault(word, word)).toList());
  }

  private static List<String> words(String text) {
    return WordTokenizer.words(text, false, true);
  }
}
