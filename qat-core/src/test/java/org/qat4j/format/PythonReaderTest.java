package org.qat4j.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.model.Cell;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.RandomModels;
import org.qat4j.model.TextInput;
import org.qat4j.numerics.QuantParams;
import org.qat4j.runtime.Predictor;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.Trace;
import org.qat4j.runtime.reference.ReferenceRuntime;
import org.qat4j.text.AffixEncoder;
import org.qat4j.text.BytePairs;
import org.qat4j.text.DistanceEncoder;
import org.qat4j.text.FieldEncoder;
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
 * docs/read_model.py, which was written from docs/model-format.md and docs/quantization.md, reads
 * what Java wrote and computes what Java computes.
 */
class PythonReaderTest {
  private static final Path SCRIPT = Path.of("..", "docs", "read_model.py");

  @TempDir private static Path folder;

  @BeforeAll
  static void needsPython() throws InterruptedException {
    boolean found = false;
    try {
      found = new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      // There is none.
    }
    assumeTrue(found, "python3 is not installed: docs/read_model.py is not checked");
  }

  private static List<String> python(IntegerModel model, String... arguments) throws Exception {
    Path file = folder.resolve("model.qat");
    ModelFile.write(model, file);
    List<String> command = new ArrayList<>(List.of("python3", SCRIPT.toString(), file.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PYTHONIOENCODING", "utf-8");
    builder.environment().put("PYTHONUTF8", "1");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", model.name(), output).isZero();
    return output.lines().toList();
  }

  @Test
  void readsWhatJavaWrote() throws Exception {
    for (IntegerModel model : GoldenModels.all()) {
      assertThat(python(model)).containsAll(description(model));
    }
  }

  private static List<String> description(IntegerModel model) {
    List<String> lines = new ArrayList<>();
    model.metadata().forEach((key, value) -> lines.add("metadata " + key + " = " + value));
    for (Op op : model.ops()) {
      String tensors = op.tensors().stream().map(t -> t + " ").collect(Collectors.joining());
      lines.add(
          "op %s %s %s %sbound %d"
              .formatted(
                  op.name(),
                  kind(op),
                  String.join(",", op.inputs()),
                  tensors,
                  model.accumulatorBound(op.name())));
    }
    lines.add("outputs " + String.join(",", model.outputs()));
    return lines;
  }

  /** What model-format.md calls an operation. */
  private static String kind(Op op) {
    if (op instanceof Op.Recurrent recurrent) {
      return recurrent.cell() instanceof Cell.Lstm ? "Lstm" : "SimpleRnn";
    }
    return op.getClass().getSimpleName();
  }

  @Test
  void computesWhatJavaComputes() throws Exception {
    List<IntegerModel> models = new ArrayList<>(GoldenModels.all());
    for (int seed = 0; seed < 12; seed++) {
      models.add(RandomModels.model(seed));
    }
    for (IntegerModel model : models) {
      Sample sample = RandomModels.sample(model, new Random(5));
      Trace trace = new ReferenceRuntime(model).trace(sample);
      String inputs = model.inputs().stream().map(i -> json(i, trace)).toList().toString();

      assertScores(
          python(model, "--inputs", inputs).get(0), new ReferenceRuntime(model).run(sample), model);
    }
  }

  private static String json(Input input, Trace trace) {
    return input.kind() == Input.Kind.TOKENS
        ? Arrays.toString(trace.codes(input.name()))
        : Arrays.toString(trace.reals(input.name()));
  }

  @Test
  void encodesTextsAsJavaDoes() throws Exception {
    String[] texts = {"abc ÄЖ😀 cab", "The quick 'don't' — ÄRGER. x", "", "a\tb  c'd e’f’ g3"};
    for (IntegerModel model : GoldenModels.all().subList(0, 2)) {
      List<String> answers = python(model, texts);
      for (int i = 0; i < texts.length; i++) {
        Predictor predictor = new Predictor(model);
        float[] scores = new ReferenceRuntime(model).run(predictor.encode(texts[i]));
        assertScores(answers.get(i), scores, model);
        assertThat(answers.get(i)).startsWith(predictor.predict(texts[i]).label());
      }
    }
  }

  @Test
  void encodesTokensAsJavaDoes() throws Exception {
    List<String> words = List.of("she", "gave", "ärger");
    List<TextEncoder> encoders =
        List.of(
            new TokenEncoder(words, 6, true, false),
            new TokenEncoder(words, 5, false, true),
            new AffixEncoder(2, 50, 6),
            new DistanceEncoder(2, 6),
            new PieceEncoder(
                new BytePairs(List.of(new BytePairs.Pair("s", "h"), new BytePairs.Pair("▁", "sh"))),
                List.of("▁sh", "e", "x", ".", "▁", "3"),
                9,
                4),
            new PositionEncoder(5),
            new FieldEncoder(1, new WordEncoder(List.of("1", "2"), 3, true, false, false)));
    String[] texts = {
      "She GAVE Ärger 3rd x.\t1", "a b c d e f g\t6", "she", "S1 ÄRGER\t0", "shx she.\t1"
    };
    assertPythonEncodesAsJava(encoders, texts);
  }

  @Test
  void encodesWordsInCommonAsJavaDoes() throws Exception {
    List<TextEncoder> encoders =
        List.of(
            new OverlapEncoder(List.of("the", "ann", "ärger", "who"), 3, true),
            new OverlapEncoder(List.of("the"), 2, false));
    String[] texts = {
      "Who is the, THE one?\tthe one who\t7", "ÄRGER zoo\tzoo ärger zoo", "the the\tthe", "no tab"
    };
    assertPythonEncodesAsJava(encoders, texts);
  }

  @Test
  void encodesStoriesAsJavaDoes() throws Exception {
    WordEncoder words = new WordEncoder(List.of("ann", "bob", "p.m", "?"), 3, true, true, false);
    List<TextEncoder> encoders =
        List.of(new StoryEncoder(words, 2), new StoryEncoder.StoryPlaces(2));
    String[] texts = {"Ann sat at 3.5 p.m. Bob! No mark\tWho?", "\tAnn?", " Ann.Bob ? \t"};
    assertPythonEncodesAsJava(encoders, texts);
  }

  @Test
  void encodesWordPiecesAsJavaDoes() throws Exception {
    List<String> pieces =
        List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "una", "##ff", "##able", "cafe", "中", "!", "ß");
    List<TextEncoder> encoders = new ArrayList<>();
    for (boolean rules : new boolean[] {true, false}) {
      WordPieces words =
          new WordPieces(
              pieces,
              new WordPieces.Rules(rules, rules, rules, rules),
              new WordPieces.Special(1, 2, 3, List.of(0, 1, 2, 3)));
      WordPieceEncoder pairs = new WordPieceEncoder(words, 7, true);
      encoders.add(new WordPieceEncoder(words, 8, false));
      encoders.add(pairs);
      encoders.add(new WordPieceEncoder.StepEncoder(pairs, false));
      encoders.add(new WordPieceEncoder.StepEncoder(pairs, true));
    }
    String[] texts = {
      "UNAFFable Café中una!\tß[SEP]",
      "una una una\tuna una",
      "unaffx \u200buna\t",
      "[CLS[CLS]a",
      "ß!"
    };
    assertPythonEncodesAsJava(encoders, texts);
  }

  @Test
  void encodesPiecesOfTokensAsJavaDoes() throws Exception {
    List<String> pieces = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "una", "##ff", "a", "!");
    WordPieces words =
        new WordPieces(
            pieces,
            new WordPieces.Rules(true, true, true, true),
            new WordPieces.Special(1, 2, 3, List.of(0, 1, 2, 3)));
    WordPieceEncoder tokens = new WordPieceEncoder(words, 7, WordPieceEncoder.Form.TOKENS);
    List<TextEncoder> encoders =
        List.of(
            tokens,
            new WordPieceEncoder.StepEncoder(tokens, false),
            new WordPieceEncoder.StepEncoder(tokens, true));
    String[] texts = {
      "a Unaff! a\t1", "a unaff a a unaffff\t4", "a a a a a a unaff\t6", "una \u200b a\t1", "a"
    };
    assertPythonEncodesAsJava(encoders, texts);
  }

