package org.qat4j.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.qat4j.QatException;
import org.qat4j.format.ModelFile;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.ModelLimits;
import org.qat4j.model.Op;
import org.qat4j.model.TextInput;
import org.qat4j.model.TextLengths;
import org.qat4j.numerics.internal.Softmax;
import org.qat4j.runtime.internal.Pool;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.internal.BioDecoder;
import org.qat4j.text.internal.NumberRow;
import org.qat4j.text.internal.TokenRows;
import org.qat4j.text.internal.TokenText;

/**
 * From raw text to a label with its probability, or, where the model scores every step of a text,
 * to a tag for each token, or, where it has one output and no labels, to a number, or, where its
 * output is codes and has no labels, to a vector; for a model with one real input and no text
 * encoder, from a line of numbers ({@link NumberRow}). Thread-safe.
 */
public final class Predictor {
  private static final String OUTSIDE = "O";
  private static final float HALF = 0.5f;

  private final IntegerModel model;
  private final IntegerRuntime runtime;
  private final TextEncoder[] encoders;
  private final boolean probabilities;

  /** Whether each score is the probability of a label of its own. */
  private final boolean sigmoid;

  /** Whether the model answers with a number. */
  private final boolean number;

  /** Whether the model answers with a vector. */
  private final boolean vector;

  private final int classes;
  private final BioDecoder decoder; // null where the model gives one label

  /** Numbers that the model reads; 0 where it reads text. */
  private final int numbers;

  private final Pool<Buffers> buffers;

  /** A predictor with the default options. */
  public Predictor(IntegerModel model) {
    this(model, RuntimeOptions.defaults());
  }

  /**
   * @throws QatException if the model does not read text or its first output is neither one vector
   *     of class scores, nor one for each step, nor a number
   */
  public Predictor(IntegerModel model, RuntimeOptions options) {
    boolean numbers = model.inputs().size() == 1 && model.inputs().get(0).kind() == Input.Kind.REAL;
    if (model.text().isEmpty() && !numbers) {
      throw new QatException(
          "the model \""
              + model.name()
              + "\" carries no text encoder; use IntegerRuntime with token ids or real numbers");
    }
    if (Translator.fits(model)) {
      throw new QatException(
          "the model \"" + model.name() + "\" translates texts: ask a Translator");
    }
    String output = model.outputs().get(0);
    List<Integer> shape = model.value(output).shape();
    this.classes = shape.get(shape.size() - 1);
    boolean tags = shape.size() == 2 && classes == model.labels().size();
    this.sigmoid =
        model.ops().stream()
            .anyMatch(
                o ->
                    o.name().equals(output)
                        && o instanceof Op.RealFunction f
                        && f.function() == Op.RealFunction.Form.SIGMOID);
    this.number = shape.size() == 1 && classes == 1 && !sigmoid && model.labels().isEmpty();
    boolean codes = model.value(output).isCodes();
    this.vector = shape.size() == 1 && classes > 1 && codes && model.labels().isEmpty();
    if ((shape.size() != 1 && !tags) || (classes < 2 && !sigmoid && !number)) {
      throw new QatException(
          "a prediction needs two or more class scores, one vector of them or as many for each"
              + " step as the model has labels, or one number and no labels; the output \""
              + output
              + "\" has the shape "
              + shape
              + "; use IntegerRuntime");
    }
    this.model = model;
    this.decoder = tags ? new BioDecoder(model.labels()) : null;
    this.runtime = new IntegerRuntime(model, options);
    this.probabilities =
        model.ops().stream().anyMatch(o -> o instanceof Op.Softmax && o.name().equals(output));
    this.encoders = new TextEncoder[numbers ? 0 : model.inputs().size()];
    for (int i = 0; i < encoders.length; i++) {
      encoders[i] = encoderOf(model.inputs().get(i));
    }
    this.numbers = numbers ? model.value(model.inputs().get(0).name()).size() : 0;
    this.buffers = new Pool<>(() -> new Buffers(encoders, runtime.outputSize()));
  }

  /** What a prediction works in. */
  private static final class Buffers {
    final int[][] ids;
    final Sample sample;
    final float[] scores;

