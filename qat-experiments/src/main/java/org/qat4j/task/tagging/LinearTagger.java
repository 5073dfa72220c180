package org.qat4j.task.tagging;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.qat4j.baseline.OneAgainstRest;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.text.internal.TokenText;

/**
 * A linear model of the tag of a token: what stands there, up to two places before and behind it
 * and, where the data have one, in focus, and how far that is. Features are hashed (Weinberger et
 * al., arXiv:0902.2206). Of many sentences only every second, third and so on is learned, so that
 * the baseline does not take longer than the network.
 */
public final class LinearTagger {
  private static final int FEATURES = 1 << 18;
  private static final int FARTHEST = 10;
  private static final int AROUND = 2;
  private static final int ENDING = 3;
  private static final int MOST_TOKENS = 300_000;
  private static final double COST = 1;

  /** The features, each of which is there or not. */
  private static final Feature[] PRESENT =
      IntStream.rangeClosed(1, FEATURES)
          .mapToObj(i -> new FeatureNode(i, 1))
          .toArray(Feature[]::new);

  private final int tags;
  private final OneAgainstRest model;

  public LinearTagger(Dataset data) {
    tags = data.labels().size();
    int tokens = data.train().stream().mapToInt(example -> example.tags().size()).sum();
    int every = 1 + (tokens - 1) / MOST_TOKENS;
    List<Example> learned =
        IntStream.range(0, data.train().size())
            .filter(i -> i % every == 0)
            .mapToObj(data.train()::get)
            .toList();
    Feature[][] vectors =
        learned.parallelStream()
            .flatMap(example -> vectors(example.text()).stream())
            .toArray(Feature[][]::new);
    int[] truth =
        learned.stream()
            .flatMapToInt(example -> example.tags().stream().mapToInt(Integer::intValue))
            .toArray();
    model = new OneAgainstRest(vectors, truth, FEATURES, tags, COST);
  }

  /** One for each token. */
  private static List<Feature[]> vectors(String text) {
    TokenText tokens = TokenText.of(text);
    List<String> words =
        tokens.tokens().stream().map(token -> token.toLowerCase(Locale.ROOT)).toList();
    List<Feature[]> vectors = new ArrayList<>();
    for (int t = 0; t < words.size(); t++) {
      List<String> names = new ArrayList<>();
      for (int i = t - AROUND; i <= t + AROUND; i++) {
        names.add(i - t + " " + at(words, i));
      }
      String word = words.get(t);
      names.add("pair before " + at(words, t - 1) + " " + word);
      names.add("pair behind " + word + " " + at(words, t + 1));
      names.add("ending " + word.substring(Math.max(0, word.length() - ENDING)));
      names.add("form " + form(tokens.tokens().get(t)));
      if (tokens.focus() != TokenText.NO_FOCUS) {
        String focus = words.get(tokens.focus());
        int away = Math.max(-FARTHEST, Math.min(FARTHEST, t - tokens.focus()));
        names.add("away " + away);
        names.add("focus " + focus);
        names.add("focus and away " + focus + " " + away);
        names.add("focus and word " + focus + " " + word);
        names.add("word and away " + word + " " + away);
        names.add("before and away " + at(words, t - 1) + " " + away);
      }
      vectors.add(
          names.stream()
              .mapToInt(name -> place(name.hashCode()))
              .sorted()
              .distinct()
              .mapToObj(place -> PRESENT[place])
              .toArray(Feature[]::new));
    }
    return vectors;
  }

  private static String at(List<String> words, int i) {
    return i < 0 || i >= words.size() ? "\t" : words.get(i);
  }

  /** Capitals, small letters, digits and others, each run once. */
  private static String form(String token) {
    StringBuilder form = new StringBuilder();
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      char kind =
          Character.isUpperCase(c)
              ? 'A'
              : Character.isLetter(c) ? 'a' : Character.isDigit(c) ? '0' : c;
      if (form.isEmpty() || form.charAt(form.length() - 1) != kind) {
        form.append(kind);
      }
    }
    return form.toString();
  }

  /** Spreads a hash over the features (the finalizer of MurmurHash3, which is public domain). */
  private static int place(int hash) {
    int h = (hash ^ hash >>> 16) * 0x85ebca6b;
    h = (h ^ h >>> 13) * 0xc2b2ae35;
    return (h ^ h >>> 16) & (FEATURES - 1);
  }

  /** Softmax of the scores of each token, [tokens, tags] row-major. */
  public float[] probabilities(Example example) {
    List<Feature[]> vectors = vectors(example.text());
    float[] p = new float[vectors.size() * tags];
    for (int t = 0; t < vectors.size(); t++) {
      float[] scores = model.scores(vectors.get(t));
      double sum = 0;
      for (float score : scores) {
        sum += Math.exp(score);
      }
      for (int tag = 0; tag < tags; tag++) {
        p[t * tags + tag] = (float) (Math.exp(scores[tag]) / sum);
      }
    }
    return p;
  }
}