  private void assertPythonEncodesAsJava(List<TextEncoder> encoders, String[] texts)
      throws Exception {
    IntegerModel model = bags(encoders);
    List<String> answers = python(model, texts);
    Predictor predictor = new Predictor(model);
    for (int i = 0; i < texts.length; i++) {
      float[] scores = new ReferenceRuntime(model).run(predictor.encode(texts[i]));
      assertScores(answers.get(i), scores, model);
    }
  }

  /** A bag for each encoder, side by side, and a product that tells all ids apart. */
  private static IntegerModel bags(List<TextEncoder> encoders) {
    Random random = new Random(8);
    List<Input> inputs = new ArrayList<>();
    List<TextInput> text = new ArrayList<>();
    List<Op> ops = new ArrayList<>();
    QuantParams params = new QuantParams(0.05f, 0, -128, 127);
    for (int i = 0; i < encoders.size(); i++) {
      TextEncoder e = encoders.get(i);
      inputs.add(new Input("in" + i, Input.Kind.TOKENS, List.of(e.length()), e.vocabularySize()));
      text.add(new TextInput("in" + i, e));
      QuantizedTensor table = tensor(random, e.vocabularySize(), 4);
      ops.add(new Op.EmbeddingBag("bag" + i, "in" + i, table, false, params));
    }
    ops.add(new Op.Concat("all", ops.stream().map(Op::name).toList(), params));
    QuantizedTensor weights = tensor(random, 3, 4 * encoders.size());
    IntVector bias = IntVector.of(new int[3]);
    ops.add(new Op.Dense("out", "all", weights, bias, new Output.Real()));
    List<String> labels = List.of("a", "b", "c");
    return new IntegerModel("tokens", inputs, ops, List.of("out"), text, labels);
  }

  private static QuantizedTensor tensor(Random random, int rows, int columns) {
    byte[] codes = new byte[rows * columns];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (random.nextInt(255) - 127);
    }
    return new QuantizedTensor(codes, new int[] {rows, columns}, 8, new float[] {0.01f}, 0);
  }

  /** Everything is equal to the bit but what has an exponential function. */
  private static void assertScores(String line, float[] expected, IntegerModel model) {
    String[] words = line.split(" ", -1);
    int skip = words.length - expected.length;
    boolean softmax =
        model.ops().stream()
            .anyMatch(op -> op instanceof Op.Softmax || op instanceof Op.RealFunction);
    for (int i = 0; i < expected.length; i++) {
      assertThat(Float.parseFloat(words[skip + i]))
          .as("%s, score %d", model.name(), i)
          .isCloseTo(expected[i], within(softmax ? 1e-6f : 0f));
    }
  }
}
