package org.qat4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.format.ModelFile;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.TextInput;
import org.qat4j.numerics.QuantParams;
import org.qat4j.text.NgramEncoder;

/** A model is served by a JVM that has qat-core alone, which itself depends on nothing. */
class ServingTest {
  private static final List<String> TEXTS = List.of("guten Tag", "good day", "");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void servesWithNothingElseOnTheClassPath(boolean vectors) throws Exception {
    Path file = directory.resolve("model.qat");
    IntegerModel model = model();
    ModelFile.write(model, file);
    Predictor here = new Predictor(model);
    List<String> expected = new ArrayList<>();
    expected.add(vectors ? "VECTOR" : "SCALAR");
    for (String text : TEXTS) {
      Prediction p = here.predict(text);
      expected.add(p.index() + " " + p.label() + " " + p.probability());
    }
    assertThat(run(file, vectors)).isEqualTo(expected);
  }

  private List<String> run(Path file, boolean vectors) throws Exception {
    Path main = directory.resolve("main");
    copyClass(main);
    Path core =
        Path.of(IntegerRuntime.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (vectors) {
      command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    }
    command.addAll(List.of("-Xmx64m", "-cp", core + File.pathSeparator + main));
    command.addAll(List.of("org.qat4j.runtime.Serve", file.toString()));
    command.addAll(TEXTS);
    Path errors = directory.resolve("errors.txt");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    return out.lines().toList();
  }

  private static void copyClass(Path to) throws IOException {
    Path target = to.resolve("org/qat4j/runtime/Serve.class");
    Files.createDirectories(target.getParent());
    try (var in = ServingTest.class.getResourceAsStream("Serve.class")) {
      Files.copy(in, target);
    }
  }

  private static IntegerModel model() {
    NgramEncoder encoder = new NgramEncoder(1, 3, 500, 24, true);
    QuantizedTensor table = tensor(encoder.vocabularySize(), 24, 1);
    QuantParams hidden = new QuantParams(0.05f, -8, -128, 127);
    return new IntegerModel(
        "served",
        List.of(new Input("text", Input.Kind.TOKENS, List.of(24), encoder.vocabularySize())),
        List.of(
            new Op.EmbeddingBag("bag", "text", table, false, hidden),
            new Op.Dense(
                "logits", "bag", tensor(3, 24, 3), IntVector.of(5, -100, 0), new Output.Real())),
        List.of("logits"),
        List.of(new TextInput("text", encoder)),
        List.of("one", "zwei", "три"));
  }

  private static QuantizedTensor tensor(int rows, int columns, int scales) {
    byte[] codes = new byte[rows * columns];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (i * 7919 % 255 - 127);
    }
    float[] s = new float[scales];
    Arrays.fill(s, 0.01f);
    return new QuantizedTensor(codes, new int[] {rows, columns}, 8, s, 0);
  }
}
