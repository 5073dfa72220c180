package org.qat4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.text.BytePairs.Pair;

class BytePairsTest {
  /** The dictionary of the paper: low 5, lower 2, newest 6, widest 3. */
  private static List<String> paper() {
    List<String> texts = new ArrayList<>(Collections.nCopies(5, "low"));
    texts.add("lower  lower");
    texts.addAll(Collections.nCopies(6, "newest"));
    texts.addAll(Collections.nCopies(3, "widest"));
    return texts;
  }

  /**
   * By hand, as in the paper, but words are marked in front and ties go by letters: e s 9 and s t
   * 9, then es t 9, then l o 7 and lo w 7 before ▁ low 7.
   */
  @Test
  void mergesOfThePaper() {
    BytePairs pairs = BytePairs.learn(paper(), 5);
    assertThat(pairs.merges())
        .containsExactly(
            new Pair("e", "s"),
            new Pair("es", "t"),
            new Pair("l", "o"),
            new Pair("lo", "w"),
            new Pair("▁", "low"));
    assertThat(pairs.split("lowest  low")).containsExactly("▁low", "est", "▁low");
    assertThat(pairs.split("xest")).containsExactly("▁", "x", "est");
  }

  /** Against counting everything anew for each merge. */
  @Test
  void learnsAsTheDefinitionSays() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        StringBuilder word = new StringBuilder();
        for (int n = 1 + random.nextInt(7); n > 0; n--) {
          word.append((char) ('a' + random.nextInt(3)));
        }
        texts.add(word.toString());
      }
      assertThat(BytePairs.learn(texts, 40).merges())
          .as("seed %d", seed)
          .isEqualTo(slow(texts, 40));
    }
  }

  private static List<Pair> slow(List<String> texts, int most) {
    List<Pair> merges = new ArrayList<>();
    while (merges.size() < most) {
      BytePairs now = new BytePairs(merges);
      Map<Pair, Integer> counts = new HashMap<>();
      for (String text : texts) {
        List<String> pieces = now.split(text);
        for (int i = 0; i + 1 < pieces.size(); i++) {
          counts.merge(new Pair(pieces.get(i), pieces.get(i + 1)), 1, Integer::sum);
        }
      }
      Pair best = null;
      for (Map.Entry<Pair, Integer> e : counts.entrySet()) {
        int more = best == null ? 1 : e.getValue() - counts.get(best);
        if (more > 0 || (more == 0 && e.getKey().compareTo(best) < 0)) {
          best = e.getKey();
        }
      }
      if (best == null || counts.get(best) < 2) {
        return merges;
      }
      merges.add(best);
    }
    return merges;
  }

  @Property(tries = 300, seed = "1")
  void piecesGiveTheTextBack(@ForAll String text) {
    BytePairs pairs = BytePairs.learn(List.of(text, text, "a b ab"), 20);
    String expected = text.replace("▁", " ").replaceAll("\\s+", " ").strip();
    assertThat(BytePairs.join(pairs.split(text)).replaceAll("\\s+", " ")).isEqualTo(expected);
  }

  @Test
  void aPairIsJoinedOnce() {
    List<Pair> twice = List.of(new Pair("a", "b"), new Pair("a", "b"));
    assertThatThrownBy(() -> new BytePairs(twice)).isInstanceOf(QatException.class);
  }

  /** As the definition says it: the pair of the lowest rank everywhere, then anew. */
  private static List<String> slowly(String letters, List<Pair> merges) {
    List<String> pieces =
        new ArrayList<>(letters.codePoints().mapToObj(Character::toString).toList());
    while (true) {
      int best = merges.size();
      for (int i = 0; i + 1 < pieces.size(); i++) {
        int rank = merges.indexOf(new Pair(pieces.get(i), pieces.get(i + 1)));
        best = rank >= 0 ? Math.min(best, rank) : best;
      }
      if (best == merges.size()) {
        return pieces;
      }
      for (int i = 0; i + 1 < pieces.size(); i++) {
        if (new Pair(pieces.get(i), pieces.get(i + 1)).equals(merges.get(best))) {
          pieces.set(i, pieces.get(i) + pieces.remove(i + 1));
        }
      }
    }
  }

  /** Also with merges in an order in which nobody learns them, as a file may have them. */
  @Test
  void splitsAsTheDefinitionSays() {
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      List<String> made = new ArrayList<>(List.of("a", "b", BytePairs.BEGIN));
      List<Pair> merges = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        Pair pair =
            new Pair(made.get(random.nextInt(made.size())), made.get(random.nextInt(made.size())));
        if (!merges.contains(pair)) {
          merges.add(pair);
          made.add(pair.joined());
        }
      }
      Collections.shuffle(merges, random);
      StringBuilder word = new StringBuilder();
      for (int i = random.nextInt(30); i >= 0; i--) {
        word.append(random.nextBoolean() ? 'a' : 'b');
      }

      assertThat(new BytePairs(merges).split(word.toString()))
          .as("seed %d", seed)
          .isEqualTo(slowly(BytePairs.BEGIN + word, merges));
    }
  }

  /** A million letters; a pass over them for each of 20 merges and each letter never ends. */
  @Test
  void splitsLongWords() {
    List<Pair> merges = new ArrayList<>();
    for (String half = "a"; merges.size() < 20; half += half) {
      merges.add(new Pair(half, half));
    }

    List<String> pieces = new BytePairs(merges).split("ab".repeat(500_000));
    assertThat(pieces).hasSize(1_000_001);
    assertThat(new BytePairs(merges).split("a".repeat(1 << 20))).hasSize(2);
  }
}
