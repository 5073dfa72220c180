package org.qat4j.baseline;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.qat4j.data.Example;
import org.qat4j.experiment.BaselineSpec.Terms;
import org.qat4j.text.WordTokenizer;

/**
 * Texts as sparse vectors of unit length: term t of a text has the weight tf·(ln((1 + N)/(1 + df))
 * + 1), where tf is how often it occurs in the text and df in how many of the N training texts
 * (Manning, Raghavan and Schütze, <i>Introduction to Information Retrieval</i>, 2008, 6.2, with the
 * smoothing of scikit-learn's TfidfVectorizer). Terms that the training texts have once only are
 * left out.
 */
public final class TermWeights {
  private static final int MIN_TEXTS = 2;
  private static final int LONGEST_RUN = 4;

  /** Of a term: its place in the vectors, from 1, and its inverse document frequency. */
  private record Term(int place, double idf) {}

  private final Terms terms;
  private final Map<String, Term> known = new HashMap<>();

  public TermWeights(List<Example> training, Terms terms) {
    this.terms = terms;
    Map<String, Integer> texts = new HashMap<>();
    for (Example example : training) {
      counts(example.text()).keySet().forEach(term -> texts.merge(term, 1, Integer::sum));
    }
    new TreeMap<>(texts)
        .forEach(
            (term, df) -> {
              if (df >= MIN_TEXTS) {
                double idf = Math.log((1.0 + training.size()) / (1 + df)) + 1;
                known.put(term, new Term(known.size() + 1, idf));
              }
            });
  }

  /** Number of terms. */
  public int size() {
    return known.size();
  }

  /** The vector of a text, places ascending. */
  public Feature[] vector(String text) {
    Map<Integer, Double> weights = new TreeMap<>();
    counts(text)
        .forEach(
            (name, count) -> {
              Term term = known.get(name);
              if (term != null) {
                weights.put(term.place(), count * term.idf());
              }
            });
    double norm = Math.sqrt(weights.values().stream().mapToDouble(w -> w * w).sum());
    return weights.entrySet().stream()
        .map(e -> new FeatureNode(e.getKey(), e.getValue() / norm))
        .toArray(Feature[]::new);
  }

  private Map<String, Integer> counts(String text) {
    Map<String, Integer> counts = new HashMap<>();
    List<String> all = terms == Terms.WORDS ? words(text) : characters(text);
    all.forEach(term -> counts.merge(term, 1, Integer::sum));
    return counts;
  }

  /** Words in lower case and pairs of neighbours. */
  private static List<String> words(String text) {
    List<String> terms = WordTokenizer.words(text, true, false);
    int words = terms.size();
    for (int i = 1; i < words; i++) {
      terms.add(terms.get(i - 1) + " " + terms.get(i));
    }
    return terms;
  }

  /** Runs of 1 to 4 characters; a space stands before and behind the text. */
  private static List<String> characters(String text) {
    int[] characters = (" " + text + " ").codePoints().toArray();
    List<String> terms = new ArrayList<>();
    for (int from = 0; from < characters.length; from++) {
      for (int n = 1; n <= LONGEST_RUN && from + n <= characters.length; n++) {
        terms.add(new String(characters, from, n));
      }
    }
    return terms;
  }
}
