package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages of docs/tasks say of a user's own data. */
class OwnDataTest {
  private static final List<String> PEOPLE = List.of("Ann", "Bob", "Eve", "Tom");
  private static final List<String> PLACES = List.of("Paris", "Rome", "Oslo", "Lima");

  @TempDir private Path folder;

  /** The first experiment of docs/tasks/classification.md, which has three lines. */
  @Test
  void threeLinesClassifyTexts() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "tasks", "classification.md"));
    Matcher m = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(m.find()).isTrue();
    assertThat(m.group(1).lines()).hasSize(3);
    Path experiment =
        Files.writeString(
            folder.resolve("intents.yaml"), m.group(1).replace("data/", folder.toString() + "/"));
    List<String> rows = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      boolean travel = i % 2 == 0;
      rows.add(
          travel
              ? "travel\tmy train to " + pick(PLACES, random) + " with " + i
              : "music\tplay a song by " + pick(PEOPLE, random) + " and " + i);
    }
    Files.write(folder.resolve("intents.tsv"), rows);
    Path run = folder.resolve("run");
    String explained = run("run", experiment, "--explain");
    assertThat(explained)
        .contains("model.widths: [2, 3, 4]  (the order of the words of short texts tells)")
        .contains("train.batch: 16", "kind: word-cnn");
    assertThat(run).doesNotExist();
    String table = run("run", experiment, "--out", run, "--quiet", "--set", "train.epochs=6");
    assertExact(table, run);
    assertThat(run.resolve("rules.txt"))
        .content()
        .contains("train.epochs: 6  (the file says so)", "train.batch: 16");
    assertThat(run.resolve("experiment.yaml")).content().contains("kind: word-cnn", "epochs: 6");
    assertThat(run("predict", run, "train to Rome", "song by Eve"))
        .containsPattern("travel\\s[\\d.]+\\s+music\\s");
  }

  /** Variants of which none names a network have the same one, from the same rules. */
  @Test
  void variantsShareTheNetworkThatFollowsFromTheData() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      rows.add(i % 2 == 0 ? "travel\tmy train to Rome leaves at " + i : "music\tplay me song " + i);
    }
    Files.write(folder.resolve("intents.tsv"), rows);
    Path experiment =
        Files.writeString(
            folder.resolve("bits.yaml"),
            "schemaVersion: 1\nname: bits\ndata: {kind: table, train: "
                + folder.resolve("intents.tsv")
                + "}\ntrain: {epochs: 1}\nbaselines: {linear: false}\nsweep:\n  W8: {}\n"
                + "  W4: {quantize: {weights: {bits: 4}}}\n");
    Path run = folder.resolve("sweep");
    assertThat(run("sweep", experiment, "--out", run, "--quiet")).contains("W8", "W4");
    for (String variant : List.of("W8", "W4")) {
      assertThat(run.resolve(variant).resolve("experiment.yaml"))
          .content()
          .contains("kind: word-cnn", "batch: 16", "epochs: 1");
    }
    try (Stream<Path> trained = Files.list(run.resolve("float"))) {
      assertThat(trained.filter(file -> file.toString().endsWith(".zip"))).hasSize(1);
    }
  }

  /**
   * Three lines rank candidates: every second sentence repeats a name of the question, and only
   * that tells which one answers.
   */
  @Test
  void threeLinesRankCandidates() throws IOException {
    List<String> rows = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 150; i++) {
      int asked = random.nextInt(PEOPLE.size());
      int other = (asked + 1 + random.nextInt(PEOPLE.size() - 1)) % PEOPLE.size();
      String question = "where did " + PEOPLE.get(asked) + " go in case " + i + "\t";
      boolean first = random.nextBoolean();
      for (int who : first ? new int[] {asked, other} : new int[] {other, asked}) {
        String sentence = PEOPLE.get(who) + " went to " + pick(PLACES, random);
        rows.add(question + sentence + "\t" + (who == asked ? 1 : 0));
      }
    }
    Files.write(folder.resolve("answers.tsv"), rows);
    Path experiment =
        Files.writeString(
            folder.resolve("answers.yaml"),
            "schemaVersion: 1\nname: answers\ndata: {kind: candidates, train: "
                + folder.resolve("answers.tsv")
                + "}\n");
    Path run = folder.resolve("run");
    String table = run("run", experiment, "--out", run, "--quiet", "--set", "train.epochs=40");
    assertExact(table, run);
    JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/results/overlap/map").asDouble()).isEqualTo(1);
    assertThat(report.at("/results/integer/map").asDouble()).as(table).isGreaterThan(0.9);
    assertThat(table).contains("words in common");
  }

  /** Named entities by the experiment for semantic roles, as docs/tasks/srl.md calls it. */
  @Test
  void theExperimentForRolesFindsEntities() throws IOException {
    for (String part : List.of("train", "dev", "test")) {
      Files.write(folder.resolve(part + ".conll"), sentences(part.equals("train") ? 500 : 40));
    }
    Path run = folder.resolve("run");
    List<Object> call =
        new ArrayList<>(List.of("run", "../configs/srl-ewt.yaml", "--out", run, "--quiet"));
    for (String set :
        List.of(
            "name=entities",
            "data.kind=tagged",
            "model.length=12",
            "data.train=" + folder.resolve("train.conll"),
            "data.validation=" + folder.resolve("dev.conll"),
            "data.test=" + folder.resolve("test.conll"))) {
      call.add("--set");
      call.add(set);
    }
    assertExact(run(call.toArray()), run);
    assertThat(run("predict", run, "Then Bob flew to New Oslo ."))
        .isEqualToIgnoringNewLines("Then [PER Bob] flew to [LOC New Oslo] .");
  }

  private static List<String> sentences(int n) {
    Random random = new Random(n);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      String begin = random.nextBoolean() ? "Then O\n" : "";
      String middle = random.nextBoolean() ? "flew O\nto O\n" : "liked O\n";
      lines.add(
          begin
              + pick(PEOPLE, random)
              + " B-PER\n"
              + middle
              + "New B-LOC\n"
              + pick(PLACES, random)
              + " I-LOC\n. O\n");
    }
    return lines;
  }

  private static String pick(List<String> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }

  private static String run(Object... args) {
    Called called = Called.qat(args);
    assertThat(called.exit()).as(called.err()).isZero();
    return called.out();
  }

  private static void assertExact(String table, Path run) throws IOException {
    JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/verify/javaVsOnnxCodes").asInt(-1)).as(table).isZero();
    assertThat(report.at("/verify/qatVsJavaCodes").asInt(-1)).as(table).isZero();
  }
}
