package org.qat4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.qat4j.QatException;
import org.qat4j.experiment.ByteSize;

/**
 * A new experiment file, with a comment on what one may want to change.
 *
 * @param name of the experiment
 * @param task what is learned
 * @param train file or folder of the training rows; of a translation without the endings
 * @param test likewise of the test rows, or null
 * @param from language of texts that are translated
 * @param into language of their translations
 * @param bits of the weights, or {@link #SWEEP}
 * @param bytes most that the model may take, or null
 */
record NewExperiment(
    String name,
    Task task,
    Path train,
    Path test,
    String from,
    String into,
    int bits,
    ByteSize bytes) {
  /** 8, 4 and 2 bits side by side. */
  static final int SWEEP = 0;

  private static final String HELD_OUT =
      """
        # Without a test file a tenth is held out by a hash, and another for validation.
        # test: FILE
      """;

  /** What can be learned. */
  enum Task {
    CLASSES("a class for each text"),
    TAGS("a tag for each token"),
    ROLES("who did what to whom: the arguments of a predicate"),
    RANKING("which candidates answer a question"),
    STORIES("the answer to a question about a story"),
    NUMBERS("a number for each text"),
    TRANSLATION("texts in another language");

    private final String meaning;

    Task(String meaning) {
      this.meaning = meaning;
    }

    String meaning() {
      return meaning;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @throws QatException if the first line of the training rows is needed and cannot be read
   */
  String toYaml() {
    return """
        # %s: ./qat %s THIS-FILE trains, quantizes and verifies; ./qat validate THIS-FILE only checks.
        # ./qat explain KEY says what a key means; docs/configuration.md lists them all.
        schemaVersion: 1
        name: %s

        data:
        %s
        %s
        %s%s"""
        .formatted(
            task.meaning(),
            bits == SWEEP ? "sweep" : "run",
            name,
            data(),
            model(),
            quantize(),
            accept());
  }

  private String accept() {
    return bytes == null
        ? ""
        : """

          # A model that takes more ends ./qat run with exit code 4; fewer bits, a smaller vocabulary or
          # pruning make it smaller: docs/compression.md.
          accept:
            bytes: %s
          """
            .formatted(bytes);
  }

  private String data() {
    return switch (task) {
      case CLASSES -> Files.isDirectory(train) ? folders() : table();
      case TAGS ->
          files("tagged")
              + """
                # Token in the first column, tag (B-PER, I-PER, O) in the last; an empty line between sentences.
                # tokenColumn: 0
                # tagColumn: -1
              """;
      case ROLES -> files("predicates") + "  # What a row holds: docs/data.md, predicates.\n";
      case RANKING ->
          files("candidates")
              + """
                # Columns from 0: question, candidate, and 1 where it answers, else 0.
                # questionColumn: 0
                # sentenceColumn: 1
                # labelColumn: 2
                # header: true      # if the first line names the columns
              """;
      case STORIES ->
          files("stories") + "  # ask: support     # for the sentences that an answer rests on\n";
      case NUMBERS ->
          files("numbers")
              + delimiter()
              + """
                # Columns from 0: where text and number stand in a row. Numbers are best of a size near 1.
                # textColumn: 0
                # numberColumn: 1
                # header: true      # if the first line names the columns
              """;
      case TRANSLATION ->
          files("parallel") + "  from: " + quoted(from) + "\n  to: " + quoted(into) + "\n";
    };
  }

  private String folders() {
    return files("folders")
        + "  # One folder for each class, one text a file, in this charset.\n"
        + "  # charset: UTF-8\n";
  }

  private String table() {
    return files("table")
        + delimiter()
        + """
            # Columns from 0: where label and text stand in a row.
            # labelColumn: 0
            # textColumn: 1
            # header: true      # if the first line names the columns
            # malformed: skip   # leave malformed rows out and count them, instead of stopping
          """;
  }

  private String delimiter() {
    String line = firstLine();
    boolean commas = line.indexOf('\t') < 0 && line.indexOf(',') >= 0;
    return "  delimiter: " + (commas ? "\",\"" : "\"\\t\"") + "\n";
  }

  private String files(String kind) {
    String text = "  kind: " + kind + "\n  train: " + path(train) + "\n";
    return text + (test == null ? HELD_OUT : "  test: " + path(test) + "\n");
  }

  private String model() {
    return switch (task) {
      case CLASSES, NUMBERS ->
          """
          # The network and its training follow from the data: ./qat run FILE --explain says how and why.
          # model: {kind: word-cnn}   # or another one: docs/tasks/classification.md
          """;
      case TAGS -> "model: {kind: conv-tagger}   # or bilstm-tagger, transformer-tagger\n";
      case ROLES -> "model: {kind: bilstm-tagger}\n";
      case STORIES -> "model: {kind: story-attention}\n";
      case RANKING ->
          """
          # The network and its training follow from the data: ./qat run FILE --explain says how and why.
          # model: {kind: pair-cnn}
          """;
      case TRANSLATION -> "model: {kind: translator}\n";
    };
  }

  private String quantize() {
    return switch (bits) {
      case SWEEP ->
          """
          # All variants start from one float network; the report marks the smallest that is as good.
          quantize:
            postTraining: {equalize: true}
            qat: {epochs: 5, learningRate: 0.003, freezeObserversAfter: 0%}
          sweep:
            W8: {quantize: {weights: {bits: 8}}}
            W4: {quantize: {weights: {bits: 4, learned: lsq}}}
            W2: {quantize: {weights: {bits: 2, observer: mse, learned: lsq}}}
          """;
      case 8 ->
          """
          quantize:
            weights: {bits: 8}
            activations: {bits: 8}
            qat: {epochs: 1}   # passes of training under quantization; 0 for calibration alone
          """;
      default ->
          """
          # The recipe of docs/low-bits.md: as many passes and as fast as the float training.
          quantize:
            weights: {bits: %d, observer: mse, learned: lsq}
            activations: {bits: 8}
            postTraining: {equalize: true}
            qat: {epochs: 5, learningRate: 0.003, freezeObserversAfter: 0%%}
          """
              .formatted(bits);
    };
  }

  private String firstLine() {
    try (BufferedReader lines = Files.newBufferedReader(train, StandardCharsets.ISO_8859_1)) {
      String line = lines.readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      throw new QatException("cannot read " + train + ": " + e, e);
    }
  }

  /** In a path "${" would begin an environment variable. */
  private static String path(Path path) {
    return quoted(path.toString().replace("${", "$${"));
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
