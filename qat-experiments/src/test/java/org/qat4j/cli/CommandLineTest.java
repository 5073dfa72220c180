package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.qat4j.cli.Called.qat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4jBackend;
import org.qat4j.QatException;
import org.qat4j.format.ModelFile;
import org.qat4j.internal.Version;
import org.qat4j.model.IntegerModel;
import org.qat4j.report.folder.RunFolder;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line, from experiment to answer, on a small table of texts. */
class CommandLineTest {
  @TempDir static Path folder;

  private static Path experiment;
  private static Path run;

  @BeforeAll
  static void trainSmallModel() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      rows.append("warm\tthe sun number ").append(i).append(" shines\n");
      rows.append("cold\tsnow falls on day ").append(i).append('\n');
    }
    Path table = Files.writeString(folder.resolve("weather.tsv"), rows);
    experiment =
        Files.writeString(
            folder.resolve("weather.yaml"),
            String.format(
                Locale.ROOT,
                """
                schemaVersion: 1
                name: weather
                data: {kind: table, train: "%s"}
                model: {kind: char-ngram-cnn, length: 24, dimension: 8, filters: 16, buckets: 500}
                train: {epochs: 3, batch: 16}
                verify: {inputs: 20}
                """,
                table.toString().replace('\\', '/')));
    run = folder.resolve("run");
    Called called = qat("run", experiment, "--out", run, "--quiet");
    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(called.out()).contains("integer model");
  }

  @Test
  void aRunLeavesEverythingInItsFolder() throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(
              ".lock",
              "encoders.bin",
              "experiment.yaml",
              "float-network.zip",
              "log.txt",
              "metrics.jsonl",
              "model-card.json",
              "model-card.md",
              "model.onnx",
              "model.qat",
              "provenance.json",
              "qat-network.zip",
              "report.html",
              "report.json",
              "run.json");
    }
    JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/verify/javaVsOnnxCodes").asInt(-1)).isZero();
    assertThat(report.at("/verify/qatVsJavaCodes").asInt(-1)).isZero();
    assertThat(report.at("/results/integer/accuracy").asDouble()).isGreaterThan(0.9);
    assertThat(report.at("/results/integer/accuracy"))
        .isEqualTo(report.at("/results/qat/accuracy"));
    assertThat(report.at("/bytes/onnx").asLong()).isEqualTo(Files.size(run.resolve("model.onnx")));
  }

  /** What a run leaves is ours to delete, all of it. */
  @Test
  void anotherRunInItsPlaceFindsNothingOfIt() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    try (Stream<Path> files = Files.list(run)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    try (RunFolder next = RunFolder.create(copy, true)) {
      next.begin();
      try (Stream<Path> files = Files.list(copy)) {
        assertThat(files.map(f -> f.getFileName().toString()))
            .containsExactlyInAnyOrder(".lock", ".owner", "log.txt", "run.json");
      }
    }
  }

  /** A gate lets a run pass or fails it; the run is whole either way. */
  @Test
  void aGateFailsARunOrLetsItPass() throws IOException {
    for (boolean passes : new boolean[] {true, false}) {
      Path gated = folder.resolve("gated-" + passes);
      String size = passes ? "1 MB" : "1 kB";
      Called called =
          qat(
              "run",
              experiment,
              "--out",
              gated,
              "--quiet",
              "--set",
              "train.epochs=1",
              "--set",
              "accept={dropToFloat: 100, bytes: " + size + "}");

      assertThat(called.exit()).as(called.err()).isEqualTo(passes ? 0 : 4);
      JsonNode report = new ObjectMapper().readTree(gated.resolve("report.json").toFile());
      assertThat(report.at("/gate/met").isBoolean()).isTrue();
      assertThat(report.at("/gate/met").asBoolean()).isEqualTo(passes);
      assertThat(report.at("/gate/conditions/0/interval")).hasSize(2);
      assertThat(report.at("/gate/conditions/1/value").asLong())
          .isEqualTo(Files.size(gated.resolve("model.qat")));
      assertThat(gated.resolve("run.json")).content().contains("finished");
      if (passes) {
        assertThat(called.out()).contains("gate     met; dropToFloat: ");
      } else {
        assertThat(called.err())
            .contains("error: the gate is missed: bytes: ", "more than 1,000 B");
        assertThat(called.out()).contains("gate     missed; dropToFloat: ");
      }
    }
  }

  @Test
  void runsStandSideBySide() {
    Called called = qat("compare", run, run);
    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(called.out())
        .contains("A  integer model", "B  integer model", "No settings differ.");
    called = qat("compare", run);
    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.err()).contains("one run alone");
    called = qat("compare", run, folder.resolve("nowhere"));
    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.err()).contains("nowhere is no folder");
    called = qat("compare", run, run.resolve("model.qat"));
    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.err()).contains("model.qat is no report");
  }

  /** Every step is a line, and so is the validation after every pass. */
  @Test
  void everyStepIsAMetric() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      lines.add(new ObjectMapper().readTree(line));
    }
    List<Integer> steps =
        lines.stream()
            .filter(l -> l.at("/stage").asText().equals("float") && !l.has("validationAccuracy"))
            .map(l -> l.at("/step").asInt())
            .toList();
    assertThat(steps).isEqualTo(IntStream.rangeClosed(1, steps.size()).boxed().toList());
    assertThat(steps.size() % 3).as("three passes").isZero();
    assertThat(lines.stream().filter(l -> l.has("validationAccuracy"))).hasSize(3 + 1 + 1);
  }

  @Test
  void theProvenanceNamesSeedAndData() throws IOException {
    JsonNode provenance = new ObjectMapper().readTree(run.resolve("provenance.json").toFile());
    JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
    assertThat(provenance.at("/seeds").asText()).isEqualTo("42");
    assertThat(provenance.at("/data SHA-256").asText())
        .matches("[0-9a-f]{64}")
        .isEqualTo(report.at("/data/sha256").asText());
    assertThat(report.at("/cost/microsPerText/integer").asDouble()).isPositive();
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws IOException {
    Path again = folder.resolve("again");
    assertThat(qat("run", experiment, "--out", again, "--quiet").exit()).isZero();
    assertThat(Files.readAllBytes(again.resolve("model.qat")))
        .isEqualTo(Files.readAllBytes(run.resolve("model.qat")));
    assertThat(Files.readAllBytes(again.resolve("model.onnx")))
        .isEqualTo(Files.readAllBytes(run.resolve("model.onnx")));
  }

  @Test
  void severalSeedsShareOneReport() throws IOException {
    Path seeds = folder.resolve("seeds");
    Called called = qat("run", experiment, "--seeds", "2", "--out", seeds, "--json", "--quiet");
    assertThat(called.exit()).as(called.err()).isZero();
    JsonNode report = new ObjectMapper().readTree(called.out());
    assertThat(report.at("/seeds").size()).isEqualTo(2);
    assertThat(ModelFile.read(seeds.resolve("seed-1/model.qat")).ops())
        .isNotEqualTo(ModelFile.read(seeds.resolve("seed-2/model.qat")).ops());
    assertThat(qat("verify", seeds.resolve("seed-2")).exit()).isZero();
  }

  @Test
  void anExistingRunIsKept() {
    Called called = qat("run", experiment, "--out", run, "--quiet");
    assertThat(called.exit()).isEqualTo(Exit.FAILED);
    assertThat(called.err()).contains("--overwrite").doesNotContain("\tat ");
  }

  @Test
  void predictsArgumentsAndLines() {
    Called called = qat("predict", run, "the sun shines", "snow falls");
    assertThat(called.out().lines().map(l -> l.substring(0, l.indexOf('\t'))))
        .containsExactly("warm", "cold");
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream("snow falls\n\n".getBytes(StandardCharsets.UTF_8)));
      List<String> lines =
          qat("predict", run.resolve("model.qat"), "--json").out().lines().toList();
      assertThat(lines).hasSize(2);
      assertThat(lines.get(0))
          .startsWith("{\"text\":\"snow falls\",\"classes\":[{\"label\":\"cold\"");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void evaluatesVerifiesExportsAndInspects() throws IOException {
    assertThat(qat("eval", experiment, "--model", run, "--quiet").out()).startsWith("accuracy ");
    assertThat(qat("verify", run, "--inputs", "5").out()).contains("verified on 5 inputs: 0 codes");
    Path onnx = folder.resolve("copy.onnx");
    assertThat(qat("export", run, "--onnx", onnx).exit()).isZero();
    assertThat(Files.readAllBytes(onnx)).isEqualTo(Files.readAllBytes(run.resolve("model.onnx")));
    assertThat(qat("inspect", run).out()).contains("Conv1d", "out/logits", "8 bits");
    JsonNode json = new ObjectMapper().readTree(qat("inspect", run, "--json").out());
    assertThat(json.at("/labels/0").asText()).isEqualTo("cold");
  }

  @Test
  void theModelSaysWhereItComesFrom() throws IOException {
    JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
    IntegerModel model = ModelFile.read(run.resolve("model.qat"));
    Map<String, String> metadata = model.metadata();
    assertThat(metadata)
        .containsOnlyKeys("card", "qat4j", "experiment", "seed", "dataSha256")
        .containsEntry("qat4j", Version.current())
        .containsEntry("experiment", model.name())
        .containsEntry("seed", "42")
        .containsEntry("dataSha256", report.at("/data/sha256").asText());
    assertThat(qat("inspect", run).out())
        .contains("seed: 42", "dataSha256: " + metadata.get("dataSha256"));
    JsonNode inspected = new ObjectMapper().readTree(qat("inspect", run, "--json").out());
    assertThat(inspected.at("/metadata/qat4j").asText()).isEqualTo(Version.current());
    String onnx = Files.readString(run.resolve("model.onnx"), StandardCharsets.ISO_8859_1);
    assertThat(onnx).contains("card", "model-card.md");
    assertThat(onnx).contains("dataSha256", metadata.get("dataSha256"));
  }

  @Test
  void measuresEveryEngine() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      lines.append("text number ").append(i).append('\n');
    }
    Path texts = Files.writeString(folder.resolve("texts.txt"), lines);
    Called called =
        qat(
            "bench",
            run,
            "--against",
            run.resolve("model.qat"),
            "--texts",
            texts,
            "--rounds",
            "3",
            "--turn",
            "1",
            "--quiet",
            "--json");
    assertThat(called.exit()).as(called.err()).isZero();
    JsonNode report = new ObjectMapper().readTree(called.out());
    assertThat(report.at("/speeds").findValuesAsText("engine"))
        .contains("ONNX Runtime int8", "ONNX Runtime float", "Java, scalar", "DL4J float")
        .contains("other model, scalar");
    assertThat(report.at("/speeds"))
        .allSatisfy(speed -> assertThat(speed.at("/median").asDouble()).isPositive());
    assertThat(report.at("/starts")).hasSize(3);
    assertThat(qat("bench", run, "--rounds", "3").err()).contains("at least 64 distinct texts");
  }

  @Test
  void aDamagedModelIsNamed() throws IOException {
    byte[] bytes = Files.readAllBytes(run.resolve("model.qat"));
    bytes[bytes.length / 2] ^= 1;
    Path damaged = Files.write(folder.resolve("damaged.qat"), bytes);
    Called called = qat("predict", damaged, "text");
    assertThat(called.exit()).isEqualTo(Exit.FAILED);
    assertThat(called.err()).contains("damaged.qat").doesNotContain("\tat ");
  }

  @Test
  void validateReportsEveryFile() throws IOException {
    Path broken = folder.resolve("broken.yaml");
    Files.writeString(broken, Files.readString(experiment).replace("epochs: 3", "epoch: 3"));
    Called called = qat("validate", experiment, broken);
    assertThat(called.exit()).isEqualTo(Exit.FAILED);
    assertThat(called.out()).contains("weather.yaml: ok");
    assertThat(called.err()).contains("broken.yaml:5").contains("epochs");
  }

  @Test
  void validateShowsWhatIsQuantizedHow() {
    Called called =
        qat(
            "validate",
            "--network",
            experiment,
            "--set",
            "quantize.overrides=[{place: last, weights: {bits: 4}}]");
    assertThat(called.exit()).as(called.err()).isEqualTo(Exit.OK);
    assertThat(called.out()).containsPattern("out +OutputLayer +[0-9]+ +int4, per channel");
  }

  @Test
  void anOverrideThatMatchesNothingFailsBeforeAnyWork() throws IOException {
    String overrides = "\nquantize:\n  overrides:\n    - layer: ouch\n";
    String yaml = Files.readString(experiment).replaceAll("(?s)\nquantize:.*", "");
    Path file = Files.writeString(folder.resolve("overrides.yaml"), yaml + overrides);
    Path out = folder.resolve("never");

    Called called = qat("run", file, "--out", out);

    assertThat(called.exit()).isEqualTo(Exit.FAILED);
    assertThat(called.err())
        .contains("quantize.overrides[0].layer is \"ouch\", which no layer matches")
        .contains("overrides.yaml:" + (yaml + overrides).lines().count() + ":14: ");
    assertThat(out).doesNotExist();
  }

  @Test
  void aScheduleLongerThanTheTrainingFailsBeforeTraining() {
    Path out = folder.resolve("too-short");

    Called called =
        qat(
            "run",
            experiment,
            "--out",
            out,
            "--set",
            "quantize.qat={epochs: 1, freezeObserversAfter: 100000 steps}");

    assertThat(called.exit()).isEqualTo(Exit.FAILED);
    assertThat(called.err())
        .contains("--set quantize.qat: quantize.qat: freezeObserversAfter is 100000")
        .doesNotContain("epoch 1");
  }

  @Test
  void aWrongCommandLineSaysWhatIsRight() {
    Called called = qat("run", experiment, "--sedes", "3");
    assertThat(called.exit()).isEqualTo(Exit.USAGE);
    assertThat(called.err()).contains("--seeds");
    assertThat(qat("run", experiment, "--seeds", "x").err()).contains("--seeds takes a number");
    assertThat(qat("predict", folder.resolve("nothing")).exit()).isEqualTo(Exit.FAILED);
  }

  @Test
  void everyCommandExplainsItself() {
    CommandLine line = Main.commandLine();
    for (String command : line.getSubcommands().keySet()) {
      Called called = qat(command, "--help");
      assertThat(called.exit()).as(command).isZero();
      assertThat(called.out()).contains("Usage: qat " + command);
    }
    assertThat(qat("--help").out()).contains("Exit codes:");
  }

  @Test
  void tunesGoesOnAndApplies() throws IOException {
    Path search = folder.resolve("search");
    Path tuned = folder.resolve("tuned.yaml");
    Object[] sets = {"--set", "tune.trials=30", "--set", "quantize.weights.bits=2", "--quiet"};
    List<Object> args = new ArrayList<>(List.of("tune", experiment, "--network", run));
    args.addAll(List.of("--out", search));
    args.addAll(List.of(sets));
    Called called = qat(args.toArray());
    assertThat(called.exit()).as(called.err()).isZero();
    assertThat(called.out()).contains("best observer", "tuned", "30 trials");
    List<String> trials = Files.readAllLines(search.resolve("trials.jsonl"));
    assertThat(trials).hasSize(31);

    Files.writeString(search.resolve("trials.jsonl"), trials.get(0) + "\nno trial\n\n");
    Called failed = qat("tune", "--resume", search, "--apply", tuned, "--quiet");
    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.err())
        .contains("can go on where it stood: ./qat tune --resume " + search + " --apply " + tuned);

    Files.write(search.resolve("trials.jsonl"), trials.subList(0, 12));
    Called again = qat("tune", "--resume", search, "--apply", tuned, "--quiet");
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(Files.readAllLines(search.resolve("trials.jsonl"))).hasSize(31);
    assertThat(tuned).hasSameTextualContentAs(search.resolve("tuned.yaml"));
    assertThat(qat("validate", tuned).exit()).isZero();
    assertThat(search.resolve("report.html")).content().contains("Settings to adopt");
    assertThat(qat("verify", search, "--inputs", 5, "--quiet").exit()).isZero();
  }

  /** The model agrees still, but on other texts than those of the run. */
  @Test
  void verifySaysThatTheDataHaveChanged() throws IOException {
    Path table = folder.resolve("weather.tsv");
    byte[] before = Files.readAllBytes(table);
    try {
      Files.writeString(table, "cold\tice on the lake\n", StandardOpenOption.APPEND);
      Called called = qat("verify", run, "--inputs", 5, "--quiet");
      assertThat(called.exit()).isEqualTo(1);
      assertThat(called.err()).contains("the data have changed since the run");
    } finally {
      Files.write(table, before);
    }
  }

  @Test
  void textsThatDidNotArriveWholeAreRefused() {
    PredictCommand.requireWhole(List.of("Öß", "a"), "ANSI_X3.4-1968");
    PredictCommand.requireWhole(List.of("valid \uFFFD"), "UTF-8");
    assertThatThrownBy(() -> PredictCommand.requireWhole(List.of("\uFFFD"), "ANSI_X3.4-1968"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("LC_ALL=C.UTF-8");
  }

  /** A text may begin with @; it names no file of arguments. */
  @Test
  void aTextMayBeginWithAnAt() throws IOException {
    Path file = Files.writeString(folder.resolve("arguments"), "--no-such-option");
    assertThat(qat("predict", run, "@" + file).exit()).isZero();
  }

  @Test
  void tuneSaysWhatIsMissing() {
    Called none = qat("tune", experiment);
    assertThat(none.exit()).isEqualTo(1);
    assertThat(none.err()).contains("has no section tune", "trials: 400");
    assertThat(qat("tune").err()).contains("--resume");
  }

  /** Of errors that commands do not catch, those that the machine is the reason of. */
  @Test
  void whatTheMachineLacksIsToldWithoutAStackTrace() {
    Error none =
        new ExceptionInInitializerError(
            new RuntimeException(new Nd4jBackend.NoAvailableBackendException("no backend")));
    assertThat(failing(none))
        .startsWith("error: this machine lacks what the backend")
        .doesNotContain("\tat ");
    assertThat(failing(new OutOfMemoryError("Java heap space"))).contains("QAT_OPTS=-Xmx8g");
    assertThat(failing(new OutOfMemoryError("Physical memory usage is too high")))
        .contains("maxphysicalbytes=");
    assertThatThrownBy(() -> failing(new NoClassDefFoundError("x")))
        .isInstanceOf(NoClassDefFoundError.class);
  }

  @Command(name = "full")
  private record Full() implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
      throw new UncheckedIOException(new IOException("No space left on device"));
    }
  }

  @Test
  void aFullDiskIsToldWithoutAStackTrace() {
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine().addSubcommand(new Full());
    line.setErr(new PrintWriter(err));
    assertThat(Main.execute(line, "full")).isEqualTo(1);
    assertThat(err.toString()).contains("No space left on device").doesNotContain("\tat ");
  }

  @Command(name = "fails")
  private record Fails(Error error) implements Runnable {
    @Override
    public void run() {
      throw error;
    }
  }

  private static String failing(Error error) {
    StringWriter told = new StringWriter();
    CommandLine line = new CommandLine(new Fails(error)).setErr(new PrintWriter(told, true));
    assertThat(Main.execute(line)).isEqualTo(Exit.FAILED);
    return told.toString();
  }
}
