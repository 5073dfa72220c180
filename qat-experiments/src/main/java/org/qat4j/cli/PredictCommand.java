package org.qat4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.qat4j.QatException;
import org.qat4j.console.Printable;
import org.qat4j.model.IntegerModel;
import org.qat4j.serving.Server;
import org.qat4j.task.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Classifies or translates texts with a frozen model, or tags their tokens. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Classifies or translates texts with a frozen model, or tags their tokens, in integer"
          + " arithmetic.",
      "Without texts it reads standard input, one text a line."
    },
    footer = {
      "",
      "Examples:",
      "  ./qat predict model.qat \"Österreichischer Schilling\"",
      "  ./qat predict runs/latest --top 3 < phrases.txt",
      "  ./qat predict runs/srl $'She gave him a book .\\t1'   (roles of the token 1, from 0)",
      "  ./qat predict translate.qat \"Two dogs run.\" --beam 4"
    })
final class PredictCommand implements Callable<Integer> {
  /** Stands for what could not be decoded. */
  private static final char LOST = '\uFFFD';

  @Spec private CommandSpec spec;

  @Mixin private ModelOptions models;

  @Parameters(index = "0", paramLabel = "MODEL", description = "A model file or a run folder.")
  private Path model;

  @Parameters(
      index = "1..*",
      paramLabel = "TEXT",
      description = "Texts to classify, tag, translate or make vectors of.")
  private List<String> texts = List.of();

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "1",
      description = "Print the N most probable classes (default: ${DEFAULT-VALUE}).")
  private int top;

  @Option(
      names = "--beam",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Follow the N best beginnings of a translation (default: ${DEFAULT-VALUE}, which takes"
              + " the most probable piece each time).")
  private int beam;

  @Option(names = "--json", description = "Print one JSON object a text.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (top < 1) {
      throw new QatException("--top is at least 1, not " + top);
    }
    requireWhole(texts, System.getProperty("sun.jnu.encoding", "UTF-8"));
    IntegerModel m = models.read(model);
    PrintWriter out = spec.commandLine().getOut();
    Server server = Task.server(m, new Server.Wish(top, beam));
    each(text -> print(out, server.answer(text)));
    return Exit.OK;
  }

  /**
   * Refuses texts of which letters were lost before they came here.
   *
   * @param encoding of arguments in this process
   */
  static void requireWhole(List<String> texts, String encoding) {
    for (String text : texts) {
      if (!encoding.equals("UTF-8") && text.indexOf(LOST) >= 0) {
        throw new QatException(
            "the text \""
                + text
                + "\" did not arrive whole: the locale knows no more than "
                + encoding
                + "; set LC_ALL=C.UTF-8, or give the text on standard input");
      }
    }
  }

  /** The texts of the command line, or else of standard input. */
  private void each(Consumer<String> print) throws IOException {
    texts.forEach(print);
    if (!texts.isEmpty()) {
      return;
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String text = in.readLine(); text != null; text = in.readLine()) {
      print.accept(text);
    }
  }

  private void print(PrintWriter out, Server.Answer answer) {
    out.println(json ? Json.line(answer.json()) : Printable.of(answer.line()));
  }
}
