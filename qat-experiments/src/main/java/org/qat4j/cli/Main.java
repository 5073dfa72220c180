package org.qat4j.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.nd4j.linalg.factory.Nd4jBackend;
import org.qat4j.QatException;
import org.qat4j.console.Printable;
import org.qat4j.zoo.SavedNetworks;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Entry of the command line. */
@Command(
    name = "qat",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false,
    description = "Quantization-aware training for Deeplearning4j, from one experiment file.",
    subcommands = {
      RunCommand.class,
      SweepCommand.class,
      TuneCommand.class,
      ValidateCommand.class,
      CompareCommand.class,
      EvalCommand.class,
      VerifyCommand.class,
      ExportCommand.class,
      BenchCommand.class,
      DataCommand.class,
      ModelCommand.class,
      PredictCommand.class,
      ServeCommand.class,
      UiCommand.class,
      InspectCommand.class,
      DoctorCommand.class,
      InitCommand.class,
      ExplainCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "",
      "Exit codes:",
      "  0  done",
      "  1  bad input, or the job could not be done: the message says what to mend",
      "  2  the command line is wrong",
      "  3  an error of this program",
      "  4  the run is done, but misses what its section accept asks for",
      "  129, 130, 134, 143  ended from outside: hangup, Ctrl-C, a crash of natives, kill",
      "",
      "Start with:",
      "  ./qat run configs/things.yaml",
      "  ./qat predict runs/latest \"a large wild cat with stripes\""
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--trust",
      paramLabel = "CLASS",
      split = ",",
      scope = CommandLine.ScopeType.INHERIT,
      description = {
        "Layer of your own that a network of Deeplearning4j may name: its code runs. Its jar is"
            + " found by QAT_CLASSPATH."
      })
  void trust(List<String> classes) {
    if (classes != null) { // which is how picocli says that there are none
      System.setProperty(SavedNetworks.TRUST, String.join(",", classes));
    }
  }

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.setOut(utf8(System.out));
    System.setErr(utf8(System.err));
    MachineMemory.limitNatives();
    OnnxNatives.keep();
    System.exit(execute(commandLine(), args));
  }

  /** Runs one command; what the machine lacks is told without a stack trace. */
  static int execute(CommandLine line, String... args) {
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      return lacks(line, memory(e), e);
    } catch (LinkageError e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof Nd4jBackend.NoAvailableBackendException) {
          return lacks(
              line,
              "what the backend of ND4J needs, for CUDA an NVIDIA GPU with its driver: build for"
                  + " the CPU by leaving out -Pcuda (QAT_MAVEN)",
              cause);
        }
      }
      throw e;
    }
  }

  /** JavaCPP says so in its message where natives are what lacks memory. */
  private static String memory(OutOfMemoryError e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("hysical") || message.contains("allocate new")
        ? "memory for natives: raise the limits, for example QAT_OPTS='-D"
            + MachineMemory.BYTES
            + "=8g -D"
            + MachineMemory.PHYSICAL
            + "=12g', or lower train.batch"
        : "memory: give the virtual machine more, for example QAT_OPTS=-Xmx8g";
  }

  private static int lacks(CommandLine line, String what, Throwable e) {
    String message = "error: this machine lacks " + what + " (" + e.getMessage() + ")";
    line.getErr().println(line.getColorScheme().errorText(message));
    return Exit.FAILED;
  }

  private static PrintStream utf8(PrintStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpLongOptionsMaxWidth(28);
    line.setUsageHelpWidth(100);
    line.setExpandAtFiles(false); // a text may begin with @
    line.setExecutionExceptionHandler(Main::explain);
    return line;
  }

  private static int explain(Exception e, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    if (e instanceof QatException) {
      err.println(line.getColorScheme().errorText("error: " + Printable.of(e.getMessage())));
      return Exit.FAILED;
    }
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof OutOfMemoryError lacking) {
      return lacks(line, memory(lacking), lacking);
    }
    if (cause instanceof IOException) {
      // A full disk, a folder that vanished, a file without rights: the matter of the machine.
      err.println(line.getColorScheme().errorText("error: " + Printable.of(cause.toString())));
      return Exit.FAILED;
    }
    err.println("This is an error of qat4j itself; please report it with what follows.");
    e.printStackTrace(err);
    err.flush();
    return Exit.BUG;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
