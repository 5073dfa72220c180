package org.qat4j.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.qat4j.QatException;

/** Brings artifacts from where the user's own Maven finds them, with the user's settings. */
public interface Maven {
  /** Goal that copies an artifact. */
  String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

  /**
   * Copies an artifact into a folder.
   *
   * @param artifact group, name and version, with colons between
   * @param folder that is there
   * @throws QatException if it cannot be had; the message says why
   */
  void copy(String artifact, Path folder);

  /** The command {@code mvn} of the machine. */
  static Maven ofMachine() {
    boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
    return ofCommand(windows ? List.of("cmd", "/c", "mvn") : List.of("mvn"));
  }

  /** Another command in its place. */
  static Maven ofCommand(List<String> command) {
    return (artifact, folder) -> {
      List<String> words = new ArrayList<>(command);
      words.addAll(List.of("-q", "-B", COPY, "-Dartifact=" + artifact));
      words.add("-DoutputDirectory=" + folder.toAbsolutePath());
      run(words, artifact, folder);
    };
  }

  private static void run(List<String> words, String artifact, Path folder) {
    String said;
    int exit;
    try {
      Process process =
          new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true).start();
      process.getOutputStream().close();
      said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      exit = process.waitFor();
    } catch (IOException e) {
      throw new QatException(
          "there is no Maven that could bring " + artifact + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QatException("interrupted while Maven brought " + artifact, e);
    }
    if (exit != 0) {
      throw new QatException(
          "Maven cannot bring "
              + artifact
              + " (exit code "
              + exit
              + "). Run the command again when the cause is mended, it goes on where it stopped. Maven"
              + " says: "
              + said.lines().limit(4).reduce((a, b) -> a + "\n" + b).orElse("nothing"));
    }
  }
}
