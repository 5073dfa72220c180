package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.runtime.Predictor;
import org.qat4j.zoo.TinyEncoder;

/** A pretrained encoder, a small random one, learns to tag tokens. */
class EncoderTagsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] ANIMALS = {"the dogs", "cats", "the cats", "birds"};
  private static final String[] VERBS = {"sleep", "bark", "sleeps", "barks"};

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    TinyEncoder.write(
        folder.resolve("tiny"), "cat", "dog", "bird", "sleep", "bark", "the", "now", ".", "##s");
  }

  private Path experiment(String kind) throws IOException {
    return Files.writeString(
        folder.resolve("tiny.yaml"),
        """
        schemaVersion: 1
        name: tiny
        data: {kind: KIND, train: FOLDER/rows.txt, test: FOLDER/rows.txt}
        model:
          kind: encoder
          from: FOLDER/tiny
          length: 16
        train: {epochs: EPOCHS, batch: 16, learningRate: 0.01}
        verify: {inputs: 24}
        """
            .replace("KIND", kind)
            .replace("EPOCHS", kind.equals("tagged") ? "4" : "8")
            .replace("FOLDER", folder.toString().replace('\\', '/')));
  }

  /** Sentences of two animals that do something, split at blanks. */
  private static List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    for (int i = 0; i < 160; i++) {
      String second = ANIMALS[i / 4 % 4] + " " + VERBS[i / 3 % 4];
      sentences.add(
          ANIMALS[i % 4] + " " + VERBS[i / 2 % 4] + (i % 3 == 0 ? " now " : " ") + second + ".");
    }
    return sentences;
  }

  private static boolean isVerb(String token) {
    return token.startsWith("sleep") || token.startsWith("bark");
  }

  /** Chunks: of several pieces, and tokens that are punctuated. */
  @Test
  void findsChunks() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (String sentence : sentences()) {
      String before = "O";
      for (String token : sentence.split(" ", -1)) {
        String kind = isVerb(token) ? "VP" : token.equals("now") ? null : "NP";
        String tag = kind == null ? "O" : (before.endsWith(kind) ? "I-" : "B-") + kind;
        rows.append(token).append('\t').append(tag).append('\n');
        before = tag;
      }
      rows.append('\n');
    }
    Files.writeString(folder.resolve("rows.txt"), rows);
    Path run = whole(experiment("tagged"));
    assertThat(call("predict", run, "the dogs sleeps now cats bark. birds"))
        .startsWith("[NP the dogs] [VP sleeps] now [NP cats] [VP bark.] [NP birds]");
  }

  /** The agent of the verb that is asked for, of two that are there. */
  @Test
  void findsRoles() throws IOException {
    writeRoles();
    Path run = whole(experiment("predicates"));
    String sentence = sentences().get(0);
    assertThat(call("predict", run, sentence + "\t2", sentence + "\t6").lines())
        .containsExactly(
            "[ARG0 the dogs] [V sleep] now the dogs sleep.",
            "the dogs sleep now [ARG0 the dogs] [V sleep.]");
    assertThat(call("predict", run, "cats bark cats bark.\t1", "--json"))
        .contains("\"tokens\":[\"cats\",\"bark\",\"cats\",\"bark.\"]")
        .contains("\"tags\":[\"B-ARG0\",\"B-V\",\"O\",\"O\"]");

    Predictor predictor = Predictor.load(run.resolve("model.qat"));
    String longer = "cats bark" + " now".repeat(20); // begin, cat ##s bark, 11 times now, end
    assertThat(predictor.tags(longer + "\t1")).hasSize(22).startsWith("B-ARG0", "B-V");
    assertThat(predictor.tokenProbabilities(longer + "\t1")).hasSize(13 * 4);
    assertThat(predictor.tags(longer + "\t21")).hasSize(22).endsWith("O");
  }

  private void writeRoles() throws IOException {
    StringBuilder rows = new StringBuilder();
    int id = 0;
    for (String sentence : sentences()) {
      String[] tokens = sentence.split(" ", -1);
      for (int predicate = 0; predicate < tokens.length; predicate++) {
        if (!isVerb(tokens[predicate])) {
          continue;
        }
        List<String> tags = new ArrayList<>();
        for (int t = 0; t < tokens.length; t++) {
          boolean agent = t == predicate - 1 || (t == predicate - 2 && tokens[t].equals("the"));
          boolean goesOn = agent && t == predicate - 1 && t > 0 && tokens[t - 1].equals("the");
          tags.add(t == predicate ? "B-V" : agent ? (goesOn ? "I-ARG0" : "B-ARG0") : "O");
        }
        rows.append(id++ + "\t" + predicate + "\tdo.01\t" + sentence + "\t");
        rows.append(String.join(" ", tags)).append('\n');
      }
    }
    Files.writeString(folder.resolve("rows.txt"), rows);
  }

  /**
   * @return the run folder
   */
  private Path whole(Path experiment) throws IOException {
    Path run = folder.resolve("run");
    call("run", experiment, "--out", run, "--quiet");
    JsonNode report = JSON.readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/verify/qatVsJavaCodes").asInt(-1)).isZero();
    assertThat(report.at("/verify/javaVsOnnxCodes").asInt(-1)).isZero();
    for (String stage : new String[] {"float", "control", "ptq", "qat", "integer"}) {
      assertThat(report.at("/results/" + stage + "/f1").asDouble()).as(stage).isGreaterThan(0.9);
    }
    assertThat(report.at("/results/integer/f1")).isEqualTo(report.at("/results/qat/f1"));
    assertThat(call("verify", run, "--inputs", "8", "--quiet")).contains("verified on 8 inputs");
    return run;
  }

  private static String call(Object... args) {
    Called called = Called.qat(args);
    assertThat(called.exit()).as(called.err()).isZero();
    return called.out();
  }
}