    Buffers(TextEncoder[] encoders, int outputs) {
      ids = new int[encoders.length][];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = new int[encoders[i].length()];
      }
      sample = Sample.ofTokens(ids);
      scores = new float[outputs];
    }
  }

  /**
   * A predictor of the model in a file.
   *
   * @throws QatException if the file is not a model that reads text
   */
  public static Predictor load(Path file) {
    return load(file, ModelLimits.DEFAULT);
  }

  /**
   * A predictor of the model in a file.
   *
   * @param limits of what the model may ask of this machine
   * @throws QatException if the file is not a model that reads text, or one beyond the limits
   */
  public static Predictor load(Path file, ModelLimits limits) {
    return new Predictor(ModelFile.read(file, limits));
  }

  private TextEncoder encoderOf(Input input) {
    for (TextInput t : model.text()) {
      if (t.input().equals(input.name())) {
        return t.encoder();
      }
    }
    throw new QatException("no text encoder for the input \"" + input.name() + "\"");
  }

  /**
   * The token ids of a text, or the numbers of a line, as the model is given them.
   *
   * @throws QatException if the model reads numbers and the line does not have as many
   */
  public Sample encode(String text) {
    if (numbers > 0) {
      return Sample.ofReals(NumberRow.parse(text, numbers));
    }
    int[][] ids = new int[encoders.length][];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = encoders[i].encode(text);
    }
    return Sample.ofTokens(ids);
  }

  /** Whether the model tags tokens; it gives one label, or a number, to a text otherwise. */
  public boolean isTagger() {
    return decoder != null;
  }

  /** Whether the model answers with a number. */
  public boolean isNumber() {
    return number;
  }

  /**
   * The number that a model answers with, in the unit that it was trained in.
   *
   * @throws QatException if the model gives labels or a vector
   */
  public float number(String text) {
    if (!number) {
      throw new QatException(
          "the model \""
              + model.name()
              + "\" gives "
              + (vector ? "a vector" : "labels")
              + " and no number; "
              + (vector ? "let it embed" : "ask for its prediction"));
    }
    Buffers b = score(text);
    float answer = b.scores[0];
    buffers.give(b);
    return answer;
  }

  private void requireLabels() {
    if (number || vector) {
      throw new QatException(
          "the model \""
              + model.name()
              + "\" gives a "
              + (number
                  ? "number and no labels; ask for its number"
                  : "vector and no labels; let it embed"));
    }
  }

  /** Whether the model answers with a vector. */
  public boolean isVector() {
    return vector;
  }

  /**
   * The vector of a text, of length 1, so that the product of two is the cosine of their angle. The
   * model's codes are exact; their length is computed in double precision, and each component
   * rounded to float32 once.
   *
   * @return zeros where the model gives the vector of length 0
   * @throws QatException if the model gives labels or a number
   */
  public float[] embed(String text) {
    if (!vector) {
      throw new QatException(
          "the model \""
              + model.name()
              + "\" gives "
              + (number ? "a number" : "labels")
              + " and no vector");
    }
    Buffers b = score(text);
    double squares = 0;
    for (float v : b.scores) {
      squares += (double) v * v;
    }
    double length = squares == 0 ? 1 : Math.sqrt(squares);
    float[] unit = new float[b.scores.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (b.scores[i] / length);
    }
    buffers.give(b);
    return unit;
  }

  /**
   * The tags of the tokens of a text: the most probable sequence in which I-X follows B-X or I-X
   * alone.
   *
   * @param text tokens, as {@link TokenText} describes them
   * @return one for each token; O for those that the model is too short for
   * @throws QatException if the model gives one label to a text
   */
  public List<String> tags(String text) {
    float[] p = tokenProbabilities(text);
    int tokens = TokenText.of(text).tokens().size();
    List<String> tags = new ArrayList<>(Collections.nCopies(tokens, OUTSIDE));
    int[] best = decoder.decode(p, p.length / classes);
    for (int i = 0; i < best.length; i++) {
      tags.set(i, label(best[i]));
    }
    return tags;
  }

  /**
   * The probabilities of the tags of each token of a text, [tokens, tags] row-major; tokens that
   * the model is too short for have none.
   *
   * @param text tokens, as {@link TokenText} describes them
   * @throws QatException if the model gives one label to a text
   */
  public float[] tokenProbabilities(String text) {
    if (decoder == null) {
      throw new QatException(
          "the model \"" + model.name() + "\" gives one label to a text and tags no tokens");
    }
    return TokenRows.of(encoders[0].tokenSteps(text), probabilities(text), classes);
  }

  /**
   * The most probable class of a text; of equal ones the first.
   *
   * @throws QatException if the model tags tokens or gives a number or a vector
   */
  public Prediction predict(String text) {
    if (decoder != null) {
      throw new QatException("the model \"" + model.name() + "\" tags tokens; ask for tags");
    }
    requireLabels();
    Buffers b = score(text);
    int best = best(b.scores);
    toProbabilities(b.scores);
    float probability =
        classes > 1 || best == 1 ? b.scores[classes > 1 ? best : 0] : 1 - b.scores[0];
    Prediction prediction = new Prediction(best, label(best), probability);
    buffers.give(b);
    return prediction;
  }

  /**
   * Index of the most probable class of a text; of equal ones the first.
   *
   * @throws QatException if the model gives a number or a vector
   */
  public int classify(String text) {
    requireLabels();
    Buffers b = score(text);
    int best = best(b.scores);
    buffers.give(b);
    return best;
  }

  /** The largest score; of one sigmoid alone 1 where it is 0.5 or more, and 0 below. */
  private int best(float[] scores) {
    return classes == 1 ? (scores[0] >= HALF ? 1 : 0) : IntegerRuntime.argmax(scores);
  }

  /**
   * The labels of a text that are probable, 0.5 or more, of a model whose scores are sigmoids: any
   * number of them, the most probable first.
   *
   * @throws QatException if the model's scores are no probabilities of labels of their own
   */
  public List<Prediction> labels(String text) {
    if (!sigmoid || decoder != null || classes == 1) {
      throw new QatException(
          "the model \"" + model.name() + "\" gives one label to a text; ask for its prediction");
    }
    float[] p = probabilities(text);
    List<Prediction> found = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      if (p[i] >= HALF) {
        found.add(new Prediction(i, label(i), p[i]));
      }
    }
    found.sort(Comparator.comparingDouble(Prediction::probability).reversed());
    return found;
  }

  private Buffers score(String text) {
    Sample numeric = numbers > 0 ? encode(text) : null;
    Buffers b = buffers.take();
    for (int i = 0; i < encoders.length; i++) {
      encoders[i].encode(text, b.ids[i]);
    }
    runtime.run(numeric == null ? b.sample : numeric, b.scores);
    return b;
  }

  /** Scores of the steps of a text alone, row-major. */
  private float[] stepScores(String text) {
    int steps = 1;
    int[][] ids = new int[encoders.length][];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = encoders[i].encode(text);
      steps = Math.max(steps, TextLengths.tokens(ids[i]));
    }
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Arrays.copyOf(ids[i], Math.min(steps, ids[i].length));
    }
    return runtime.run(Sample.ofTokens(ids));
  }

  /** The most probable class of each text. */
  public List<Prediction> predict(List<String> texts) {
    return texts.stream().map(this::predict).collect(Collectors.toUnmodifiableList());
  }

  /**
   * The probabilities of all classes, for a tagger [steps, classes] row-major: of the steps of the
   * text, or of all of them where the model cannot leave out the others.
   *
   * @throws QatException if the model gives a number or a vector
   */
  public float[] probabilities(String text) {
    requireLabels();
    if (decoder != null) {
      float[] scores = stepScores(text);
      toProbabilities(scores);
      return scores;
    }
    Buffers b = score(text);
    toProbabilities(b.scores);
    float[] probabilities = Arrays.copyOf(b.scores, runtime.outputSize());
    buffers.give(b);
    return probabilities;
  }

  /** What executes the model. */
  public IntegerRuntime runtime() {
    return runtime;
  }

  /** Name of a class; its index in digits where the model has no labels. */
  public String label(int index) {
    return model.labels().isEmpty() ? Integer.toString(index) : model.labels().get(index);
  }

  private void toProbabilities(float[] scores) {
    if (!probabilities && !sigmoid) {
      for (int from = 0; from < scores.length; from += classes) {
        Softmax.apply(scores, scores, from, classes);
      }
    }
  }
}
