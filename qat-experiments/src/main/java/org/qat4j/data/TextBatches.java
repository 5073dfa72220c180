package org.qat4j.data;

import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.data.LabelArrays.Staging;
import org.qat4j.model.internal.InputLengths;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.PositionEncoder;
import org.qat4j.text.TextEncoder;

/**
 * Batches of encoded texts: per encoder an array of ids (n, length), and labels one-hot (n,
 * classes), or, where tokens are tagged, (n, tags, length) with a mask (n, length) that is 1 at the
 * steps of tokens, or, where texts are translated, the piece that comes next behind each step of
 * the translation, (n, 1, steps), with such a mask, or a number, (n, 1). Without encoders the texts
 * are rows of numbers, one array (n, length). Every text is encoded once, at construction. The last
 * batch of a pass is smaller where the batch size does not divide the number of texts.
 *
 * <p>Where the network allows it ({@link Inputs#lengths}), the texts of a batch are cut to what the
 * longest of them needs, and those that are shuffled come in batches of like length.
 *
 * <p>Passes: the first is pass 0. {@link #reset()} goes to the beginning of the next pass; at the
 * beginning of a pass it does nothing, so that DL4J's {@code fit}, which resets an iterator that is
 * at its end, and a caller who resets before every pass get the same passes. The order of a pass
 * and the tokens that are dropped in it depend on the seed, the number of the pass and the text
 * alone: {@link #seek} to a {@link #position} goes on exactly as an uninterrupted run would.
 */
public final class TextBatches implements MultiDataSetIterator {
  private static final long serialVersionUID = 1L;

  /**
   * A place in the sequence of passes.
   *
   * @param pass number of the pass, from 0
   * @param text number of texts already given in it
   */
  public record Position(int pass, int text) {}

  /**
   * What a network reads of a text.
   *
   * @param encoders one an input, in the network's order; none where texts are rows of numbers
   * @param masked whether a mask (n, length) goes with the ids of each encoder, 0 where they are
   *     padding
   * @param lengths how short texts may be cut; null for not at all
   */
  public record Inputs(List<TextEncoder> encoders, boolean masked, InputLengths lengths) {
    public Inputs {
      encoders = List.copyOf(encoders);
    }

    /** Of each encoder whether its ids go on behind the text, as places do. */
    public static boolean[] ongoing(List<TextEncoder> encoders) {
      boolean[] ongoing = new boolean[Math.max(1, encoders.size())];
      for (int e = 0; e < encoders.size(); e++) {
        ongoing[e] = encoders.get(e) instanceof PositionEncoder;
      }
      return ongoing;
    }

    /** Texts that are as long as the limits. */
    public Inputs(List<TextEncoder> encoders, boolean masked) {
      this(encoders, masked, null);
    }
  }

  private final transient EncodedExamples texts;
  private final transient BatchOrder orders;
  private final transient LabelArrays labels;
  private final transient List<TokenDropout> dropouts; // per encoder
  private final transient List<Staging> staging; // per input
  private final int batch;
  private final boolean shuffled;
  private int[] order;
  private int pass;
  private int at;
  private transient MultiDataSetPreProcessor preProcessor;

  private TextBatches(
      Question question,
      List<Example> examples,
      Inputs inputs,
      List<String> names,
      int batch,
      boolean shuffled,
      long seed,
      double tokenDropout) {
    if (examples.isEmpty() || batch < 1) {
      throw new QatException(
          "batches need texts and a size of 1 or more, not "
              + examples.size()
              + " texts and size "
              + batch);
    }
    TokenDropout.checkShare(tokenDropout);
    this.texts = new EncodedExamples(question, examples, inputs, names);
    this.orders = new BatchOrder(texts, batch, seed);
    this.labels = new LabelArrays(texts);
    this.dropouts = inputs.encoders().stream().map(e -> TokenDropout.of(e, tokenDropout)).toList();
    this.staging = staging(texts);
    this.batch = batch;
    this.shuffled = shuffled;
    shuffle();
  }

