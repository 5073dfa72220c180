package org.qat4j.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import picocli.CommandLine;

/** What one call of the command line printed. */
public record Called(int exit, String out, String err) {
  /** Calls it in this process. */
  public static Called qat(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    int exit = line.execute(Stream.of(args).map(Object::toString).toArray(String[]::new));
    return new Called(exit, out.toString(), err.toString());
  }
}
