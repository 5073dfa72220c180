package org.qat4j.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.TextInput;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.TextEncoder;

/**
 * Translates texts with a model that is given a text and the beginning of its translation, and says
 * which piece comes next behind each step: again and again, until it says that the translation ends
 * or there is no room left. Thread-safe.
 */
public final class Translator {
  /** Of the length penalty. */
  private static final double ALPHA = 0.6;

  private static final double TINY = 1e-30;

  private final IntegerRuntime runtime;
  private final List<TextEncoder> encoders;
  private final int input; // which of them are the pieces
  private final PieceEncoder pieces;

  /** A translator with the default options. */
  public Translator(IntegerModel model) {
    this(model, RuntimeOptions.defaults());
  }

  /**
   * @throws QatException if the model does not translate: {@link #fits}
   */
  public Translator(IntegerModel model, RuntimeOptions options) {
    if (!fits(model)) {
      throw new QatException(
          "the model \"" + model.name() + "\" does not translate: ask a Predictor");
    }
    this.encoders =
        model.inputs().stream()
            .map(i -> model.text().stream().filter(t -> t.input().equals(i.name())))
            .map(texts -> texts.findFirst().orElseThrow().encoder())
            .collect(Collectors.toUnmodifiableList());
    this.input =
        IntStream.range(0, encoders.size())
            .filter(i -> encoders.get(i) instanceof PieceEncoder)
            .findFirst()
            .orElseThrow();
    this.pieces = (PieceEncoder) encoders.get(input);
    this.runtime = new IntegerRuntime(model, options);
  }

  /** Whether a model says which piece of a translation comes next. */
  public static boolean fits(IntegerModel model) {
    return model.text().stream()
        .map(TextInput::encoder)
        .filter(PieceEncoder.class::isInstance)
        .map(PieceEncoder.class::cast)
        .anyMatch(
            p ->
                model
                    .value(model.outputs().get(0))
                    .shape()
                    .equals(List.of(p.targetLength(), p.vocabularySize())));
  }

  /** What the model reads for a text, or for a text and the beginning of its translation. */
  public Sample encode(String text) {
    return Sample.ofTokens(
        encoders.stream().map(encoder -> encoder.encode(text)).toArray(int[][]::new));
  }

  /** The translation that begins with the most probable piece, goes on with it, and so on. */
  public String translate(String text) {
    return translate(text, 1);
  }

  /** A beginning of a translation. */
  private record Beginning(List<Integer> ids, double logProbability, boolean ended) {
    Beginning with(int id, double logOfId) {
      List<Integer> longer = new ArrayList<>(ids);
      longer.add(id);
      return new Beginning(longer, logProbability + logOfId, id == PieceEncoder.END);
    }

    /** Wu et al., arXiv:1609.08144, equation (14), without the coverage. */
    double score() {
      return logProbability / Math.pow((5.0 + ids.size()) / 6, ALPHA);
    }
  }

  /**
   * The best translation that a beam search finds.
   *
   * @param text what stands before its first tab is translated
   * @param beams beginnings that are followed at a time, ≥ 1; with 1 it is the greedy translation
   */
  public String translate(String text, int beams) {
    if (beams < 1) {
      throw new QatException("a beam search follows 1 beginning or more, not " + beams);
    }
    Sample sample = encode(PieceEncoder.source(text));
    List<Beginning> ended = new ArrayList<>();
    List<Beginning> open = List.of(new Beginning(List.of(), 0, false));
    List<SequenceRun> runs =
        Stream.generate(runtime::sequenceRun).limit(beams).collect(Collectors.toUnmodifiableList());
    for (int step = 0; step < pieces.targetLength() && !open.isEmpty(); step++) {
      List<Beginning> longer = new ArrayList<>();
      for (int i = 0; i < open.size(); i++) {
        longer.addAll(continued(sample, open.get(i), beams - ended.size(), runs.get(i)));
      }
      longer.sort(Comparator.comparingDouble((Beginning b) -> -b.logProbability()));
      List<Beginning> best = longer.subList(0, Math.min(beams - ended.size(), longer.size()));
      best.stream().filter(Beginning::ended).forEach(ended::add);
      open = best.stream().filter(b -> !b.ended()).collect(Collectors.toUnmodifiableList());
    }
    ended.addAll(open);
    Beginning best = ended.stream().max(Comparator.comparingDouble(Beginning::score)).orElseThrow();
    return pieces.text(best.ids().stream().mapToInt(id -> id).toArray());
  }

  /** The most probable continuations, so many. */
  private List<Beginning> continued(Sample sample, Beginning beginning, int most, SequenceRun run) {
    float[] next = next(sample, beginning.ids(), run);
    List<Beginning> longer = new ArrayList<>();
    for (int i = 0; i < Math.min(most, pieces.answers()); i++) {
      int id = pieces.best(next, 0);
      longer.add(beginning.with(id, Math.log(Math.max(next[id], TINY))));
      next[id] = Float.NEGATIVE_INFINITY;
    }
    return longer;
  }

  /** Probabilities of all pieces behind the beginning of a translation. */
  private float[] next(Sample sample, List<Integer> beginning, SequenceRun run) {
    int[] ids = sample.tokens(input);
    for (int i = 1; i < pieces.targetLength(); i++) {
      ids[pieces.sourceLength() + i] =
          i <= beginning.size() ? beginning.get(i - 1) : TextEncoder.PADDING;
    }
    int steps = pieces.sourceLength() + 1 + beginning.size();
    float[] next = new float[pieces.vocabularySize()];
    run.run(sample, steps, beginning.size(), next);
    return next;
  }

  /**
   * How little the model expects a translation: the mean of −ln of the probability of each piece
   * and of the end, given those before.
   *
   * @param text with its translation behind a tab
   */
  public double loss(String text) {
    float[] all = runtime.run(encode(text));
    int[] next = pieces.next(text);
    double sum = 0;
    int n = 0;
    for (; n < next.length && next[n] != TextEncoder.PADDING; n++) {
      sum -= Math.log(Math.max(all[n * pieces.vocabularySize() + next[n]], TINY));
    }
    return sum / n;
  }

  /** What executes the model. */
  public IntegerRuntime runtime() {
    return runtime;
  }
}
