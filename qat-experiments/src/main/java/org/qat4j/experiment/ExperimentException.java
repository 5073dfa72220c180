package org.qat4j.experiment;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qat4j.QatException;

/** An experiment that cannot be run as it is written, with everything that is wrong with it. */
public final class ExperimentException extends QatException {
  private static final long serialVersionUID = 1L;

  /** Problems in the message. */
  private static final int SHOWN = 20;

  private final transient List<Problem> problems;

  ExperimentException(List<Problem> problems) {
    super(message(problems));
    this.problems = sorted(problems).toList();
  }

  private static String message(List<Problem> problems) {
    String first =
        sorted(problems).limit(SHOWN).map(Problem::toString).collect(Collectors.joining("\n"));
    int more = problems.size() - SHOWN;
    return more <= 0 ? first : first + "\nand " + more + " more problems";
  }

  /** Throws the exception if there is a problem. */
  static void stopAt(List<Problem> problems) {
    if (!problems.isEmpty()) {
      throw new ExperimentException(problems);
    }
  }

  private static Stream<Problem> sorted(List<Problem> problems) {
    return problems.stream()
        .sorted(
            Comparator.comparing((Problem p) -> p.at().source())
                .thenComparing(p -> p.at().line())
                .thenComparing(p -> p.at().column()));
  }

  /** Everything that is wrong, in the order of the file; at least one. */
  public List<Problem> problems() {
    return problems;
  }
}
