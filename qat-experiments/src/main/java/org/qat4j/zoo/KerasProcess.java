package org.qat4j.zoo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;

/**
 * Reads files of Keras in a Java process of their own. The HDF5 library is native code, which a
 * malformed file can bring down; here it takes a child along, and not this program.
 */
final class KerasProcess {
  private static final int MINUTES = 5;
  private static final String MEMORY = "2g";

  private KerasProcess() {}

  /**
   * A network.
   *
   * @throws QatException if the file is none, or the child does not come to an end
   */
  static Model load(Path file) throws IOException {
    Path folder = Files.createTempDirectory("qat-keras");
    Path network = folder.resolve("network.zip");
    Path errors = folder.resolve("errors.txt");
    try {
      Process child =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-Xmx" + MEMORY,
                      "-XX:ErrorFile=" + folder.resolve("crash.txt"),
                      "-Dorg.bytedeco.javacpp.maxbytes=" + MEMORY,
                      "-Dfile.encoding=UTF-8",
                      "-cp",
                      System.getProperty("java.class.path"),
                      KerasProcess.class.getName(),
                      file.toAbsolutePath().toString(),
                      network.toString(),
                      errors.toString()))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!child.waitFor(MINUTES, TimeUnit.MINUTES)) {
        child.destroyForcibly();
        throw new QatException("it was not read within " + MINUTES + " minutes");
      }
      if (Files.exists(errors)) {
        throw new QatException(Files.readString(errors));
      }
      if (child.exitValue() != 0 || !Files.exists(network)) {
        throw new QatException(
            "the HDF5 library broke down (exit " + child.exitValue() + "): the file is malformed");
      }
      return SavedNetworks.fromBytes(Files.readAllBytes(network));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QatException("the reading was interrupted", e);
    } finally {
      for (String name : List.of("network.zip", "errors.txt", "crash.txt")) {
        Files.deleteIfExists(folder.resolve(name));
      }
      Files.deleteIfExists(folder);
    }
  }

  /**
   * What the child does.
   *
   * @param args the file of Keras, where its network goes, where a message goes that says why not
   */
  public static void main(String[] args) throws IOException {
    try {
      SavedNetworks.save(KerasNetworks.load(Path.of(args[0])), Path.of(args[1]));
    } catch (Exception | LinkageError e) { // no HDF5 for this platform
      Files.writeString(Path.of(args[2]), String.valueOf(e.getMessage()), StandardCharsets.UTF_8);
    }
  }
}
