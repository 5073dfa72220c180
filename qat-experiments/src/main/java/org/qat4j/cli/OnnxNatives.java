package org.qat4j.cli;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.apache.logging.log4j.LogManager;
import org.qat4j.QatException;
import org.qat4j.io.internal.AtomicFile;

/**
 * Keeps the natives of ONNX Runtime unpacked in the user's home folder. By itself it unpacks some
 * 22 MB into the temporary folder in each process, which stay there when the process is killed. An
 * empty folder it makes there all the same; those that others left are deleted.
 */
final class OnnxNatives {
  /** Where ONNX Runtime looks for natives that are unpacked already. */
  static final String PROPERTY = "onnxruntime.native.path";

  private static final List<String> LIBRARIES = List.of("onnxruntime", "onnxruntime4j_jni");

  /** Another process may be about to unpack into a folder that is younger. */
  private static final Duration OLD = Duration.ofMinutes(10);

  private OnnxNatives() {}

  /** Unpacks what is not there yet; where that cannot be, ONNX Runtime does as it always does. */
  static void keep() {
    if (System.getProperty(PROPERTY) != null) {
      return;
    }
    try {
      Path home = Path.of(System.getProperty("user.home"), ".cache", "qat4j");
      System.setProperty(PROPERTY, unpack(home).toString());
      sweep(Path.of(System.getProperty("java.io.tmpdir")), Instant.now());
    } catch (IOException | QatException e) {
      LogManager.getLogger(OnnxNatives.class).debug("natives of ONNX Runtime are not kept", e);
    }
  }

  /**
   * The natives for this machine, in a folder of their version.
   *
   * @param cache folder for all versions
   * @throws IOException if there are none for this machine
   */
  static Path unpack(Path cache) throws IOException {
    Path folder = null;
    for (String library : LIBRARIES) {
      String file = System.mapLibraryName(library);
      URL url =
          OrtEnvironment.class.getResource("/ai/onnxruntime/native/" + platform() + "/" + file);
      if (url == null || !(url.openConnection() instanceof JarURLConnection jar)) {
        throw new IOException("no " + file + " in the jar of ONNX Runtime for " + platform());
      }
      jar.setUseCaches(false);
      String version = Path.of(jar.getJarFileURL().getPath()).getFileName().toString();
      folder = cache.resolve(version.replaceFirst("\\.jar$", "") + "-" + platform());
      Path target = folder.resolve(file);
      try (InputStream in = jar.getInputStream()) {
        long bytes = jar.getContentLengthLong();
        if (!Files.isRegularFile(target) || Files.size(target) != bytes) {
          Files.createDirectories(folder);
          AtomicFile.write(target, out -> in.transferTo(out));
        }
      }
    }
    return folder;
  }

  /** Deletes folders that ONNX Runtime has made and that are empty. */
  static void sweep(Path temporary, Instant now) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporary, "onnxruntime-java*")) {
      for (Path folder : folders) {
        if (Files.getLastModifiedTime(folder).toInstant().isBefore(now.minus(OLD))) {
          folder.toFile().delete(); // stays if something is in it
        }
      }
    }
  }

  /** As ONNX Runtime names it. */
  private static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return (os.contains("mac") ? "osx" : os.contains("win") ? "win" : "linux")
        + "-"
        + (arch.equals("aarch64") || arch.equals("arm64") ? "aarch64" : "x64");
  }
}
