package org.qat4j.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.model.internal.InputLengths;
import org.qat4j.text.AffixEncoder;
import org.qat4j.text.DistanceEncoder;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.PositionEncoder;
import org.qat4j.text.StoryEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.TokenEncoder;
import org.qat4j.text.WordPieceEncoder;
import org.qat4j.text.internal.NumberRow;
import org.qat4j.text.internal.TokenRows;

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

  /** What becomes of a dropped token: what the encoder makes of one that it does not know. */
  private enum Drop {
    TO_UNKNOWN,
    LEAVE_OUT,
    /** It is none: the form of a token, or where it stands. */
    KEEP
  }

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

  /** Shuffled texts are sorted by length in portions of so many batches. */
  private static final int PORTION = 32;

  private final Cut[] cuts; // per encoder; null where it is not cut
  private final boolean[] ongoing; // per encoder: says nothing of where a text ends
  private final int[][] ids; // per encoder, row-major (texts, length)
  private final float[] numbers; // without encoders: row-major (rows, length); or null
  private final int pieceInput; // −1 where there is none
  private final transient PieceEncoder pieceEncoder; // null where there is none
  private final int[] next; // pieces behind each step of the translation, (texts, steps); or null
  private final int[][] tokenSteps; // of each text, the step of each token that has a tag; or null
  private final int[] lengths; // per encoder
  private final Drop[] drops; // per encoder
  private final int[] unknown; // id per encoder, where there is one
  private final int[] firsts; // id per encoder of the first token that can be dropped
  private final transient List<Example> examples;
  private final transient Question question;
  private final transient List<String> names; // of the classes or tags
  private final int[] order;
  private final int batch;
  private final boolean shuffled;
  private final long seed;
  private final int dropBelow; // of 2³¹ equally likely numbers
  private int pass;
  private int at;
  private final float[][] staging; // per encoder, then of the labels
  private transient MultiDataSetPreProcessor preProcessor;
  private final boolean masked;

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
    if (!(tokenDropout >= 0 && tokenDropout < 1)) {
      throw new QatException("tokenDropout is " + tokenDropout + "; it must lie in [0, 1)");
    }
    List<TextEncoder> encoders = inputs.encoders();
    this.masked = inputs.masked();
    this.question = question;
    this.examples = List.copyOf(examples);
    this.names = List.copyOf(names);
    this.batch = batch;
    this.shuffled = shuffled;
    this.seed = seed;
    this.dropBelow = (int) (tokenDropout * 0x1p31);
    this.order = new int[examples.size()];
    this.numbers = encoders.isEmpty() ? numbers(examples) : null;
    this.lengths =
        numbers != null
            ? new int[] {numbers.length / order.length}
            : encoders.stream().mapToInt(TextEncoder::length).toArray();
    this.drops = encoders.stream().map(TextBatches::drop).toArray(Drop[]::new);
    this.unknown = encoders.stream().mapToInt(TextEncoder::unknown).toArray();
    this.firsts = encoders.stream().mapToInt(TextEncoder::firstToken).toArray();
    this.staging = new float[lengths.length + 1][0];
    this.ids = new int[lengths.length][];
    for (int e = 0; e < encoders.size(); e++) {
      ids[e] = encode(examples, encoders.get(e));
    }
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
    this.ongoing = Inputs.ongoing(encoders);
    for (int e = 0; e < encoders.size() && inputs.lengths() != null; e++) {
      if (inputs.lengths().isFlexible(e)) {
        cuts[e] = cut(e, inputs.lengths());
      }
    }
    shuffle();
  }

  private TextBatches(TextBatches other) {
    this.cuts = other.cuts;
    this.ongoing = other.ongoing;
    this.ids = other.ids;
    this.numbers = other.numbers;
    this.pieceInput = other.pieceInput;
    this.pieceEncoder = other.pieceEncoder;
    this.next = other.next;
    this.tokenSteps = other.tokenSteps;
    this.lengths = other.lengths;
    this.drops = other.drops;
    this.unknown = other.unknown;
    this.firsts = other.firsts;
    this.examples = other.examples;
    this.question = other.question;
    this.names = other.names;
    this.order = new int[other.order.length];
    this.batch = other.batch;
    this.shuffled = other.shuffled;
    this.seed = other.seed;
    this.dropBelow = other.dropBelow;
    this.staging = new float[other.staging.length][0];
    this.masked = other.masked;
    shuffle();
  }

  /** The same texts from the beginning, for another thread; what does not change is shared. */
  public TextBatches again() {
    return new TextBatches(this);
  }

  /** How an input is cut. */
  private static final class Cut implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Steps that each text needs. */
    private final int[] needed;

    /** Steps of a text that is not cut. */
    private final int limit;

    Cut(int[] needed, int limit) {
      this.needed = needed;
      this.limit = limit;
    }

    int of(int[] texts) {
      int most = 0;
      for (int text : texts) {
        most = Math.max(most, needed[text]);
      }
      return limit - most;
    }
  }

  private Cut cut(int input, InputLengths inputs) {
    int[] needed = new int[order.length];
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

  private static int[] next(List<Example> examples, PieceEncoder encoder) {
    return examples.stream()
        .map(Example::text)
        .map(encoder::next)
        .flatMapToInt(Arrays::stream)
        .toArray();
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

  private static Drop drop(TextEncoder encoder) {
    if (encoder instanceof AffixEncoder
        || encoder instanceof DistanceEncoder
        || encoder instanceof PieceEncoder
        || encoder instanceof PositionEncoder
        || encoder instanceof WordPieceEncoder.StepEncoder
        || encoder instanceof StoryEncoder.StoryPlaces
        || (encoder instanceof TokenEncoder tokens && tokens.focus())) {
      return Drop.KEEP;
    }
    return encoder.leavesOut() ? Drop.LEAVE_OUT : Drop.TO_UNKNOWN;
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

  /** From the identity, so that the order does not depend on the passes before. */
  private void shuffle() {
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    if (shuffled) {
      Random random = new Random(mix(pass));
      for (int i = order.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int swap = order[i];
        order[i] = order[j];
        order[j] = swap;
      }
      sortByLength(random);
    }
  }

  /**
   * Texts of like length into batches, and these into any order; the last, smaller batch stays
   * where it is.
   */
  private void sortByLength(Random random) {
    if (Arrays.stream(cuts).allMatch(Objects::isNull)) {
      return;
    }
    int whole = order.length / batch;
    for (int from = 0; from < whole; from += PORTION) {
      sort(from * batch, Math.min(from + PORTION, whole) * batch);
    }
    for (int i = whole - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      for (int b = 0; b < batch; b++) {
        int swap = order[i * batch + b];
        order[i * batch + b] = order[j * batch + b];
        order[j * batch + b] = swap;
      }
    }
  }

  private void sort(int from, int to) {
    int[] sorted = byLength(Arrays.copyOfRange(order, from, to));
    System.arraycopy(sorted, 0, order, from, sorted.length);
  }

  /** The longest first; those of one length in their order. */
  private int[] byLength(int[] texts) {
    return IntStream.of(texts)
        .boxed()
        .sorted(Comparator.comparingInt((Integer text) -> -needed(text)))
        .mapToInt(i -> i)
        .toArray();
  }

  /** Steps of all inputs that a text needs. */
  private int needed(int text) {
    int sum = 0;
    for (Cut cut : cuts) {
      sum += cut == null ? 0 : cut.needed[text];
    }
    return sum;
  }

  /** The numbers of all texts, in parts of like length that are at most as large as a batch. */
  public List<int[]> parts() {
    int[] all = byLength(IntStream.range(0, order.length).toArray());
    return IntStream.range(0, batches())
        .mapToObj(b -> Arrays.copyOfRange(all, b * batch, Math.min(all.length, (b + 1) * batch)))
        .toList();
  }

  /**
   * A seed of its own for each number (the finalizer of SplitMix64; Steele et al. 2014, fig. 16).
   */
  private long mix(long number) {
    long z = seed + (number + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Number of batches in a pass. */
  public int batches() {
    return (order.length + batch - 1) / batch;
  }

  /** Number of texts. */
  public int size() {
    return order.length;
  }

  /** Encoded ids of a text for an encoder, without dropped tokens; texts in their given order. */
  public int[] ids(int encoder, int text) {
    int length = lengths[encoder];
    return Arrays.copyOfRange(ids[encoder], text * length, (text + 1) * length);
  }

  /** Right class of a text. */
  public int label(int text) {
    return examples.get(text).label();
  }

  /** The texts in their given order. */
  public List<Example> examples() {
    return examples;
  }

  /** Number of the encoder that makes pieces; −1 where texts are not translated. */
  public int pieceInput() {
    return pieceInput;
  }

  /** The encoder that makes pieces; null where texts are not translated. */
  public PieceEncoder pieceEncoder() {
    return pieceEncoder;
  }

  /**
   * What a network says of a text, as it is judged: where tokens are tagged, [tokens, tags] instead
   * of [steps, tags].
   */
  public float[] answer(int text, float[] output) {
    return tokenSteps == null ? output : TokenRows.of(tokenSteps[text], output, names.size());
  }

  /** What is asked of them. */
  public Question question() {
    return question;
  }

  /** Names of the classes or tags. */
  public List<String> labels() {
    return names;
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
    if (ids.length != 1) {
      throw new QatException(
          "a network with one input needs batches of one encoder, not of " + ids.length);
    }
    return new SingleInputBatches(this, lengths[0], names.size(), batch);
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
  public MultiDataSet batch(int[] texts) {
    INDArray[] features = new INDArray[ids.length];
    for (int e = 0; e < features.length; e++) {
      features[e] = features(e, texts, lengths[e] - cut(e, texts));
    }
    INDArray[] labels = question.labels(this, texts, cut(0, texts));
    return new org.nd4j.linalg.dataset.MultiDataSet(
        features,
        new INDArray[] {labels[0]},
        masks(features),
        masked || labels[1] != null ? new INDArray[] {labels[1]} : null);
  }

  /** Steps that are cut off. */
  private int cut(int encoder, int[] texts) {
    return cuts[encoder] == null ? 0 : cuts[encoder].of(texts);
  }

  /** Whether the texts of an input are cut to what is needed. */
  public boolean isCut(int encoder) {
    return cuts[encoder] != null;
  }

  /** What a network reads of the first texts in their given order, which are not cut. */
  public INDArray[] first(int n) {
    return whole(IntStream.range(0, Math.min(n, order.length)).toArray());
  }

  /** What a network reads of the texts of these numbers, which are not cut. */
  public INDArray[] whole(int[] texts) {
    INDArray[] features = new INDArray[ids.length];
    for (int e = 0; e < features.length; e++) {
      features[e] = features(e, texts, lengths[e]);
    }
    return features;
  }

  private INDArray[] masks(INDArray[] features) {
    return masked
        ? Arrays.stream(features)
            .map(ids -> ids.neq(TextEncoder.PADDING).castTo(ids.dataType()))
            .toArray(INDArray[]::new)
        : null;
  }

  /** Ids of texts, or numbers of rows, (n, length). */
  private INDArray features(int encoder, int[] texts, int length) {
    int n = texts.length;
    float[] values = staging(encoder, n * length);
    if (numbers != null) {
      for (int i = 0; i < n; i++) {
        System.arraycopy(numbers, texts[i] * length, values, i * length, length);
      }
      return Nd4j.create(values, new long[] {n, length}, 'c');
    }
    for (int i = 0; i < n; i++) {
      int from = texts[i] * lengths[encoder];
      for (int t = 0; t < length; t++) {
        values[i * length + t] = ids[encoder][from + t];
      }
    }
    if (dropBelow > 0 && drops[encoder] != Drop.KEEP) {
      Random random = new Random(0);
      for (int i = 0; i < n; i++) {
        random.setSeed(mix(pass) ^ mix(~texts[i]) + encoder);
        dropTokens(values, i * length, length, encoder, random);
      }
    }
    return Nd4j.create(values, new long[] {n, length}, 'c');
  }

  /** Drops tokens of one row; padding stays, where those behind do not move up. */
  private void dropTokens(float[] values, int from, int length, int encoder, Random random) {
    int to = from;
    for (int i = from; i < from + length; i++) {
      boolean padding = values[i] == TextEncoder.PADDING;
      boolean dropped = !padding && random.nextInt() >>> 1 < dropBelow;
      if (drops[encoder] == Drop.TO_UNKNOWN) {
        values[i] = dropped && values[i] >= firsts[encoder] ? unknown[encoder] : values[i];
      } else if (!dropped && !padding) {
        values[to++] = values[i];
      }
    }
    if (drops[encoder] == Drop.LEAVE_OUT) {
      Arrays.fill(values, to, from + length, TextEncoder.PADDING);
    }
  }

  /** Classes of texts, one-hot (n, classes). */
  INDArray classes(int[] texts) {
    int n = texts.length;
    int classes = names.size();
    float[] hot = staging(ids.length, n * classes);
    Arrays.fill(hot, 0f);
    for (int i = 0; i < n; i++) {
      hot[i * classes + label(texts[i])] = 1f;
    }
    return Nd4j.create(hot, new long[] {n, classes}, 'c');
  }

  /** Right numbers of texts, (n, 1). */
  INDArray reals(int[] texts) {
    int n = texts.length;
    float[] reals = staging(ids.length, n);
    for (int i = 0; i < n; i++) {
      reals[i] = (float) examples.get(texts[i]).number();
    }
    return Nd4j.create(reals, new long[] {n, 1}, 'c');
  }

  /** Tags of texts, one-hot (n, tags, steps). */
  INDArray tags(int[] texts, int cut) {
    int n = texts.length;
    int steps = lengths[0] - cut;
    float[] hot = staging(ids.length, n * names.size() * steps);
    Arrays.fill(hot, 0f);
    for (int i = 0; i < n; i++) {
      List<Integer> tags = examples.get(texts[i]).tags();
      int[] at = tokenSteps[texts[i]];
      for (int t = 0; t < at.length && at[t] < steps; t++) {
        hot[(i * names.size() + tags.get(t)) * steps + at[t]] = 1f;
      }
    }
    return Nd4j.create(hot, new long[] {n, names.size(), steps}, 'c');
  }

  /** Pieces that come next in texts, (n, 1, steps), and a mask of them, (n, steps). */
  INDArray[] pieces(int[] texts, int cut) {
    int n = texts.length;
    int all = next.length / order.length;
    int steps = all - cut;
    float[] pieces = new float[n * steps];
    float[] mask = new float[n * steps];
    for (int i = 0; i < pieces.length; i++) {
      pieces[i] = next[texts[i / steps] * all + i % steps];
      mask[i] = pieces[i] == TextEncoder.PADDING ? 0 : 1;
    }
    return new INDArray[] {
      Nd4j.create(pieces, new long[] {n, 1, steps}, 'c'),
      Nd4j.create(mask, new long[] {n, steps}, 'c')
    };
  }

  /** 1 for the steps of texts at which a token has its tag, 0 for all others, (n, steps). */
  INDArray mask(int[] texts, int cut) {
    int n = texts.length;
    int steps = lengths[0] - cut;
    float[] mask = new float[n * steps];
    for (int i = 0; i < n; i++) {
      for (int step : tokenSteps[texts[i]]) {
        if (step < steps) {
          mask[i * steps + step] = 1f;
        }
      }
    }
    return Nd4j.create(mask, new long[] {n, steps}, 'c');
  }

  /** An array that is filled and copied out of anew in every batch. */
  private float[] staging(int slot, int size) {
    if (staging[slot].length != size) {
      staging[slot] = new float[size];
    }
    return staging[slot];
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
