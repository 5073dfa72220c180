package org.qat4j.baseline;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.qat4j.data.Example;
import org.qat4j.experiment.BaselineSpec.Terms;
import org.qat4j.text.internal.WordTokenizer;

/**
 * Texts as sparse vectors of unit length: term t of a text has the weight (1 + ln tf)·(ln((1 +
 * N)/(1 + df)) + 1), where tf is how often it occurs in the text and df in how many of the N
 * training texts (Manning, Raghavan and Schütze, <i>Introduction to Information Retrieval</i>,
 * 2008, 6.2 and 6.4.1, with the smoothing of scikit-learn's TfidfVectorizer). Where both words and
 * characters are counted, each half has the same length. Terms are told apart by a hash of 22 bits.
 */
public final class TermWeights {
  private static final int BUCKETS = 1 << 22;
  private static final int LONGEST_RUN = 4;
  private static final int SHORTEST_IN_WORD = 2;
  private static final int LONGEST_IN_WORD = 5;
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  /** One way to count. */
  private static final class Part {
    final Terms terms;
    final int[] places = new int[BUCKETS]; // of each bucket from 1; 0 where it has none
    final double[] idf; // of each place

    Part(List<Example> training, Terms terms) {
      this.terms = terms;
      for (Example example : training) {
        int[] sorted = sorted(buckets(example.text(), terms));
        for (int i = 0; i < sorted.length; i++) {
          places[sorted[i]] += i == 0 || sorted[i] != sorted[i - 1] ? 1 : 0;
        }
      }
      int[] byTexts = commonFirst(places);
      idf = new double[byTexts.length];
      for (int i = 0; i < byTexts.length; i++) {
        int bucket = byTexts[i];
        idf[i] = Math.log((1.0 + training.size()) / (1 + places[bucket])) + 1;
        places[bucket] = i + 1;
      }
    }

    /** The buckets of terms, those of most texts first: what is read often lies side by side. */
    private static int[] commonFirst(int[] texts) {
      return IntStream.range(0, BUCKETS)
          .filter(bucket -> texts[bucket] > 0)
          .mapToLong(bucket -> ((long) -texts[bucket] << Integer.SIZE) + bucket)
          .sorted()
          .mapToInt(key -> (int) key)
          .toArray();
    }

    int size() {
      return idf.length;
    }
  }

  private final List<Part> parts;

  public TermWeights(List<Example> training, Terms terms) {
    parts =
        terms == Terms.ALL
            ? List.of(new Part(training, Terms.WORDS), new Part(training, Terms.ALL))
            : List.of(new Part(training, terms));
  }

  private static int[] sorted(int[] values) {
    Arrays.sort(values);
    return values;
  }

  /** Number of terms. */
  public int size() {
    return parts.stream().mapToInt(Part::size).sum();
  }

  /** The vector of a text, places ascending. */
  public Feature[] vector(String text) {
    Feature[] vector = new Feature[0];
    int before = 0;
    for (Part part : parts) {
      Feature[] next = vector(text, part, before, 1 / Math.sqrt(parts.size()));
      int end = vector.length;
      vector = Arrays.copyOf(vector, end + next.length);
      System.arraycopy(next, 0, vector, end, next.length);
      before += part.size();
    }
    return vector;
  }

  /**
   * @param before places of the parts before
   */
  private static Feature[] vector(String text, Part part, int before, double length) {
    int[] places = buckets(text, part.terms);
    for (int i = 0; i < places.length; i++) {
      places[i] = part.places[places[i]];
    }
    Arrays.sort(places);
    List<Feature> vector = new ArrayList<>();
    double squares = 0;
    int end;
    for (int i = 0; i < places.length; i = end) {
      end = i;
      while (end < places.length && places[end] == places[i]) {
        end++;
      }
      if (places[i] > 0) {
        double weight = (1 + Math.log(end - i)) * part.idf[places[i] - 1];
        squares += weight * weight;
        vector.add(new FeatureNode(before + places[i], weight));
      }
    }
    for (Feature feature : vector) {
      feature.setValue(feature.getValue() * length / Math.sqrt(squares));
    }
    return vector.toArray(Feature[]::new);
  }

  private static int[] buckets(String text, Terms terms) {
    return switch (terms) {
      case WORDS -> words(text);
      case CHARACTERS -> runs(" " + text + " ", 1, LONGEST_RUN).toArray();
      case ALL -> inWords(text);
    };
  }

  /** Words in lower case and pairs of neighbours. */
  private static int[] words(String text) {
    List<String> words = WordTokenizer.words(text, true, false);
    Buckets buckets = new Buckets();
    for (int i = 0; i < words.size(); i++) {
      buckets.add(words.get(i).hashCode());
      if (i > 0) {
        buckets.add((words.get(i - 1) + " " + words.get(i)).hashCode());
      }
    }
    return buckets.toArray();
  }

  /** Runs of 2 to 5 characters of each word, a space before and behind it, in lower case. */
  private static int[] inWords(String text) {
    Buckets all = new Buckets();
    for (String word : text.toLowerCase(Locale.ROOT).split("\\s+", -1)) {
      runs(all, " " + word + " ", SHORTEST_IN_WORD, LONGEST_IN_WORD);
    }
    return all.toArray();
  }

  private static Buckets runs(String text, int shortest, int longest) {
    Buckets all = new Buckets();
    runs(all, text, shortest, longest);
    return all;
  }

  private static void runs(Buckets all, String text, int shortest, int longest) {
    int[] characters = text.codePoints().toArray();
    for (int from = 0; from < characters.length; from++) {
      int hash = FNV_OFFSET;
      for (int n = 1; n <= longest && from + n <= characters.length; n++) {
        hash = (hash ^ characters[from + n - 1]) * FNV_PRIME;
        if (n >= shortest) {
          all.add(hash);
        }
      }
    }
  }

  /** Numbers of buckets, one behind the other. */
  private static final class Buckets {
    private int[] buckets = new int[64];
    private int n;

    /** Spreads a hash over the buckets (the finalizer of MurmurHash3, which is public domain). */
    void add(int hash) {
      int h = (hash ^ hash >>> 16) * 0x85ebca6b;
      h = (h ^ h >>> 13) * 0xc2b2ae35;
      if (n == buckets.length) {
        buckets = Arrays.copyOf(buckets, 2 * n);
      }
      buckets[n++] = (h ^ h >>> 16) & (BUCKETS - 1);
    }

    int[] toArray() {
      return Arrays.copyOf(buckets, n);
    }
  }
}
