package org.qat4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.qat4j.console.Printable;
import org.qat4j.zoo.SavedNetworks;

/** Says how a run that does not come to its end can go on: one that fails, or that is ended. */
final class GoOn implements AutoCloseable {
  /** Words that a shell takes as they are. */
  private static final Pattern PLAIN = Pattern.compile("[\\w./:=,+@%-]+");

  private final Path run;
  private final Pattern kept;
  private final String command;
  private final PrintWriter to;
  private final Thread onEnd = new Thread(this::say, "how to go on");
  private boolean finished;

  /**
   * @param run its folder
   * @param kept names of files and folders in it, one of which there is where something is kept to
   *     go on with
   * @param to where it is said
   * @param words of the command that goes on
   */
  GoOn(Path run, Pattern kept, PrintWriter to, List<String> words) {
    this.run = run;
    this.kept = kept;
    this.to = to;
    List<String> all = new ArrayList<>(words);
    String trusted = System.getProperty(SavedNetworks.TRUST);
    if (trusted != null) {
      all.addAll(List.of("--trust", trusted));
    }
    this.command = all.stream().map(GoOn::quoted).collect(Collectors.joining(" ", "./qat ", ""));
    Runtime.getRuntime().addShutdownHook(onEnd);
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** There is nothing to go on with. */
  void finished() {
    finished = true;
  }

  private synchronized void say() {
    if (!finished && StoppedRun.has(run, kept)) {
      to.println("the run can go on where it stood: " + Printable.of(command));
      to.flush();
    }
    finished = true;
  }

  @Override
  public void close() {
    say();
    try {
      Runtime.getRuntime().removeShutdownHook(onEnd);
    } catch (IllegalStateException shuttingDown) {
      return; // the hook has nothing left to say
    }
  }
}
