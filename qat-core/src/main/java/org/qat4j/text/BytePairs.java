package org.qat4j.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;
import org.qat4j.QatException;

/**
 * Splits texts into pieces of words by byte-pair encoding (Sennrich, Haddow and Birch, ACL 2016,
 * arXiv 1508.07909, algorithm 1). A word is what stands between ASCII white space; its first piece
 * begins with {@value #BEGIN}, so that the pieces of a text give it back but for how much white
 * space there was. No piece joins letters, marks or digits with other characters, so that a word is
 * split in the same way before a comma and before a space. Immutable, thread-safe.
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
    for (String part : parts(text)) {
      pieces.addAll(pieces(part, merges, ranks));
    }
    return pieces;
  }

  /** In time n log n of the letters: each merge looks at the pieces beside it alone. */
  private static List<String> pieces(String part, List<Pair> merges, Map<Pair, Integer> ranks) {
    return new Splitter(letters(part), merges, ranks).split();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BytePairs pairs && merges.equals(pairs.merges);
  }

  @Override
  public int hashCode() {
    return merges.hashCode();
  }

  /** The text of pieces, with single spaces between words. */
  public static String join(List<String> pieces) {
    return String.join("", pieces).replace(BEGIN, " ").strip();
  }

  /** The longest parts of the words that are all letters, marks and digits, or have none. */
  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    for (String word : text.split("\\s+", -1)) {
      String begin = BEGIN;
      int from = 0;
      for (int at = 0; at < word.length(); at += Character.charCount(word.codePointAt(at))) {
        if (at > from && isLetter(word.codePointAt(at)) != isLetter(word.codePointBefore(at))) {
          parts.add(begin + word.substring(from, at));
          begin = "";
          from = at;
        }
      }
      if (!word.isEmpty()) {
        parts.add(begin + word.substring(from));
      }
    }
    return parts;
  }

  private static boolean isLetter(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> true;
      default -> Character.isLetterOrDigit(codePoint);
    };
  }

  private static List<String> letters(String part) {
    return part.codePoints()
        .mapToObj(c -> new String(Character.toChars(c)))
        .collect(Collectors.toUnmodifiableList());
  }

  /**
   * The pieces of one part as a list in which each knows its neighbours. The pair of the lowest
   * rank is joined wherever it occurs, from left to right, before any pair that this makes.
   */
  private static final class Splitter {
    private static final int NONE = -1;

    private final List<Pair> merges;
    private final Map<Pair, Integer> ranks;
    private final String[] pieces; // null where a piece was joined to the one before it
    private final int[] next;
    private final int[] previous;
    private final int[] rank; // of a piece and the next one
    private final PriorityQueue<Long> queue = new PriorityQueue<>(); // rank, then place

    Splitter(List<String> letters, List<Pair> merges, Map<Pair, Integer> ranks) {
      this.merges = merges;
      this.ranks = ranks;
      int n = letters.size();
      pieces = letters.toArray(String[]::new);
      next = new int[n];
      previous = new int[n];
      rank = new int[n];
      for (int i = 0; i < n; i++) {
        next[i] = i + 1 < n ? i + 1 : NONE;
        previous[i] = i - 1;
      }
      for (int i = 0; i < n; i++) {
        look(i);
      }
    }

    List<String> split() {
      List<Integer> changed = new ArrayList<>();
      while (!queue.isEmpty()) {
        int lowest = (int) (queue.peek() >> Integer.SIZE);
        while (!queue.isEmpty() && queue.peek() >> Integer.SIZE == lowest) {
          int at = queue.poll().intValue();
          if (pieces[at] != null && rank[at] == lowest) {
            join(at, merges.get(lowest).joined());
            changed.add(at);
            if (previous[at] != NONE) {
              rank[previous[at]] = NONE;
              changed.add(previous[at]);
            }
          }
        }
        changed.forEach(this::look);
        changed.clear();
      }
      return Arrays.stream(pieces)
          .filter(Objects::nonNull)
          .collect(Collectors.toUnmodifiableList());
    }

    private void join(int at, String joined) {
      int right = next[at];
      pieces[at] = joined;
      pieces[right] = null;
      rank[at] = NONE;
      next[at] = next[right];
      if (next[at] != NONE) {
        previous[next[at]] = at;
      }
    }

    /** Finds the rank of a piece and the next one. */
    private void look(int at) {
      if (pieces[at] == null || next[at] == NONE) {
        return;
      }
      rank[at] = ranks.getOrDefault(new Pair(pieces[at], pieces[next[at]]), NONE);
      if (rank[at] != NONE) {
        queue.add((long) rank[at] << Integer.SIZE | at);
      }
    }
  }

  /** Keeps count of all pairs; a merge touches the parts that hold the pair and no others. */
  private static final class Learner {
    /** A pair and how often it occurred when it was put into the queue. */
    private record Candidate(Pair pair, long count) {}

    private final List<Pair> merges = new ArrayList<>();
    private final Map<Pair, Integer> ranks = new HashMap<>();
    private final List<String> parts = new ArrayList<>();
    private final List<List<String>> pieces = new ArrayList<>(); // of each part, as it is split now
    private final List<Long> frequencies = new ArrayList<>();
    private final Map<Pair, Long> counts = new HashMap<>();
    private final Map<Pair, Set<Integer>> places = new HashMap<>();
    private final PriorityQueue<Candidate> queue =
        new PriorityQueue<>(
            Comparator.comparingLong((Candidate c) -> -c.count()).thenComparing(Candidate::pair));

    Learner(Iterable<String> texts) {
      Map<String, Long> distinct = new HashMap<>();
      for (String text : texts) {
        BytePairs.parts(text).forEach(part -> distinct.merge(part, 1L, Long::sum));
      }
      distinct.forEach(
          (part, frequency) -> {
            parts.add(part);
            pieces.add(letters(part));
            frequencies.add(frequency);
            count(parts.size() - 1, 1);
          });
      counts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
    }

    /** Adds the pairs of a part, or takes them away. */
    private void count(int part, int sign) {
      for (Pair pair : pairs(pieces.get(part))) {
        counts.merge(pair, sign * frequencies.get(part), Long::sum);
        places.computeIfAbsent(pair, p -> new HashSet<>()).add(part);
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
      for (int part : places.remove(pair)) {
        changed.addAll(pairs(pieces.get(part)));
        count(part, -1);
        pieces.set(part, BytePairs.pieces(parts.get(part), merges, ranks));
        count(part, 1);
        changed.addAll(pairs(pieces.get(part)));
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
