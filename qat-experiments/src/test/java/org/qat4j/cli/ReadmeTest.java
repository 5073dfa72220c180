package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.format.ModelFile;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.TextInput;
import org.qat4j.numerics.QuantParams;
import org.qat4j.runtime.Prediction;
import org.qat4j.runtime.Predictor;
import org.qat4j.text.WordEncoder;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What the README shows works. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern COMMAND = Pattern.compile("^\\./qat ([^#<]*)");

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }

  /** Parses each command, so that its options and its number of arguments exist. */
  @Test
  void everyCommandIsUnderstood() throws IOException {
    List<String> commands =
        readme()
            .lines()
            .map(COMMAND::matcher)
            .filter(Matcher::find)
            .map(m -> m.group(1).strip())
            .toList();
    assertThat(commands).hasSizeGreaterThan(8);
    for (String command : commands) {
      CommandLine line = Main.commandLine();
      try {
        line.parseArgs(
            Pattern.compile("\"([^\"]*)\"|(\\S+)")
                .matcher(command)
                .results()
                .map(r -> r.group(1) == null ? r.group(2) : r.group(1))
                .toArray(String[]::new));
      } catch (ParameterException e) {
        throw new AssertionError("./qat " + command + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void everyDocumentIsThere() throws IOException {
    Matcher named = Pattern.compile("`((?:docs|configs)/[^`*]+)`").matcher(readme());
    while (named.find()) {
      assertThat(ROOT.resolve(named.group(1))).exists();
    }
  }

  @Test
  void aModelIsServedInThreeLines(@TempDir Path folder) {
    ModelFile.write(twoWords(), folder.resolve("model.qat"));
    // README: start
    Predictor predictor = Predictor.load(folder.resolve("model.qat"));
    Prediction answer = predictor.predict("a large wild cat with stripes");
    System.out.println(answer.label() + " " + answer.probability());
    // README: end
    assertThat(answer.label()).isEqualTo("animal");
    assertThat(answer.probability()).isBetween(0.5f, 1f);
  }

  /** What has "cat" in it is an animal, everything else is not. */
  private static IntegerModel twoWords() {
    WordEncoder encoder = new WordEncoder(List.of("cat"), 6, true, false, false);
    byte[] table = {0, 0, -10, 0, 0, 20};
    byte[] weights = {1, 0, 0, 1};
    QuantParams codes = QuantParams.asymmetric(-1f, 1f, 8);
    return new IntegerModel(
        "words",
        List.of(new Input("ids", Input.Kind.TOKENS, List.of(6), encoder.vocabularySize())),
        List.of(
            new Op.EmbeddingBag(
                "bag",
                "ids",
                new QuantizedTensor(table, new int[] {3, 2}, 8, new float[] {0.05f}, 0),
                false,
                codes),
            new Op.Dense(
                "out",
                "bag",
                new QuantizedTensor(weights, new int[] {2, 2}, 8, new float[] {1f}, 0),
                IntVector.of(0, 0),
                new Output.Real())),
        List.of("out"),
        List.of(new TextInput("ids", encoder)),
        List.of("other", "animal"));
  }
}