  private TextBatches(TextBatches other) {
    this.texts = other.texts;
    this.orders = other.orders;
    this.labels = new LabelArrays(texts);
    this.dropouts = other.dropouts;
    this.staging = staging(texts);
    this.batch = other.batch;
    this.shuffled = other.shuffled;
    shuffle();
  }

  private static List<Staging> staging(EncodedExamples texts) {
    return Stream.generate(Staging::new).limit(texts.inputs()).toList();
  }

  /** The same texts from the beginning, for another thread; what does not change is shared. */
  public TextBatches again() {
    return new TextBatches(this);
  }

  /** Texts in their order, for evaluation. */
  public static TextBatches inOrder(List<Example> examples, Inputs inputs, int classes, int batch) {
    return new TextBatches(Question.CLASS, examples, inputs, numbers(classes), batch, false, 0, 0);
  }

  /** A part of a data set in its order, for evaluation. */
  public static TextBatches inOrder(Dataset data, List<Example> part, Inputs inputs, int batch) {
    return new TextBatches(data.question(), part, inputs, data.labels(), batch, false, 0, 0);
  }

  /**
   * The training texts of a data set, as {@link #shuffled(List, Inputs, int, int, long, double)}.
   */
  public static TextBatches shuffled(
      Dataset data, Inputs inputs, int batch, long seed, double dropout) {
    return new TextBatches(
        data.question(), data.train(), inputs, data.labels(), batch, true, seed, dropout);
  }

  private static List<String> numbers(int classes) {
    return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
  }

  /**
   * Texts in another order each pass, for training.
   *
   * @param seed of the order and of the dropped tokens
   * @param tokenDropout share of tokens, in [0, 1), that are made unknown, others in each pass; an
   *     encoder that leaves unknown words out, or knows none (n-grams), leaves the token out and
   *     those behind it move up
   */
  public static TextBatches shuffled(
      List<Example> examples,
      Inputs inputs,
      int classes,
      int batch,
      long seed,
      double tokenDropout) {
    return new TextBatches(
        Question.CLASS, examples, inputs, numbers(classes), batch, true, seed, tokenDropout);
  }

  private void shuffle() {
    order = shuffled ? orders.shuffled(pass) : orders.given();
  }

  /** The numbers of all texts, in parts of like length that are at most as large as a batch. */
  public List<int[]> parts() {
    return orders.parts();
  }

  /** Number of batches in a pass. */
  public int batches() {
    return orders.batches();
  }

  /** Number of texts. */
  public int size() {
    return texts.size();
  }

  /** Encoded ids of a text for an encoder, without dropped tokens; texts in their given order. */
  public int[] ids(int encoder, int text) {
    return texts.ids(encoder, text);
  }

  /** Right class of a text. */
  public int label(int text) {
    return texts.examples.get(text).label();
  }

  /** The texts in their given order. */
  public List<Example> examples() {
    return texts.examples;
  }

  /** Number of the encoder that makes pieces; −1 where texts are not translated. */
  public int pieceInput() {
    return texts.pieceInput;
  }

  /** The encoder that makes pieces; null where texts are not translated. */
  public PieceEncoder pieceEncoder() {
    return texts.pieceEncoder;
  }

  /**
   * What a network says of a text, as it is judged: where tokens are tagged, [tokens, tags] instead
   * of [steps, tags].
   */
  public float[] answer(int text, float[] output) {
    return texts.answer(text, output);
  }

  /** What is asked of them. */
  public Question question() {
    return texts.question;
  }

  /** Names of the classes or tags. */
  public List<String> labels() {
    return texts.names;
  }

  /** Where the next batch begins. */
  public Position position() {
    return new Position(pass, at);
  }

