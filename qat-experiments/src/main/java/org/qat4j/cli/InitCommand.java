package org.qat4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.qat4j.QatException;
import org.qat4j.cli.NewExperiment.Task;
import org.qat4j.console.Terminal;
import org.qat4j.experiment.ByteSize;
import org.qat4j.io.internal.AtomicFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes an experiment file. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes a commented experiment file for data of your own. At a terminal it asks for what is"
          + " not given. A file that is there is never overwritten."
    },
    footer = {
      "",
      "Examples:",
      "  ./qat init intents.yaml --train data/intents.tsv",
      "  ./qat init names.yaml --task tags --train train.conll --test test.conll --bits 4",
      "  ./qat init stars.yaml --task numbers --train reviews.tsv --bits 4 --bytes '300 kB'",
      "  ./qat init mails.yaml --train mails/ --bits all     # then: ./qat sweep mails.yaml"
    })
final class InitCommand implements Callable<Integer> {
  private static final String ALL = "all";
  private static final List<String> BITS = List.of("8", "4", "2", ALL);

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "EXPERIMENT",
      defaultValue = "experiment.yaml",
      description = "The file to write (default: ${DEFAULT-VALUE}).")
  private Path file;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      description = "What is learned: ${COMPLETION-CANDIDATES}. Classes where nothing is said.")
  private Task task;

  @Option(
      names = "--train",
      paramLabel = "PATH",
      description =
          "Training rows: a table with a label and a text in each row, or a folder of one folder for"
              + " each class; a CoNLL file; a table of questions and candidates, or of texts and numbers;"
              + " predicates; stories; the common name of two files, without the languages.")
  private Path train;

  @Option(
      names = "--test",
      paramLabel = "PATH",
      description = "Test rows, likewise; a tenth is held out where there are none.")
  private Path test;

  @Option(
      names = "--from",
      paramLabel = "LANGUAGE",
      defaultValue = "en",
      description = "Ending of the files that are translated (default: ${DEFAULT-VALUE}).")
  private String from;

  @Option(
      names = "--into",
      paramLabel = "LANGUAGE",
      defaultValue = "de",
      description = "Ending of their translations (default: ${DEFAULT-VALUE}).")
  private String into;

  @Option(
      names = "--bits",
      paramLabel = "BITS",
      description =
          "Bits of a weight: 8 (a quarter of the float network's size), 4 (an eighth), 2 (a"
              + " twentieth or so), or all, which finds out what the fewest are that will do. 8 where"
              + " nothing is said.")
  private String bits;

  @Option(
      names = "--bytes",
      paramLabel = "SIZE",
      description = "Most that the model may take, such as 300 kB; a run that misses it says so.")
  private String bytes;

  @Option(
      names = "--ask",
      negatable = true,
      description = "Ask for what is not given (default: at a terminal).")
  private Boolean ask;

  private BufferedReader answers;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    requireNew();
    if (ask == null ? Terminal.isInteractive() : ask) {
      askForTheRest(out);
    }
    NewExperiment experiment = experiment();
    String text = experiment.toYaml();
    requireNew(); // whatever was written while it asked
    AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    out.println(file + ": written. Then:");
    out.println("  ./qat validate --network " + file);
    out.println("  ./qat " + (experiment.bits() == NewExperiment.SWEEP ? "sweep " : "run ") + file);
    return Exit.OK;
  }

  private NewExperiment experiment() {
    if (train == null) {
      throw new QatException("which data? Give --train PATH, or --ask to be asked");
    }
    Task wanted = task == null ? Task.CLASSES : task;
    requirePresent("--train", wanted, train);
    if (test != null) {
      requirePresent("--test", wanted, test);
    }
    String wantedBits = bits == null ? BITS.get(0) : bits;
    requireOneOf("--bits", wantedBits, BITS);
    return new NewExperiment(
        name(),
        wanted,
        train,
        test,
        from,
        into,
        wantedBits.equals(ALL) ? NewExperiment.SWEEP : Integer.parseInt(wantedBits),
        bytes == null ? null : ByteSize.parse(bytes));
  }

  /** That of the file, with what is no letter of a name replaced. */
  private String name() {
    String name = file.getFileName().toString().replaceAll("\\.ya?ml$", "");
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
    return safe.isEmpty() ? "experiment" : safe;
  }

  private void requireNew() {
    if (Files.exists(file)) {
      throw new QatException(file + " is there already, and is not overwritten; name another file");
    }
  }

  private void requirePresent(String option, Task wanted, Path path) {
    List<Path> files =
        wanted == Task.TRANSLATION
            ? List.of(Path.of(path + "." + from), Path.of(path + "." + into))
            : List.of(path);
    for (Path needed : files) {
      boolean folder = wanted == Task.CLASSES && Files.isDirectory(needed);
      if (!folder && !Files.isRegularFile(needed)) {
        throw new QatException(
            option
                + ": there is no file "
                + (wanted == Task.CLASSES ? "or folder " : "")
                + needed.toAbsolutePath().normalize());
      }
    }
  }

  private static void requireOneOf(String option, String value, List<String> values) {
    if (!values.contains(value)) {
      throw new QatException(
          option + " is " + value + "; expected one of " + String.join(", ", values));
    }
  }

  private void askForTheRest(PrintWriter out) throws IOException {
    answers = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if (task == null) {
      String meanings =
          Arrays.stream(Task.values())
              .map(t -> "  " + t + ": " + t.meaning() + "\n")
              .collect(Collectors.joining());
      task = task(answer(out, "What is learned?\n" + meanings + "Task", Task.CLASSES.toString()));
    }
    if (train == null) {
      String path = answer(out, "Training rows (a file" + also() + ")", "");
      train = path.isEmpty() ? null : Path.of(path);
    }
    if (test == null) {
      String path = answer(out, "Test rows (nothing: a tenth is held out)", "");
      test = path.isEmpty() ? null : Path.of(path);
    }
    if (bits == null) {
      bits = answer(out, "Bits of a weight: 8, 4, 2, or all to compare them", BITS.get(0));
    }
  }

  private String also() {
    return switch (Objects.requireNonNull(task)) {
      case CLASSES -> ", or a folder of one folder for each class";
      case TRANSLATION -> " without its language: data/train for data/train." + from;
      default -> "";
    };
  }

  private static Task task(String word) {
    List<String> words = Arrays.stream(Task.values()).map(Task::toString).toList();
    requireOneOf("the task", word.toLowerCase(Locale.ROOT), words);
    return Task.valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** What is typed, or a usual answer where nothing is. */
  private String answer(PrintWriter out, String question, String usual) throws IOException {
    out.print(question + (usual.isEmpty() ? "" : " [" + usual + "]") + ": ");
    out.flush();
    String line = answers.readLine();
    return line == null || line.isBlank() ? usual : line.strip();
  }
}
