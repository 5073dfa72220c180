package org.qat4j.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.qat4j.model.Cell;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.TextInput;
import org.qat4j.model.Window2d;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AttentionStep;
import org.qat4j.numerics.internal.GateTable;
import org.qat4j.numerics.internal.GroupScales;
import org.qat4j.numerics.internal.Runs;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.reference.ReferenceRuntime;
import org.qat4j.text.AffixEncoder;
import org.qat4j.text.BytePairs;
import org.qat4j.text.CharacterEncoder;
import org.qat4j.text.DistanceEncoder;
import org.qat4j.text.FieldEncoder;
import org.qat4j.text.NgramEncoder;
import org.qat4j.text.OverlapEncoder;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.PositionEncoder;
import org.qat4j.text.StoryEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.TokenEncoder;
import org.qat4j.text.WordEncoder;
import org.qat4j.text.WordPieceEncoder;
import org.qat4j.text.WordPieces;

/**
 * The models of the golden files, and the program that wrote these. Files of a version that was
 * released are never written again: a later version gets a folder of its own.
 */
public final class GoldenModels {
  private static final int SAMPLES = 3;

  private final Random random;
  private final List<Input> inputs = new ArrayList<>();
  private final List<Op> ops = new ArrayList<>();
  private final List<TextInput> text = new ArrayList<>();

  private GoldenModels(long seed) {
    this.random = new Random(seed);
  }

  /** Writes NAME.qat and NAME.txt of every model into the folder that is given. */
  public static void main(String[] args) throws IOException {
    for (IntegerModel model : all()) {
      Path folder = Path.of(args[0]);
      ModelFile.write(model, folder.resolve(model.name() + ".qat"));
      Files.writeString(
          folder.resolve(model.name() + ".txt"), answers(model), StandardCharsets.UTF_8);
    }
  }

  static List<IntegerModel> all() {
    return List.of(
        new GoldenModels(1).characters(),
        new GoldenModels(2).words(),
        new GoldenModels(3).operations(),
        new GoldenModels(4).widths(),
        new GoldenModels(5).subset(),
        new GoldenModels(6).groups(),
        new GoldenModels(7).recurrence(),
        new GoldenModels(8).attention(),
        new GoldenModels(9).images(),
        new GoldenModels(10).encoders(),
        new GoldenModels(11).functions(),
        new GoldenModels(11).wordPieces(),
        new GoldenModels(12).overlaps(),
        new GoldenModels(12).stream(),
        new GoldenModels(13).channels(),
        new GoldenModels(13).cells());
  }