  /**
   * Goes to a place.
   *
   * @throws QatException if there are not so many texts
   */
  public void seek(Position position) {
    if (position.pass() < 0 || position.text() < 0 || position.text() > order.length) {
      throw new QatException(position + " lies outside a pass of " + order.length + " texts");
    }
    pass = position.pass();
    at = position.text();
    shuffle();
  }

  /** This iterator for a network with one input; both share one position. */
  public DataSetIterator single() {
    if (texts.inputs() != 1) {
      throw new QatException(
          "a network with one input needs batches of one encoder, not of " + texts.inputs());
    }
    return new SingleInputBatches(this, texts.lengths[0], texts.names.size(), batch);
  }

  @Override
  public boolean hasNext() {
    return at < order.length;
  }

  @Override
  public MultiDataSet next() {
    return next(batch);
  }

  @Override
  public MultiDataSet next(int size) {
    if (!hasNext()) {
      throw new NoSuchElementException("the pass is over");
    }
    int n = Math.min(size, order.length - at);
    MultiDataSet result = batch(Arrays.copyOfRange(order, at, at + n));
    at += n;
    if (preProcessor != null) {
      preProcessor.preProcess(result);
    }
    return result;
  }

  /** A batch of the texts of these numbers; tokens are dropped as in this pass. */
  public MultiDataSet batch(int[] numbers) {
    INDArray[] features =
        features(numbers, input -> texts.lengths[input] - texts.cut(input, numbers));
    INDArray[] right = texts.question.labels(labels, numbers, texts.cut(0, numbers));
    return new org.nd4j.linalg.dataset.MultiDataSet(
        features,
        new INDArray[] {right[0]},
        masks(features),
        texts.masked || right[1] != null ? new INDArray[] {right[1]} : null);
  }

  /** Whether the texts of an input are cut to what is needed. */
  public boolean isCut(int encoder) {
    return texts.isCut(encoder);
  }

  /** What a network reads of the first texts in their given order, which are not cut. */
  public INDArray[] first(int n) {
    return whole(IntStream.range(0, Math.min(n, order.length)).toArray());
  }

  /** What a network reads of the texts of these numbers, which are not cut. */
  public INDArray[] whole(int[] numbers) {
    return features(numbers, input -> texts.lengths[input]);
  }

  private INDArray[] features(int[] numbers, IntUnaryOperator steps) {
    return IntStream.range(0, texts.inputs())
        .mapToObj(input -> features(input, numbers, steps.applyAsInt(input)))
        .toArray(INDArray[]::new);
  }

  private INDArray[] masks(INDArray[] features) {
    return texts.masked
        ? Arrays.stream(features)
            .map(ids -> ids.neq(TextEncoder.PADDING).castTo(ids.dataType()))
            .toArray(INDArray[]::new)
        : null;
  }

  /** Ids of texts, or numbers of rows, (n, steps). */
  private INDArray features(int input, int[] numbers, int steps) {
    float[] values = staging.get(input).of(numbers.length * steps);
    for (int i = 0; i < numbers.length; i++) {
      texts.write(input, numbers[i], values, i * steps, steps);
    }
    if (!dropouts.isEmpty() && dropouts.get(input).dropsAny()) {
      Random random = new Random(0);
      for (int i = 0; i < numbers.length; i++) {
        random.setSeed(orders.mix(pass) ^ orders.mix(~numbers[i]) + input);
        dropouts.get(input).apply(values, i * steps, steps, random);
      }
    }
    return Nd4j.create(values, new long[] {numbers.length, steps}, 'c');
  }

  @Override
  public void reset() {
    if (at > 0) {
      pass++;
      at = 0;
      shuffle();
    }
  }

  @Override
  public boolean resetSupported() {
    return true;
  }

  /** No: reading ahead would move {@link #position} ahead of what was trained on. */
  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public void setPreProcessor(MultiDataSetPreProcessor preProcessor) {
    this.preProcessor = preProcessor;
  }

  @Override
  public MultiDataSetPreProcessor getPreProcessor() {
    return preProcessor;
  }
}
