package org.qat4j.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.qat4j.QatException;

/**
 * Splits texts into pieces of words by byte-pair encoding (Sennrich, Haddow and Birch, ACL 2016,
 * arXiv 1508.07909, algorithm 1). A word is what stands between ASCII white space; its first piece
 * begins with {@value #BEGIN}, so that the pieces of a text give it back but for how much white
 * space there was. Immutable, thread-safe.
 */
public final class BytePairs {
  /** What the first piece of a word begins with (LOWER ONE EIGHTH BLOCK, as in SentencePiece). */
  public static final String BEGIN = "\u2581";

  /** Two pieces that stand side by side. */
  public record Pair(String left, String right) implements Comparable<Pair> {
    String joined() {
      return left + right;
    }

    @Override
    public int compareTo(Pair other) {
      int byLeft = left.compareTo(other.left);
      return byLeft != 0 ? byLeft : right.compareTo(other.right);
    }
  }

  private final List<Pair> merges;
  private final Map<Pair, Integer> ranks = new HashMap<>();

  /**
   * @param merges pairs that are joined, the first one first; each once
   */
  public BytePairs(List<Pair> merges) {
    this.merges = List.copyOf(merges);
    for (Pair pair : this.merges) {
      if (ranks.put(pair, ranks.size()) != null) {
        throw new QatException("the pair " + pair + " is joined twice");
      }
    }
  }

  /**
   * Learns which pieces to join: the pair that occurs most often, of equally frequent ones the
   * first in the order of its letters, again and again.
   *
   * @param texts to learn from
   * @param merges so many at most; fewer where no pair occurs twice
   */
  public static BytePairs learn(Iterable<String> texts, int merges) {
    return new BytePairs(new Learner(texts).learn(merges));
  }

  /** Pairs that are joined, the first one first. */
  public List<Pair> merges() {
    return merges;
  }

  /** The pieces of a text. */
  public List<String> split(String text) {
    List<String> pieces = new ArrayList<>();
    for (String word : words(text)) {
      pieces.addAll(pieces(word, merges, ranks));
    }
    return pieces;
  }

  private static List<String> pieces(String word, List<Pair> merges, Map<Pair, Integer> ranks) {
    List<String> pieces = letters(word);
    while (true) {
      int best = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < pieces.size(); i++) {
        Pair pair = new Pair(pieces.get(i), pieces.get(i + 1));
        best = Math.min(best, ranks.getOrDefault(pair, Integer.MAX_VALUE));
      }
      if (best == Integer.MAX_VALUE) {
        return pieces;
      }
      pieces = joined(pieces, merges.get(best));
    }
  }

  /** The text of pieces, with single spaces between words. */
  public static String join(List<String> pieces) {
    return String.join("", pieces).replace(BEGIN, " ").strip();
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.split("\\s+", -1)) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }

  /** The code points of a word, the first one behind the mark of its beginning. */
  private static List<String> letters(String word) {
    List<String> letters = new ArrayList<>();
    letters.add(BEGIN);
    word.codePoints().mapToObj(Character::toString).forEach(letters::add);
    return letters;
  }

  /** Joins a pair wherever it occurs, from left to right. */
  private static List<String> joined(List<String> pieces, Pair pair) {
    List<String> joined = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      boolean here =
          i + 1 < pieces.size()
              && pieces.get(i).equals(pair.left())
              && pieces.get(i + 1).equals(pair.right());
      joined.add(here ? pair.joined() : pieces.get(i));
      i += here ? 1 : 0;
    }
    return joined;
  }

  /** Keeps count of all pairs; a merge touches the words that hold the pair and no others. */
  private static final class Learner {
    /** A pair and how often it occurred when it was put into the queue. */
    private record Candidate(Pair pair, long count) {}

    private final List<Pair> merges = new ArrayList<>();
    private final Map<Pair, Integer> ranks = new HashMap<>();
    private final List<String> words = new ArrayList<>();
    private final List<List<String>> pieces = new ArrayList<>(); // of each word, as it is split now
    private final List<Long> frequencies = new ArrayList<>();
    private final Map<Pair, Long> counts = new HashMap<>();
    private final Map<Pair, Set<Integer>> places = new HashMap<>();
    private final PriorityQueue<Candidate> queue =
        new PriorityQueue<>(
            Comparator.comparingLong((Candidate c) -> -c.count()).thenComparing(Candidate::pair));

    Learner(Iterable<String> texts) {
      Map<String, Long> distinct = new HashMap<>();
      for (String text : texts) {
        BytePairs.words(text).forEach(word -> distinct.merge(word, 1L, Long::sum));
      }
      distinct.forEach(
          (word, frequency) -> {
            words.add(word);
            pieces.add(letters(word));
            frequencies.add(frequency);
            count(words.size() - 1, 1);
          });
      counts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
    }

    /** Adds the pairs of a word, or takes them away. */
    private void count(int word, int sign) {
      for (Pair pair : pairs(pieces.get(word))) {
        counts.merge(pair, sign * frequencies.get(word), Long::sum);
        places.computeIfAbsent(pair, p -> new HashSet<>()).add(word);
      }
    }

    List<Pair> learn(int most) {
      while (merges.size() < most && !queue.isEmpty()) {
        Candidate best = queue.poll();
        if (counts.get(best.pair()) != best.count()) {
          continue; // it was counted anew since
        }
        if (best.count() < 2) {
          break;
        }
        ranks.put(best.pair(), merges.size());
        merges.add(best.pair());
        join(best.pair());
      }
      return merges;
    }

    private void join(Pair pair) {
      Set<Pair> changed = new HashSet<>();
      for (int word : places.remove(pair)) {
        changed.addAll(pairs(pieces.get(word)));
        count(word, -1);
        pieces.set(word, BytePairs.pieces(words.get(word), merges, ranks));
        count(word, 1);
        changed.addAll(pairs(pieces.get(word)));
      }
      for (Pair p : changed) {
        queue.add(new Candidate(p, counts.get(p)));
      }
    }

    private static List<Pair> pairs(List<String> pieces) {
      List<Pair> pairs = new ArrayList<>();
      for (int i = 0; i + 1 < pieces.size(); i++) {
        pairs.add(new Pair(pieces.get(i), pieces.get(i + 1)));
      }
      return pairs;
    }
  }
}
