package org.qat4j.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.qat4j.console.Printable;
import org.qat4j.doctor.Check;
import org.qat4j.doctor.Doctor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Looks at the machine. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Looks at Java, memory, processor, natives, GPU, ONNX Runtime, Maven and the folder for"
          + " temporary files, and says what has to change.",
      "The exit code is 1 where something has to."
    },
    footer = {"", "Example:", "  ./qat doctor"})
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    return tell(Doctor.checks(), spec.commandLine().getOut());
  }

  /** Prints a line for each check, and one for what mends it. */
  static int tell(List<Check> checks, PrintWriter out) {
    for (Check check : checks) {
      out.println(String.format(Locale.ROOT, "%-10s %s", check.name(), Printable.of(check.fact())));
      if (!check.isFine()) {
        out.println(String.format(Locale.ROOT, "%-10s %s", "  change:", check.change()));
      }
    }
    long changes = checks.stream().filter(c -> !c.isFine()).count();
    out.println();
    out.println(
        changes == 0
            ? "Nothing has to change."
            : changes == 1 ? "One thing has to change." : changes + " things have to change.");
    out.flush();
    return changes == 0 ? Exit.OK : Exit.FAILED;
  }
}
