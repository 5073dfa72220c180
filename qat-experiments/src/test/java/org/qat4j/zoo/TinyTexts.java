package org.qat4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;

/** Texts of three classes, each with words of its own among words that all share. */
public final class TinyTexts {
  private static final String[][] OWN = {
    {"bola", "balo", "lobab"}, {"tiki", "kitit", "ikkit"}, {"mune", "nemu", "enumen"}
  };
  private static final String[] SHARED = {"and", "or", "not", "if", "so"};

  private TinyTexts() {}

  /** A data set with {@code train} training texts and 30 of each other kind. */
  public static Dataset of(int train, long seed) {
    Random random = new Random(seed);
    return new Dataset(
        texts(train, random), texts(30, random), texts(30, random), List.of("b", "t", "m"));
  }

  private static List<Example> texts(int n, Random random) {
    List<Example> texts = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int label = i % OWN.length;
      List<String> words = new ArrayList<>();
      for (int w = 0; w < 6; w++) {
        String[] from = w % 2 == 0 ? OWN[label] : SHARED;
        words.add(from[random.nextInt(from.length)]);
      }
      texts.add(new Example(String.join(" ", words), label));
    }
    return texts;
  }
}
