package org.qat4j.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.qat4j.data.TextBatches.Inputs;
import org.qat4j.model.internal.InputLengths;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.internal.NumberRow;
import org.qat4j.text.internal.TokenRows;

/**
 * Texts as a network reads them: each encoded once by each encoder, or, without encoders, a row of
 * numbers; with what is right for each. Nothing of it changes.
 */
final class EncodedExamples {
  final List<Example> examples;
  final Question question;

  /** Of the classes or tags. */
  final List<String> names;

  /** Whether masks go with the ids. */
  final boolean masked;

  /** Of each input. */
  final int[] lengths;

  /** Of each encoder, row-major (texts, length). */
  private final int[][] ids;

  /** Without encoders: row-major (rows, length); or null. */
  private final float[] numbers;

  /** Of each input; null where it is not cut. */
  private final Cut[] cuts;

  /** Number of the encoder that makes pieces; −1 where there is none. */
  final int pieceInput;

  /** Null where there is none. */
  final PieceEncoder pieceEncoder;

  /** Pieces behind each step of the translation, (texts, steps); or null. */
  private final int[] next;

  /** Of each text, the step of each token that has a tag; or null. */
  private final int[][] tokenSteps;

  EncodedExamples(Question question, List<Example> examples, Inputs inputs, List<String> names) {
    List<TextEncoder> encoders = inputs.encoders();
    this.question = question;
    this.examples = List.copyOf(examples);
    this.names = List.copyOf(names);
    this.masked = inputs.masked();
    this.numbers = encoders.isEmpty() ? numbers(examples) : null;
    this.lengths =
        numbers != null
            ? new int[] {numbers.length / examples.size()}
            : encoders.stream().mapToInt(TextEncoder::length).toArray();
    this.ids = encoders.stream().map(encoder -> encode(examples, encoder)).toArray(int[][]::new);
    this.pieceInput =
        IntStream.range(0, encoders.size())
            .filter(e -> encoders.get(e) instanceof PieceEncoder)
            .findFirst()
            .orElse(-1);
    this.pieceEncoder = pieceInput < 0 ? null : (PieceEncoder) encoders.get(pieceInput);
    this.next = pieceEncoder == null ? null : next(examples, pieceEncoder);
    this.tokenSteps =
        question != Question.TAGS
            ? null
            : examples.stream()
                .map(example -> encoders.get(0).tokenSteps(example.text()))
                .toArray(int[][]::new);
    this.cuts = new Cut[lengths.length];
    for (int e = 0; e < encoders.size() && inputs.lengths() != null; e++) {
      if (inputs.lengths().isFlexible(e)) {
        cuts[e] = cut(e, inputs.lengths(), Inputs.ongoing(encoders));
      }
    }
  }

  private static int[] encode(List<Example> examples, TextEncoder encoder) {
    int length = encoder.length();
    int[] all = new int[Math.multiplyExact(examples.size(), length)];
    int[] row = new int[length];
    for (int i = 0; i < examples.size(); i++) {
      encoder.encode(examples.get(i).text(), row);
      System.arraycopy(row, 0, all, i * length, length);
    }
    return all;
  }

  /** Rows of numbers, as many in each as in the first. */
  private static float[] numbers(List<Example> examples) {
    int length = NumberRow.count(examples.get(0).text());
    float[] all = new float[Math.multiplyExact(examples.size(), length)];
    for (int i = 0; i < examples.size(); i++) {
      float[] row = NumberRow.parse(examples.get(i).text(), length);
      System.arraycopy(row, 0, all, i * length, length);
    }
    return all;
  }

  private static int[] next(List<Example> examples, PieceEncoder encoder) {
    return examples.stream()
        .map(Example::text)
        .map(encoder::next)
        .flatMapToInt(Arrays::stream)
        .toArray();
  }

  /** How an input is cut. */
  private static final class Cut {
    /** Steps that each text needs. */
    private final int[] needed;

    /** Steps of a text that is not cut. */
    private final int limit;

    Cut(int[] needed, int limit) {
      this.needed = needed;
      this.limit = limit;
    }

    int of(int[] texts) {
      return limit - IntStream.of(texts).map(text -> needed[text]).max().orElse(0);
    }
  }

  private Cut cut(int input, InputLengths inputs, boolean[] ongoing) {
    int[] needed = new int[size()];
    for (int i = 0; i < needed.length; i++) {
      int tokens = 0;
      for (int e = 0; e < lengths.length; e++) {
        boolean one = inputs.group(e) == inputs.group(input) && !ongoing[e];
        tokens = Math.max(tokens, one ? InputLengths.tokens(ids(e, i)) : 0);
      }
      needed[i] = inputs.steps(input, tokens);
    }
    return new Cut(needed, lengths[input]);
  }

  int size() {
    return examples.size();
  }

  int inputs() {
    return lengths.length;
  }

  /** Ids of a text for an encoder. */
  int[] ids(int encoder, int text) {
    int length = lengths[encoder];
    return Arrays.copyOfRange(ids[encoder], text * length, (text + 1) * length);
  }

  /** Writes what an input reads of a text: its first steps. */
  void write(int input, int text, float[] values, int at, int steps) {
    int from = text * lengths[input];
    for (int t = 0; t < steps; t++) {
      values[at + t] = numbers == null ? ids[input][from + t] : numbers[from + t];
    }
  }

  /** Whether any input is cut. */
  boolean areCut() {
    return Arrays.stream(cuts).anyMatch(Objects::nonNull);
  }

  boolean isCut(int input) {
    return cuts[input] != null;
  }

  /** Steps of an input that none of the texts needs. */
  int cut(int input, int[] texts) {
    return cuts[input] == null ? 0 : cuts[input].of(texts);
  }

  /** Steps of all inputs that a text needs. */
  int needed(int text) {
    int sum = 0;
    for (Cut cut : cuts) {
      sum += cut == null ? 0 : cut.needed[text];
    }
    return sum;
  }

  /** Steps of a text's tokens that have a tag. */
  int[] tokenSteps(int text) {
    return tokenSteps[text];
  }

  /** Steps of a translation that is not cut. */
  int translationSteps() {
    return next.length / size();
  }

  /** The piece behind a step of a translation. */
  int next(int text, int step) {
    return next[text * translationSteps() + step];
  }

  float[] answer(int text, float[] output) {
    return tokenSteps == null ? output : TokenRows.of(tokenSteps[text], output, names.size());
  }
}
