package org.qat4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.qat4j.QatException;
import org.qat4j.console.Printable;
import org.qat4j.model.IntegerModel;
import org.qat4j.runtime.Predictor;
import org.qat4j.runtime.Translator;
import org.qat4j.text.TokenText;
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
      description = "Texts to classify, tag or translate.")
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
    if (Translator.fits(m)) {
      Translator translator = new Translator(m);
      each(text -> print(out, translator, text));
    } else {
      Predictor predictor = new Predictor(m);
      each(text -> print(out, predictor, text));
    }
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

  private void print(PrintWriter out, Translator translator, String text) {
    String translation = translator.translate(text, beam);
    if (json) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("text", text);
      answer.put("translation", translation);
      out.println(Json.line(answer));
    } else {
      out.println(Printable.of(translation));
    }
  }

  /** Spans in brackets: "[ARG0 She] [V gave] him". */
  private void printTags(PrintWriter out, Predictor predictor, String text) {
    List<String> tokens = TokenText.of(text).tokens();
    List<String> tags = predictor.tags(text);
    if (json) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("tokens", tokens);
      answer.put("tags", tags);
      out.println(Json.line(answer));
      return;
    }
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      boolean begins = tags.get(i).startsWith("B-");
      boolean ends = i + 1 == tokens.size() || !tags.get(i + 1).startsWith("I-");
      boolean inside = begins || tags.get(i).startsWith("I-");
      line.append(i == 0 ? "" : " ")
          .append(begins ? "[" + tags.get(i).substring(2) + " " : "")
          .append(tokens.get(i))
          .append(inside && ends ? "]" : "");
    }
    out.println(Printable.of(line.toString()));
  }

  private void print(PrintWriter out, Predictor predictor, String text) {
    if (predictor.isTagger()) {
      printTags(out, predictor, text);
      return;
    }
    float[] p = predictor.probabilities(text);
    List<Integer> best =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> -p[i]).thenComparing(i -> i))
            .limit(top)
            .toList();
    if (json) {
      List<Map<String, Object>> classes = new ArrayList<>();
      for (int i : best) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("label", predictor.label(i));
        entry.put("probability", p[i]);
        classes.add(entry);
      }
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("text", text);
      answer.put("classes", classes);
      out.println(Json.line(answer));
      return;
    }
    StringBuilder line = new StringBuilder();
    for (int i : best) {
      line.append(line.isEmpty() ? "" : "\t")
          .append(predictor.label(i))
          .append('\t')
          .append(String.format(Locale.ROOT, "%.3f", p[i]));
    }
    out.println(Printable.of(line.toString()));
  }
}
