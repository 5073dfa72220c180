package org.qat4j.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.qat4j.QatException;

/** A Java process of its own, with the JDK that this one runs on. */
final class JavaProcess {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  private JavaProcess() {}

  /**
   * Runs a main class, which prints a whole number, to its end. What else is printed, such as the
   * virtual machine's log, does not matter.
   *
   * @param what for messages
   * @param options of the virtual machine
   * @return the number
   * @throws QatException if it fails, or prints none on a line of its own
   */
  static long number(
      String what, String classPath, List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    Path errors = Files.createTempFile("qat-bench", ".txt");
    try {
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new QatException(
            "a fresh process of " + what + " failed: " + Files.readString(errors));
      }
      return output
          .lines()
          .filter(line -> NUMBER.matcher(line).matches())
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElseThrow(
              () -> new QatException("a fresh process of " + what + " gave no number: " + output));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QatException("the benchmark was interrupted", e);
    } finally {
      Files.delete(errors);
    }
  }
}