  /** A line per sample: the inputs as a JSON array of flat arrays, a tab, the first output. */
  static String answers(IntegerModel model) {
    Random random = new Random(7);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < SAMPLES; i++) {
      int n = model.inputs().size();
      int[][] tokens = new int[n][];
      float[][] reals = new float[n][];
      List<String> arrays = new ArrayList<>();
      for (int k = 0; k < n; k++) {
        Input input = model.inputs().get(k);
        int size = model.value(input.name()).size();
        if (input.kind() == Input.Kind.TOKENS) {
          tokens[k] = random.ints(size, 0, input.vocabularySize()).toArray();
          arrays.add(Arrays.toString(tokens[k]));
        } else {
          reals[k] = new float[size];
          for (int j = 0; j < size; j++) {
            reals[k][j] = random.nextInt(4096) / 1024f - 2;
          }
          arrays.add(Arrays.toString(reals[k]));
        }
      }
      float[] answer = new ReferenceRuntime(model).run(Sample.of(tokens, reals));
      lines.append(arrays).append('\t').append(Arrays.toString(answer)).append('\n');
    }
    return lines.toString();
  }

  /** Characters by a convolution, n-grams by a bag; labels, metadata. */
  private IntegerModel characters() {
    tokens("characters", 12, 8);
    text.add(
        new TextInput(
            "characters", new CharacterEncoder(List.of(97, 98, 99, 228, 1078, 0x1F600), 12, true)));
    tokens("ngrams", 20, 33);
    text.add(new TextInput("ngrams", new NgramEncoder(2, 3, 32, 20, false)));
    ops.add(new Op.Embedding("embedding", "characters", tensor(8, 1, 0, 8, 6)));
    ops.add(conv("convolution", "embedding", tensor(8, 5, 0, 5, 3, 6), 1, 1, 1, 1, relu(0.05f)));
    ops.add(new Op.MaxPool1d("pool", "convolution", 2, 2));
    ops.add(new Op.GlobalMaxPool("best", "pool"));
    QuantParams bag = QuantParams.asymmetric(-1, 3, 8);
    ops.add(new Op.EmbeddingBag("bag", "ngrams", tensor(4, 1, 0, 33, 7), false, bag));
    QuantParams both = QuantParams.asymmetric(-2, 4, 8);
    ops.add(new Op.Concat("merge", List.of("best", "bag"), both));
    ops.add(dense("logits", "merge", tensor(8, 3, 0, 3, 12), new Output.Real()));
    ops.add(new Op.Softmax("probabilities", "logits"));
    return new IntegerModel(
        "characters",
        inputs,
        ops,
        List.of("probabilities", "logits"),
        text,
        List.of("Deutsch", "русский", "日本語 😀"),
        new LinkedHashMap<>(Map.of("seed", "1", "data", "none")));
  }

  /** Words by a mean bag and a table look-up. */
  private IntegerModel words() {
    tokens("words", 9, 7);
    List<String> vocabulary = List.of("the", "quick", "don't", ".", "ÄRGER");
    text.add(new TextInput("words", new WordEncoder(vocabulary, 9, false, true, true)));
    QuantParams mean = QuantParams.asymmetric(-0.5f, 0.5f, 6);
    ops.add(new Op.EmbeddingBag("mean", "words", tensor(6, 1, 0, 7, 10), true, mean));
    QuantParams hidden = QuantParams.asymmetric(-0.6f, 0.6f, 4);
    ops.add(dense("hidden", "mean", tensor(7, 6, 0, 6, 10), new Output.Codes(hidden)));
    int[] squares = new int[16];
    for (int q = -8; q < 8; q++) {
      squares[q + 8] = Math.min(q * q, 63) - 64;
    }
    QuantParams square = new QuantParams(0.0625f, -64, -64, 63);
    ops.add(new Op.Lookup("square", "hidden", IntVector.of(squares), square));
    ops.add(dense("logits", "square", tensor(2, 1, 0, 4, 6), new Output.Real()));
    return new IntegerModel("words", inputs, ops, List.of("logits"), text, List.of());
  }

  /** Real inputs and what the others lack. */
  private IntegerModel operations() {
    inputs.add(new Input("signal", Input.Kind.REAL, List.of(11, 4), 0));
    inputs.add(new Input("features", Input.Kind.REAL, List.of(5), 0));
    QuantParams in = QuantParams.asymmetric(-2, 2, 8);
    ops.add(new Op.Quantize("codes", "signal", in));
    ops.add(new Op.Quantize("more", "features", QuantParams.symmetric(2, 8)));
    ops.add(conv("strided", "codes", tensor(8, 1, 3, 4, 2, 4), 2, 3, 2, 0, new Output.Codes(in)));
    ops.add(dense("each", "strided", tensor(8, 4, 0, 4, 4), new Output.Codes(in)));
    QuantParams sum = new QuantParams(0.03125f, 2, -128, 127);
    ops.add(new Op.Add("sum", List.of("strided", "each", "each"), sum));
    ops.add(new Op.AvgPool1d("windows", "sum", 3, 1, QuantParams.asymmetric(-3, 3, 8)));
    ops.add(new Op.Flatten("flat", "windows"));
    ops.add(new Op.GlobalAvgPool("all", "sum", QuantParams.asymmetric(-3, 3, 5)));
    ops.add(
        new Op.Concat("side", List.of("flat", "all", "more"), QuantParams.asymmetric(-3, 3, 8)));
    Output six = new Output.Codes(new QuantParams(0.05f, -100, -128, 127), -100, 20);
    ops.add(dense("clipped", "side", tensor(8, 1, -5, 3, 21), six));
    return new IntegerModel("operations", inputs, ops, List.of("clipped"), List.of(), List.of());
  }

  /** Hashed n-grams of which some buckets are kept. */
  private IntegerModel subset() {
    tokens("ngrams", 14, 13);
    BitSet kept = new BitSet();
    kept.set(2, 10);
    kept.set(33, 37);
    text.add(new TextInput("ngrams", new NgramEncoder(1, 2, 40, 14, true).keeping(kept)));
    QuantParams sum = QuantParams.asymmetric(-2, 2, 8);
    ops.add(new Op.EmbeddingBag("bag", "ngrams", tensor(3, 1, 0, 13, 5), false, sum));
    ops.add(dense("logits", "bag", tensor(8, 3, 0, 3, 5), new Output.Real()));
    return new IntegerModel("subset", inputs, ops, List.of("logits"), text, List.of());
  }

  /** Scales of groups, of a table and of products, dense and sparse. */
  private IntegerModel groups() {
    tokens("words", 8, 9);
    ops.add(new Op.Embedding("embedding", "words", grouped(tensor(2, 1, 0, 9, 10), 4)));
    QuantizedTensor w = grouped(tensor(4, 5, 0, 5, 3, 10), 7);
    ops.add(conv("convolution", "embedding", w, 1, 1, 1, 1, relu(0.05f)));
    ops.add(new Op.GlobalMaxPool("best", "convolution"));
    QuantizedTensor last = grouped(sparse(tensor(3, 3, 0, 3, 5), 80), 5);
    ops.add(dense("logits", "best", last, new Output.Real()));
    return new IntegerModel("groups", inputs, ops, List.of("logits"), List.of(), List.of());
  }

  /**
   * An LSTM with peepholes, recurrent layers of functions that do not end at 8 or at 1, means over
   * what lies within an image.
   */
  private IntegerModel cells() {
    tokens("words", 7, 9);
    QuantParams state = QuantParams.asymmetric(-1, 1, 8);
    QuantParams rest = QuantParams.asymmetric(0, 20, 8);
    IntVector tanh = IntVector.of(GateTable.of(Math::tanh));
    IntVector sigmoid = IntVector.of(GateTable.of(v -> 1 / (1 + Math.exp(-v))));
    IntVector relu = IntVector.of(GateTable.of(v -> Math.max(0, v), 10, 10));
    IntVector soft = IntVector.of(GateTable.of(v -> v / (1 + Math.abs(v)), 11, 15));
    ops.add(new Op.Embedding("embedding", "words", tensor(8, 1, 0, 9, 6)));
    Cell peeping = new Cell.Lstm(11, sigmoid, soft, 11, 15, tensor(8, 3, 0, 3, 4));
    ops.add(recurrent("graves", "words", tensor(8, 16, 0, 16, 6), peeping, false, state));
    Cell lowered = new Cell.Lstm(9, sigmoid, tanh, 12, 15, tensor(8, 1, 3, 3, 4));
    ops.add(recurrent("back", null, tensor(8, 16, 0, 16, 6), lowered, true, state));
    Cell open = new Cell.Lstm(9, sigmoid, relu, 10, 10, null);
    ops.add(recurrent("open", null, tensor(8, 12, 0, 12, 6), open, false, rest));
    Cell simple = new Cell.Simple(relu, 10, 10);
    ops.add(recurrent("simple", "words", tensor(4, 1, 0, 3, 6), simple, false, rest));
    ops.add(new Op.Reshape("rows", "embedding", IntVector.of(7, 1, 6)));
    Window2d window = new Window2d(3, 2, 1, 1, 1, 1, 1, 0, 1, 1);
    ops.add(new Op.AvgPool2d("means", "rows", window, true, state));
    ops.add(new Op.Reshape("steps", "means", IntVector.of(7, 6)));
    List<String> all = List.of("graves", "back", "open", "simple", "steps");
    ops.add(new Op.Concat("side", all, QuantParams.asymmetric(-1, 9, 8)));
    ops.add(new Op.GlobalMaxPool("best", "side"));
    ops.add(dense("logits", "best", tensor(8, 3, 0, 3, 20), new Output.Real()));
    return new IntegerModel("cells", inputs, ops, List.of("logits"), text, List.of());
  }

  /** LSTM and simple recurrence in both directions, and what masks do. */
  private IntegerModel recurrence() {
    tokens("words", 7, 9);
    QuantParams state = QuantParams.asymmetric(-1, 1, 8);
    IntVector tanh = IntVector.of(GateTable.of(Math::tanh));
    IntVector sigmoid = IntVector.of(GateTable.of(v -> 1 / (1 + Math.exp(-v))));
    ops.add(new Op.Embedding("embedding", "words", tensor(8, 1, 0, 9, 6)));
    ops.add(new Op.NotZero("there", List.of("embedding", "embedding")));
    Cell lstm = new Cell.Lstm(12, sigmoid, tanh);
    ops.add(recurrent("forward", "words", tensor(8, 16, 0, 16, 6), lstm, false, state));
    Cell simple = new Cell.Simple(tanh);
    ops.add(recurrent("back", "there", tensor(4, 1, 0, 3, 6), simple, true, state));
    ops.add(new Op.LastStep("last", "forward", "words"));
    ops.add(new Op.LastStep("first", "back", null));
    ops.add(new Op.Masked("zero", "forward", "there", true));
    ops.add(new Op.Masked("smallest", "back", "words", false));
    ops.add(new Op.MaskedMean("mean", "zero", "words", state));
    ops.add(new Op.GlobalSumPool("sum", "zero", QuantParams.asymmetric(-4, 4, 7)));
    ops.add(new Op.GlobalMaxPool("best", "smallest"));
    List<String> vectors = List.of("last", "first", "mean", "sum", "best");
    ops.add(new Op.Concat("side", vectors, QuantParams.asymmetric(-4, 4, 8)));
    ops.add(dense("logits", "side", tensor(8, 3, 0, 3, 18), new Output.Real()));
    return new IntegerModel("recurrence", inputs, ops, List.of("logits"), text, List.of());
  }

  /** Functions of real logits. */
  private IntegerModel functions() {
    inputs.add(new Input("features", Input.Kind.REAL, List.of(5), 0));
    ops.add(new Op.Quantize("codes", "features", QuantParams.asymmetric(-2, 2, 8)));
    ops.add(dense("logits", "codes", tensor(8, 4, 0, 4, 5), new Output.Real()));
    ops.add(new Op.RealFunction("leaky", Op.RealFunction.Form.LEAKY_RELU, "logits", 0.3f));
    ops.add(new Op.RealFunction("flat", Op.RealFunction.Form.TANH, "leaky", 0));
    ops.add(new Op.RealFunction("scores", Op.RealFunction.Form.SIGMOID, "flat", 0));
    ops.add(new Op.RealFunction("positive", Op.RealFunction.Form.RELU, "logits", 0));
    List<String> outputs = List.of("scores", "positive");
    return new IntegerModel("functions", inputs, ops, outputs, text, List.of());
  }

  private Op recurrent(
      String name, String mask, QuantizedTensor w, Cell cell, boolean back, QuantParams state) {
    int rows = w.dim(0);
    QuantizedTensor r = tensor(6, 1, 0, rows, rows / cell.gates());
    return new Op.Recurrent(name, "embedding", mask, w, r, bias(rows), cell, back, state);
  }

  /** Blocks of a transformer, of which one looks back; an answer for each step. */
  private IntegerModel attention() {
    tokens("words", 6, 8);
    QuantParams params = QuantParams.asymmetric(-3, 3, 8);
    Output codes = new Output.Codes(params);
    ops.add(new Op.Embedding("embedding", "words", tensor(8, 1, 0, 8, 8)));
    IntVector gain = IntVector.of(random.ints(8, -9000, 9000).toArray());
    IntVector shift = IntVector.of(random.ints(8, -900_000, 900_000).toArray());
    ops.add(new Op.LayerNorm("norm", "embedding", gain, shift, 12, params));
    ops.add(dense("queries", "norm", tensor(8, 18, 0, 18, 8), codes));
    IntVector exponential = IntVector.of(AttentionStep.exponential());
    int all = AttentionStep.EVERYTHING;
    ops.add(new Op.Attention("attention", "queries", "words", 2, all, exponential, params));
    ops.add(new Op.Attention("past", "queries", null, 3, 2, exponential, params));
    ops.add(dense("joined", "attention", tensor(8, 1, 0, 8, 6), codes));
    ops.add(new Op.RealSum("residual", List.of("embedding", "joined"), params));
    ops.add(new Op.Concat("side", List.of("residual", "past"), params));
    ops.add(dense("logits", "side", tensor(5, 3, 0, 3, 14), new Output.Real()));
    ops.add(new Op.Softmax("probabilities", "logits"));
    return new IntegerModel(
        "attention", inputs, ops, List.of("probabilities"), text, List.of("B-A", "I-A", "O"));
  }

  /** A residual stream of 16 bits: everything that reads and makes codes of more than 8. */
  private IntegerModel stream() {
    tokens("words", 6, 8);
    QuantParams wide = QuantParams.asymmetric(-3, 5, 16);
    QuantParams middle = QuantParams.asymmetric(-2, 3, 9);
    QuantParams bytes = QuantParams.asymmetric(-3, 3, 8);
    ops.add(new Op.Embedding("embedding", "words", tensor(8, 1, 0, 8, 8)));
    ops.add(dense("joined", "embedding", tensor(8, 8, 0, 8, 8), new Output.Codes(wide)));
    ops.add(new Op.RealSum("sum", List.of("embedding", "joined"), wide));
    IntVector gain = IntVector.of(random.ints(8, -9000, 9000).toArray());
    IntVector shift = IntVector.of(random.ints(8, -900_000, 900_000).toArray());
    ops.add(new Op.LayerNorm("norm", "sum", gain, shift, 12, 1e-12, wide));
    ops.add(new Op.Concat("read", List.of("norm"), middle));
    ops.add(dense("product", "read", tensor(8, 6, 0, 6, 8), new Output.Codes(middle)));
    int[] table = new int[1 << 9];
    for (int i = 0; i < table.length; i++) {
      table[i] = wide.quantize(middle.dequantize(middle.qmin() + i) * i / table.length);
    }
    ops.add(new Op.Lookup("function", "product", IntVector.of(table), wide));
    ops.add(
        conv("narrow", "function", tensor(4, 8, 0, 8, 3, 6), 1, 1, 1, 1, new Output.Codes(bytes)));
    ops.add(new Op.Masked("masked", "norm", "words", true));
    ops.add(new Op.RealSum("stream", List.of("masked", "narrow"), wide));
    ops.add(new Op.MaskedMean("mean", "stream", "words", wide));
    ops.add(new Op.GlobalAvgPool("all", "stream", middle));
    ops.add(new Op.Concat("side", List.of("mean", "all"), bytes));
    ops.add(dense("logits", "side", tensor(8, 3, 0, 3, 16), new Output.Real()));
    return new IntegerModel("stream", inputs, ops, List.of("logits", "mean"), text, List.of());
  }

  /** A residual stream of bytes whose channels have scales of their own. */
  private IntegerModel channels() {
    tokens("words", 6, 8);
    QuantParams bytes = QuantParams.asymmetric(-3, 2, 8);
    IntVector some = IntVector.of(0, 8, 1, 0, 3, 2, 0, 5);
    IntVector others = IntVector.of(1, 7, 0, 0, 4, 2, 0, 6);
    Output.Codes apart = new Output.Codes(bytes, bytes.qmin(), bytes.qmax(), some);
    ops.add(new Op.Embedding("embedding", "words", tensor(8, 1, 0, 8, 8)));
    ops.add(dense("product", "embedding", tensor(8, 8, 0, 8, 8), apart));
    ops.add(new Op.Masked("masked", "product", "words", true));
    ops.add(conv("window", "embedding", tensor(4, 1, 0, 8, 3, 8), 1, 1, 1, 1, apart));
    List<String> addends = List.of("embedding", "masked", "window");
    ops.add(new Op.RealSum("sum", addends, bytes, others));
    IntVector gain = IntVector.of(random.ints(8, -9000, 9000).toArray());
    IntVector shift = IntVector.of(random.ints(8, -900_000, 900_000).toArray());
    ops.add(new Op.LayerNorm("norm", "sum", gain, shift, 12, 1e-12, bytes));
    ops.add(new Op.RealSum("again", List.of("norm", "sum", "masked"), bytes));
    ops.add(new Op.GlobalAvgPool("mean", "again", bytes));
    ops.add(dense("logits", "mean", tensor(8, 3, 0, 3, 8), new Output.Real()));
    return new IntegerModel("channels", inputs, ops, List.of("logits", "norm"), text, List.of());
  }

  /** Convolutions and pooling over an image, and codes that are moved and combined. */
  private IntegerModel images() {
    inputs.add(new Input("image", Input.Kind.REAL, List.of(6, 7, 3), 0));
    QuantParams params = QuantParams.asymmetric(-2, 2, 8);
    ops.add(new Op.Quantize("pixels", "image", params));
    Window2d wide = new Window2d(3, 2, 1, 2, 1, 2, 1, 0, 1, 1);
    ops.add(image("conv", "pixels", tensor(8, 4, 0, 4, 3, 2, 3), wide, 1, relu(0.03f)));
    Window2d small = Window2d.plain(2, 2, 1, 1);
    ops.add(
        image(
            "depthwise", "conv", tensor(4, 1, 1, 8, 2, 2, 1), small, 4, new Output.Codes(params)));
    ops.add(new Op.MaxPool2d("best", "depthwise", new Window2d(2, 2, 2, 1, 1, 1, 0, 1, 1, 0)));
    ops.add(new Op.AvgPool2d("pool", "best", Window2d.plain(2, 1, 1, 1), params));
    ops.add(new Op.Select("select", "pool", 1, IntVector.of(1, -1, 0, 1)));
    ops.add(new Op.Transpose("transpose", "select", IntVector.of(1, 0, 2)));
    ops.add(new Op.Reshape("flat", "transpose", IntVector.of(2, 32)));
    String before = "flat";
    for (Op.Elementwise.Function f : Op.Elementwise.Function.values()) {
      String name = f.name().toLowerCase(Locale.ROOT);
      ops.add(new Op.Elementwise(name, f, List.of(before, "flat"), params));
      before = name;
    }
    ops.add(dense("logits", before, tensor(8, 1, 0, 2, 32), new Output.Real()));
    return new IntegerModel("images", inputs, ops, List.of("logits"), text, List.of());
  }

  private Op image(
      String name, String input, QuantizedTensor w, Window2d window, int groups, Output output) {
    return new Op.Conv2d(name, input, w, bias(w.dim(0)), window, groups, output);
  }

  /** Every way to read a text that the others do not have. */
  private IntegerModel encoders() {
    List<String> known = List.of("she", "gave", "ärger");
    WordEncoder words = new WordEncoder(List.of("ann", "?"), 3, true, true, false);
    BytePairs pairs =
        new BytePairs(List.of(new BytePairs.Pair("s", "h"), new BytePairs.Pair("▁", "sh")));
    List<TextEncoder> encoders =
        List.of(
            new TokenEncoder(known, 5, true, true),
            new AffixEncoder(2, 11, 6),
            new DistanceEncoder(2, 6),
            new PieceEncoder(pairs, List.of("▁sh", "e", "."), 5, 4),
            new PositionEncoder(5),
            new FieldEncoder(1, words),
            new StoryEncoder(words, 2),
            new StoryEncoder.StoryPlaces(2));
    return bags("encoders", encoders);
  }

  /** Pieces of words, and which of two texts they are of. */
  private IntegerModel wordPieces() {
    List<String> pieces =
        List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "straße", "una", "##ff", ".", "中");
    WordPieces words =
        new WordPieces(
            pieces,
            new WordPieces.Rules(true, true, false, true),
            new WordPieces.Special(1, 2, 3, List.of(0, 1, 2, 3, 4)));
    WordPieceEncoder ids = new WordPieceEncoder(words, 9, true);
    return bags(
        "wordpieces",
        List.of(
            ids,
            new WordPieceEncoder.StepEncoder(ids, false),
            new WordPieceEncoder.StepEncoder(ids, true)));
  }

  /** The words that two texts have in common, and where the second stands. */
  private IntegerModel overlaps() {
    WordEncoder places = new WordEncoder(List.of("1", "2"), 1, false, false, false);
    return bags(
        "overlaps",
        List.of(
            new OverlapEncoder(List.of("the", "ann", "ärger"), 4, true),
            new FieldEncoder(2, places)));
  }

  /** A bag for each way to read a text. */
  private IntegerModel bags(String model, List<TextEncoder> encoders) {
    QuantParams params = QuantParams.asymmetric(-3, 3, 8);
    List<String> bags = new ArrayList<>();
    for (TextEncoder e : encoders) {
      String kind = e.getClass().getSimpleName();
      String name = bags.contains(kind + " bag") ? kind + " types" : kind;
      tokens(name, e.length(), e.vocabularySize());
      text.add(new TextInput(name, e));
      QuantizedTensor table = tensor(8, 1, 0, e.vocabularySize(), 3);
      ops.add(new Op.EmbeddingBag(name + " bag", name, table, false, params));
      bags.add(name + " bag");
    }
    ops.add(new Op.Concat("side", bags, params));
    int width = 3 * encoders.size();
    ops.add(dense("logits", "side", tensor(8, 2, 0, 2, width), new Output.Real()));
    return new IntegerModel(model, inputs, ops, List.of("logits"), text, List.of());
  }

  /** The tensor with multiples for groups of a sixteenth of its scales. */
  private QuantizedTensor grouped(QuantizedTensor t, int size) {
    Runs groups = new Runs(t.codes().length / t.dim(0), size);
    byte[] multiples = new byte[groups.count(t.codes().length)];
    int most =
        GroupScales.most(-QuantParams.maxCode(t.bits()), QuantParams.maxCode(t.bits()), false);
    for (int g = 0; g < multiples.length; g++) {
      multiples[g] = (byte) (1 + random.nextInt(most));
    }
    byte[] codes = t.codes().clone();
    for (int i = 0; i < codes.length; i++) {
      codes[i] *= multiples[groups.of(i)];
    }
    float[] scales = t.scales();
    for (int c = 0; c < scales.length; c++) {
      scales[c] /= 16;
    }
    return new QuantizedTensor(codes, t.shape(), t.bits(), scales, 0, groups.size(), multiples);
  }

  /** Every bit width, every density. */
  private IntegerModel widths() {
    inputs.add(new Input("features", Input.Kind.REAL, List.of(16), 0));
    QuantParams params = QuantParams.asymmetric(-2, 2, 8);
    ops.add(new Op.Quantize("w1", "features", params));
    for (int bits = 2; bits <= 8; bits++) {
      QuantizedTensor w = tensor(bits, 16, 0, 16, 16);
      ops.add(dense("w" + bits, "w" + (bits - 1), w, new Output.Codes(params)));
    }
    int[] percent = {60, 75, 90, 98, 100};
    for (int i = 0; i < percent.length; i++) {
      QuantizedTensor w = sparse(tensor(4, 1, i == 3 ? 2 : 0, 16, 16), percent[i]);
      ops.add(dense("w" + (9 + i), "w" + (8 + i), w, new Output.Codes(params)));
    }
    ops.add(dense("logits", "w8", tensor(3, 2, 0, 2, 16), new Output.Real()));
    return new IntegerModel("widths", inputs, ops, List.of("logits", "w13"), List.of(), List.of());
  }

  private void tokens(String name, int steps, int vocabulary) {
    inputs.add(new Input(name, Input.Kind.TOKENS, List.of(steps), vocabulary));
  }

  private static Output relu(float scale) {
    return new Output.Codes(new QuantParams(scale, -120, -128, 127), -120, 127);
  }

  private Op dense(String name, String input, QuantizedTensor w, Output output) {
    return new Op.Dense(name, input, w, bias(w.dim(0)), output);
  }

  private Op conv(
      String name,
      String input,
      QuantizedTensor w,
      int stride,
      int dilation,
      int left,
      int right,
      Output output) {
    return new Op.Conv1d(name, input, w, bias(w.dim(0)), stride, dilation, left, right, output);
  }

  private IntVector bias(int channels) {
    return IntVector.of(random.ints(channels, -500, 500).toArray());
  }

  private QuantizedTensor tensor(int bits, int scales, int zeroPoint, int... shape) {
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    int highest = QuantParams.maxCode(bits);
    byte[] codes = new byte[size];
    for (int i = 0; i < size; i++) {
      codes[i] = (byte) (random.nextInt(2 * highest + 1) - highest);
    }
    float[] s = new float[scales];
    for (int i = 0; i < scales; i++) {
      s[i] = (1 + random.nextInt(1024) / 1024f) / (highest * 2);
    }
    return new QuantizedTensor(codes, shape, bits, s, zeroPoint);
  }

  /** The tensor with so many percent of its codes at the zero point. */
  private QuantizedTensor sparse(QuantizedTensor t, int percent) {
    byte[] codes = t.codes().clone();
    for (int i = 0; i < codes.length; i++) {
      if (random.nextInt(100) < percent) {
        codes[i] = (byte) t.zeroPoint();
      }
    }
    return new QuantizedTensor(codes, t.shape(), t.bits(), t.scales(), t.zeroPoint());
  }
}
