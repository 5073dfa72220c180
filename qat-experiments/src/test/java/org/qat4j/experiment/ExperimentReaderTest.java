package org.qat4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExperimentReaderTest {
  /** Four lines that are a whole experiment. */
  private static final String SMALL =
      """
      schemaVersion: 1
      name: small
      data: {kind: langid}
      model: {kind: seed-cnn}
      """;

  @TempDir Path folder;

  private Path write(String name, String yaml) throws IOException {
    return Files.writeString(folder.resolve(name), yaml);
  }

  private Experiment read(String yaml, String... sets) throws IOException {
    return reader().resolved(write("x.yaml", yaml), List.of(sets)).experiment();
  }

  private static ExperimentReader reader() {
    return new ExperimentReader(Map.of("DATA", "/data", "EMPTY", "")::get);
  }

  /** First lines of all messages, without the folder. */
  private List<String> problems(String yaml, String... sets) throws IOException {
    ExperimentException e = catchThrowableOfType(ExperimentException.class, () -> read(yaml, sets));
    assertThat(e).as("the experiment is refused").isNotNull();
    assertThat(e.getCause()).isNull();
    return e.problems().stream()
        .map(p -> (p.at() + ": " + p.message()).replace(folder + "/", ""))
        .toList();
  }

  @Test
  void fillsInDefaults() throws IOException {
    Experiment experiment = read(SMALL);

    assertThat(experiment.seed()).isEqualTo(42);
    assertThat(experiment.train()).isEqualTo(ExperimentReader.defaults(TrainSpec.class));
    assertThat(experiment.quantize().qat().freezeObserversAfter()).isEqualTo(Moment.percent(50));
    assertThat(((ModelSpec.SeedCnn) experiment.model()).width()).isEqualTo(5);
  }

  @Test
  void laysFilesOverEachOther() throws IOException {
    write(
        "a.yaml", "train: {epochs: 1, batch: 2, l2: 0.5}\nmodel: {kind: word-cnn, average: true}");
    write("b.yaml", "extends: a.yaml\ntrain: {epochs: 3}\nmodel: {widths: [1, 2]}");
    write("c.yaml", "train: {batch: 4}\nmodel: {widths: [7]}");
    String yaml = "extends: [b.yaml, c.yaml]\nschemaVersion: 1\nname: x\ndata: {kind: langid}";

    Experiment experiment = read(yaml, "train.l2=0.25");

    assertThat(experiment.train().epochs()).isEqualTo(3);
    assertThat(experiment.train().batch()).isEqualTo(4);
    assertThat(experiment.train().l2()).isEqualTo(0.25);
    assertThat(((ModelSpec.WordCnn) experiment.model()).widths()).containsExactly(7);
    assertThat(((ModelSpec.WordCnn) experiment.model()).average()).isTrue();
  }

  @Test
  void anotherKindTakesNoKeysOver() throws IOException {
    write("base.yaml", SMALL.replace("seed-cnn", "word-cnn, average: true"));

    assertThat(read("extends: base.yaml\nmodel: {kind: seed-cnn}").model())
        .isEqualTo(ExperimentReader.defaults(ModelSpec.SeedCnn.class));
  }

  @Test
  void tellsInWhichFileAnErrorStands() throws IOException {
    write("base.yaml", SMALL + "train:\n  epochs: -1\n");

    assertThat(problems("extends: base.yaml\nquantize: {calibrationBatches: 0}"))
        .containsExactly(
            "base.yaml:6:11: train.epochs is -1; expected an integer from 0 to 10000",
            "x.yaml:2:32: quantize.calibrationBatches is 0; expected an integer from 1 to 1000000");
  }

  @Test
  void refusesCircles() throws IOException {
    write("a.yaml", "extends: b.yaml");
    write("b.yaml", "extends: x.yaml");

    assertThat(problems("extends: a.yaml\n" + SMALL))
        .containsExactly("b.yaml:1:10: the file extends itself: x.yaml → a.yaml → b.yaml → x.yaml");
  }

  @Test
  void findsTheFileThatWasMeant() throws IOException {
    write("base.yaml", "");

    assertThat(problems("extends: bose.yaml"))
        .singleElement()
        .isEqualTo("x.yaml:1:10: there is no file bose.yaml; did you mean base.yaml?");
  }

  @Test
  void replacesVariablesInPathsAlone() throws IOException {
    String yaml =
        """
        schemaVersion: 1
        name: x
        description: ${DATA}
        data:
          kind: table
          train: ${DATA}/a
          validation: ${EMPTY:-b}/${NONE:-c}
          test: $${DATA}
        model: {kind: seed-cnn}
        """;

    Experiment experiment = read(yaml);

    DataSpec.Table table = (DataSpec.Table) experiment.data();
    assertThat(table.rows().train()).isEqualTo("/data/a");
    assertThat(table.rows().validation()).isEqualTo("b/c");
    assertThat(table.rows().test()).isEqualTo("${DATA}");
    assertThat(experiment.description()).isEqualTo("${DATA}");
  }

  @Test
  void refusesVariablesThatAreNotSet() throws IOException {
    assertThat(problems(SMALL.replace("langid", "newsgroups, path: \"${NONE}/x\"")))
        .containsExactly(
            "x.yaml:3:32: data.path names the environment variable NONE, which is not set; set it,"
                + " or give a default: ${NONE:-default}");
    assertThat(problems(SMALL.replace("langid", "newsgroups, path: \"${NONE\"")))
        .containsExactly(
            "x.yaml:3:32: data.path has a ${ without a name; expected ${NAME} or"
                + " ${NAME:-default}");
  }

  @Test
  void settingsOfTheCommandLineComeLast() throws IOException {
    Experiment experiment =
        read(
            SMALL + "train: {epochs: 9}",
            "train.epochs=2",
            "train.epochs = 3",
            "quantize.overrides=[{type: OutputLayer, weights: {bits: 4}}]",
            "data={kind: folders, train: x}");

    assertThat(experiment.train().epochs()).isEqualTo(3);
    assertThat(experiment.quantize().overrides()).hasSize(1);
    assertThat(experiment.data()).isInstanceOf(DataSpec.Folders.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          train.epochs=x   | --set train.epochs: train.epochs is "x"; expected an integer from 0 to 10000
          train.epochs=    | --set train.epochs: train.epochs is empty; expected an integer from 0 to 10000
          train.epochs.a=1 | --set train.epochs.a: train.epochs is a mapping; expected an integer from 0 to 10000
          train.epochs     | --set train.epochs: expected key.path=value, for example --set train.epochs=3
          =1               | --set : expected key.path=value, for example --set train.epochs=3
          train..epochs=1  | --set train..epochs: expected key.path=value, for example --set train.epochs=3
          seed=[           | --set seed: this is not YAML: expected the node content, but found '<stream end>'
          sead=1           | --set sead: unknown key sead; did you mean seed? Known are schemaVersion, name, description, seed, data, model, train, prune, quantize, tune, baselines, verify, accept, executor
          """)
  void refusesWrongSettings(String set, String problem) throws IOException {
    assertThat(problems(SMALL, set)).containsExactly(problem);
  }

  @Test
  void reportsEverythingAtOnce() throws IOException {
    String yaml =
        """
        schemaVersion: 2
        name: a/b
        data: {kind: langidd}
        model: {length: 5}
        train:
          lerningRate: 0.1
          epochs: many
          batch: 1.5
          schedule: Linear
          l2: .nan
        quantize:
          weights: {bits: 9}
          activations: {bits: "8"}
          overrides:
            - {layer: a, type: B}
            - {pattern: (}
            - 7
          qat: {freezeObserversAfter: 0.5, fakeQuantFrom: 101%}
        verify:
        """;

    assertThat(problems(yaml))
        .containsExactly(
            "x.yaml:1:16: schemaVersion is 2; expected 1",
            "x.yaml:3:14: data.kind is \"langidd\"; expected langid, things, newsgroups, table, folders, tagged, predicates,"
                + " candidates, stories, numbers, pairs-with-scores, parallel or locale-names;"
                + " did you mean langid?",
            "x.yaml:4:8: model.kind is missing; expected auto, char-ngram-cnn, word-cnn, seed-cnn,"
                + " conv-tagger, bilstm-tagger, transformer-tagger, pair-cnn, story-attention, bilstm,"
                + " transformer, translator, encoder or file",
            "x.yaml:6:3: unknown key lerningRate in train; did you mean learningRate? Known are"
                + " epochs, batch, learningRate, schedule, tokenDropout, l2, weightDecay, warmUp, clip,"
                + " frozen, layerDecay, average, patience, refit, lazyRows, workers",
            "x.yaml:7:11: train.epochs is \"many\"; expected an integer from 0 to 10000",
            "x.yaml:8:10: train.batch is 1.5; expected an integer from 1 to 65536",
            "x.yaml:9:13: train.schedule is \"Linear\"; expected constant, linear or cosine; did you"
                + " mean linear?",
            "x.yaml:10:7: train.l2 is .nan; expected a number from 0 to 1, in decimal digits",
            "x.yaml:12:19: quantize.weights.bits is 9; expected an integer from 2 to 8",
            "x.yaml:13:23: quantize.activations.bits is \"8\"; expected an integer from 2 to 16,"
                + " without quotes",
            "x.yaml:15:7: quantize.overrides[0]: expected exactly one of the keys layer, pattern, type,"
                + " place",
            "x.yaml:16:17: quantize.overrides[1].pattern does not work: \"(\" is not a regular"
                + " expression: Unclosed group",
            "x.yaml:17:7: quantize.overrides[2] is 7; expected a mapping of keys",
            "x.yaml:18:31: quantize.qat.freezeObserversAfter is 0.5; expected a share from 0% to"
                + " 100% or a count such as 200 steps",
            "x.yaml:18:51: quantize.qat.fakeQuantFrom is \"101%\"; expected a share from 0% to 100%"
                + " or a count such as 200 steps",
            "x.yaml:19:8: verify is empty; expected a mapping of keys");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          langid     | newsgroups, keepHeaders: yes             | 3:39: data.keepHeaders is "yes"; expected true or false
          langid     | table                                    | 3:7: the key data.train is missing: File of training rows.
          langid     | table, train: 7                          | 3:28: data.train is 7; expected a path; put it in quotes: "7"
          langid     | table, train: x, textColumn: 0           | 3:43: data.textColumn is 0, the column of the label too
          langid     | table, train: x, delimiter: ab           | 3:42: data.delimiter is "ab"; expected one character; a tab is "\\t"
          langid     | folders, train: x, charset: utf 9        | 3:42: data.charset is "utf 9"; expected a charset such as UTF-8 or ISO-8859-1
          langid     | folders, train: x, testShare: 0.95       | 3:7: data.validationShare and testShare hold out 1.05 of the rows; expected less than 1
          langid     | numbers, train: x, numberColumn: 0       | 3:47: data.numberColumn is 0, as textColumn is; expected two columns
          langid     | langid, path: x                          | 3:22: unknown key path in data of kind langid; known are kind
          seed-cnn   | char-ngram-cnn, minN: 5, maxN: 3         | 4:37: model.minN is 5, more than maxN, 3
          seed-cnn   | seed-cnn, length: 4, width: 5            | 4:43: model.width is 5, but only 4 positions are there
          seed-cnn   | conv-tagger                              | 4:8: model tags tokens, but the data ask for one answer to a text; the kinds tagged and predicates have tags
          seed-cnn   | translator                               | 4:8: model is of kind translator, but the data have no translations; the kinds parallel and locale-names do
          seed-cnn   | transformer, blocks: {dimension: 6}      | 4:36: model.blocks.heads is 4, which does not divide the dimension, 6
          langid     | locale-names, to: German                 | 3:32: data.to is "German"; expected the code of a language, such as de, fr or ja
          langid     | locale-names                             | 4:8: model does not translate, but the data are texts with translations; the kind translator does
          seed-cnn   | word-cnn, widths: []                     | 4:33: model.widths is []; expected one or more different widths
          seed-cnn   | word-cnn, ngrams: {}, widths: [], skipGramEpochs: 1 | 4:65: model.skipGramEpochs is 1, but without widths and average no words are embedded
          seed-cnn   | word-cnn, widths: 3                      | 4:33: model.widths is 3; expected a list
          seed-cnn   | word-cnn, widths: [1, x]                 | 4:37: model.widths[1] is "x"; expected an integer from 1 to 100
          name: small | name: a/b                               | 2:7: name is "a/b", but becomes a file name: expected letters, digits, '.', '_' and '-', a letter or digit first
          name: small | name: 7                                 | 2:7: name is 7; expected text; put it in quotes: "7"
          name: small | name: small@epochs: 3                   | 3:1: unknown key epochs; did you mean train.epochs, prune.epochs or quantize.qat.epochs? Known are schemaVersion, name, description, seed, data, model, train, prune, quantize, tune, baselines, verify, accept, executor
          name: small | name: small@seed: 1@seed: 2             | 4:1: the key seed is given twice; the first stands in line 3
          name: small | name: small@seed: 0x10                  | 3:7: seed is 0x10; expected an integer, in decimal digits
          name: small | name: small@seed: 9223372036854775808   | 3:7: seed is 9223372036854775808; expected an integer
          name: small | name: small@? [a]@: b                   | 3:3: a key is one word, not a list or a mapping
          name: small | name: small@---                         | 3:1: another document begins here; an experiment is one document
          name: small | name: small@seed: !!set {a}             | 3:7: seed is a mapping; expected an integer
          """)
  void tellsWhatIsWrong(String part, String replacement, String problem) throws IOException {
    String yaml = SMALL.replace(part, replacement.replace('@', '\n'));

    assertThat(problems(yaml)).containsExactly("x.yaml:" + problem);
  }

  /** What is for networks that give classes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          prune: {vocabulary: 0.5}            | prune is for networks that give a class to a text; leave it out to learn numbers
          tune: {trials: 3}                   | tune is for networks that give a class
          quantize: {qat: {distillation: {}}} | quantize asks for distillation, which is for
          """)
  void refusesWhatLearnsNoNumbers(String section, String problem) throws IOException {
    String yaml = SMALL.replace("langid", "numbers, train: x") + section + "\n";
    assertThat(problems(yaml)).singleElement().asString().contains(problem);
    String file = SMALL.replace("langid", "numbers, train: x").replace("seed-cnn", "file, file: x");
    assertThat(problems(file)).singleElement().asString().contains("not a number to texts");
  }

  /** What is for networks that give classes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          prune: {vocabulary: 0.5}                            | prune is for networks that give a class
          tune: {trials: 3}                                   | tune is for networks that give a class
          quantize: {qat: {distillation: {}}}                 | quantize asks for distillation, which is for
          train: {tokenDropout: 0.1}                          | train has a tokenDropout
          """)
  void refusesWhatDoesNotTranslate(String section, String problem) throws IOException {
    String yaml =
        SMALL.replace("langid", "locale-names").replace("seed-cnn", "translator") + section + "\n";
    assertThat(problems(yaml)).singleElement().asString().contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {weights: {granularity: chanel}}                         | 5:35: quantize.weights.granularity is "chanel"; expected tensor, channel or group; did you mean channel?
          {weights: {granularity: {size: 4}}}                      | 5:35: quantize.weights.granularity.kind is missing; expected tensor, channel or group
          {weights: {granularity: {kind: tensor, size: 4}}}        | 5:50: unknown key size in quantize.weights.granularity of kind tensor; known are kind
          {weights: {granularity: {kind: group, size: 1}}}         | 5:55: quantize.weights.granularity.size is 1; expected an integer from 2 to 65536
          {weights: {granularity: [group]}}                        | 5:35: quantize.weights.granularity is a list; expected tensor, channel or group
          {weights: {granularity: 64}}                             | 5:35: quantize.weights.granularity is 64; expected tensor, channel or group
          {weights: {scheme: asymmetric}}                          | 5:21: quantize.weights does not go together: asymmetric weights need the granularity "tensor", because one zero point serves a whole layer (3); use symmetric weights for scales per channel or group
          {activations: {learned: lsq+, scheme: symmetric}}        | 5:25: quantize.activations does not go together: LSQ+ learns a zero point, which symmetric activations do not have; use LSQ, or make them asymmetric
          {qat: {freezeObserversAfter: 100%}}                      | 5:17: quantize.qat does not go together: freezeObserversAfter is 10000, but the training has 10000 steps: the ranges would still move when the model is frozen; choose an earlier step
          {qat: {learnScalesFrom: 20%}}                            | 5:17: quantize.qat does not go together: learnScalesFrom (2000) comes before freezeObserversAfter (5000), but observers that still move would overwrite what is learned
          {qat: {learnScalesFrom: 1 step, freezeObserversAfter: 2 steps}} | 5:17: quantize.qat does not go together: learnScalesFrom (1) comes before freezeObserversAfter (2), but observers that still move would overwrite what is learned
          {qat: {phases: [{weightBits: 4}]}}                       | 5:27: the key quantize.qat.phases[0].until is missing: End of the phase.
          """)
  void refusesImpossibleQuantization(String quantize, String problem) throws IOException {
    assertThat(problems(SMALL + "quantize: " + quantize)).containsExactly("x.yaml:" + problem);
  }

  @Test
  void aKindWithoutKeysNeedsNoMapping() throws IOException {
    String yaml = SMALL.replace("{kind: langid}", "langid").replace("{kind: seed-cnn}", "seed-cnn");

    assertThat(read(yaml)).isEqualTo(read(SMALL));
  }

  @Test
  void showsTheLine() throws IOException {
    ExperimentException e =
        catchThrowableOfType(
            ExperimentException.class, () -> read(SMALL + "train:\n  epochs: -1\n"));

    assertThat(e).hasMessageEndingWith("\n      epochs: -1\n              ^");
  }

  @Test
  void refusesFilesThatAreNoExperiment() throws IOException {
    assertThat(problems(""))
        .containsExactly("x.yaml:1:1: the file is empty; expected keys with values");
    assertThat(problems("# x\n"))
        .containsExactly("x.yaml:1:1: the file is empty; expected keys with values");
    assertThat(problems("- a"))
        .containsExactly("x.yaml:1:1: the file is a list; expected keys with values");
    assertThat(problems("a: b: c"))
        .containsExactly("x.yaml:1:5: this is not YAML: mapping values are not allowed here");
    assertThat(problems("train:\n\tepochs: 3"))
        .containsExactly("x.yaml:2:1: a tab indents this line; YAML is indented with spaces");
  }

  @Test
  void refusesWhatIsNoText() throws IOException {
    Path file = folder.resolve("x.yaml");
    byte[] latin = (SMALL + "description: été").getBytes(StandardCharsets.ISO_8859_1);
    Files.write(file, latin);

    assertThat(
            catchThrowableOfType(
                ExperimentException.class, () -> reader().resolved(file, List.of())))
        .hasMessage(file + ": " + file + " is not UTF-8 in line 5; save it in this encoding");
    assertThat(problems("a".repeat(1 << 21)).get(0))
        .endsWith("has more than 1 MiB; expected an experiment");
    assertThat(
            catchThrowableOfType(
                ExperimentException.class, () -> reader().resolved(folder, List.of())))
        .hasMessage(folder + ": " + folder + " is a folder; expected an experiment file");
  }

  /** Small files that would make a careless reader use up its memory, its stack or its time. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: &a {b: *a}",
        "a: &a [*a]",
        "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c, *c, *c]",
        "deep-list",
        "deep-map"
      })
  void boundsWhatAliasesAndNestingCost(String yaml) throws IOException {
    String deep = yaml.replace("deep-list", "[".repeat(200_000));

    assertThat(problems(deep.replace("deep-map", "{a: ".repeat(200_000))).toString())
        .containsAnyOf("contains itself", "aliases", "Nesting Depth");
  }

  @Test
  void aliasesWork() throws IOException {
    Experiment experiment =
        read(
            SMALL
                + """
                quantize:
                  overrides:
                    - {layer: a, weights: &four {bits: 4}}
                    - {layer: b, weights: *four}
                """);

    assertThat(experiment.quantize().overrides().get(1).weights().bits()).isEqualTo(4);
  }

  @Test
  void boundsTheFilesThatAreRead() throws IOException {
    for (int i = 0; i < 26; i++) {
      String next = "f" + (i + 1) + ".yaml";
      write("f" + i + ".yaml", "extends: [" + next + ", " + next + "]");
    }
    write("f26.yaml", SMALL);
    for (int i = 0; i < 3000; i++) {
      write("g" + i + ".yaml", "extends: g" + (i + 1) + ".yaml");
    }

    for (String first : List.of("f0.yaml", "g0.yaml")) {
      ExperimentException e =
          catchThrowableOfType(
              ExperimentException.class, () -> reader().resolved(folder.resolve(first), List.of()));
      assertThat(e.problems()).hasSize(1);
      assertThat(e).hasMessageContaining("more than 100 files are read through extends");
    }
  }

  @Test
  void boundsTheBytesOfAllFiles() throws IOException {
    write("half.yaml", SMALL + ("#" + "-".repeat(99) + "\n").repeat(4000));

    assertThat(read("extends: half.yaml").name()).isEqualTo("small");
    assertThat(problems("extends: [half.yaml, half.yaml, half.yaml]").toString())
        .contains("half.yaml and the files read before it have more than 1 MiB");
  }

  @Test
  void countsVariantsBeforeTheyAreMade() throws IOException {
    Path file = write("sweep.yaml", SMALL + "sweep:\n" + "  - {a: {}, b: {}}\n".repeat(20));
    Path four =
        write("four.yaml", SMALL + "sweep:\n" + "  - {a: {}, b: {}, c: {}, d: {}}\n".repeat(11));
    Path long20 = write("lists.yaml", SMALL + "sweep:\n" + "  - {a: {}}\n".repeat(21));

    assertThatThrownBy(() -> reader().readContent(file, List.of()))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining("this sweep has 1048576 variants");
    assertThatThrownBy(() -> reader().readContent(four, List.of()))
        .hasMessageContaining("this sweep has 4194304 variants");
    assertThatThrownBy(() -> reader().readContent(long20, List.of()))
        .hasMessageContaining("this sweep has 21 lists");
  }

  @Test
  void refusesNumbersOfManyDigits() throws IOException {
    String digits = "1".repeat(1_000_000);

    assertThat(problems(SMALL + "seed: " + digits).toString())
        .contains("seed is 111")
        .hasSizeLessThan(500);
  }

  @Test
  void printsTheFirstOfManyProblems() throws IOException {
    StringBuilder keys = new StringBuilder(SMALL);
    for (int i = 0; i < 60_000; i++) {
      keys.append("k").append(i).append(": 1\n");
    }
    ExperimentException e =
        catchThrowableOfType(ExperimentException.class, () -> read(keys.toString()));

    assertThat(e.problems()).hasSize(60_000);
    assertThat(e).hasMessageEndingWith("and 59980 more problems");
    assertThat(e.getMessage()).doesNotContain("k20:");
  }

  /** What is wrong in every variant is not looked for in a thousand of them. */
  @Test
  void looksAtFewVariantsWhereAllAreWrong() throws IOException {
    StringBuilder keys = new StringBuilder(SMALL);
    for (int i = 0; i < 5_000; i++) {
      keys.append("k").append(i).append(": 1\n");
    }
    keys.append("sweep:\n").append("  - {a: {}, b: {}}\n".repeat(9));
    Path file = write("wrong.yaml", keys.toString());

    assertThatThrownBy(() -> reader().readContent(file, List.of()))
        .isInstanceOf(ExperimentException.class)
        .hasMessageEndingWith("and 4980 more problems");
  }

  /** A third of its letters may differ; those of other lengths are not compared. */
  @Test
  void comparesNoWordsOfOtherLengths() throws IOException {
    assertThat(problems(SMALL + "? " + "k".repeat(900_000) + "\n: 1").toString())
        .contains("unknown key kkk")
        .doesNotContain("did you mean");
  }

  @Test
  void spellsOutWhatATerminalObeys() throws IOException {
    ExperimentException e =
        catchThrowableOfType(
            ExperimentException.class, () -> read(SMALL + "\"\\e]0;x\\a\\u202e\": 1\n"));

    assertThat(e).hasMessageContaining("unknown key \\u001b]0;x\\u0007\\u202e");
    assertThat(e.getMessage()).doesNotContain("\u001b").doesNotContain("\u202e");
  }

  @Test
  void tellsNothingOfOtherFiles() throws IOException {
    Path secret = Files.writeString(folder.resolve("passwd"), "root:x:0:0:root");

    assertThat(problems("extends: passwd").toString())
        .contains("no experiment file by its name")
        .doesNotContain("root:");
    assertThat(problems("secret words").toString())
        .contains("the file is text; expected keys with values")
        .doesNotContain("secret");
    assertThat(secret).exists();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void waitsForNoPipe() throws IOException, InterruptedException {
    Path pipe = folder.resolve("pipe.yaml");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> reader().resolved(pipe, List.of()))
        .hasMessageContaining("no regular file");
  }

  @Test
  void readsTheReplacementCharacter() throws IOException {
    assertThat(read(SMALL + "description: a \uFFFD b\n").description()).isEqualTo("a \uFFFD b");
  }
}
