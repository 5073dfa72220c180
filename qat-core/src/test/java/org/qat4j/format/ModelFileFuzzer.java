package org.qat4j.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.qat4j.model.IntegerModel;

/**
 * The target of a coverage-guided fuzzer, and the program that writes what it starts from;
 * docs/model-format.md has the command. The fuzzer is given what lies between header and checksum,
 * so that it need not guess these.
 */
public final class ModelFileFuzzer {
  private static final byte[] FILE = ModelFile.toBytes(GoldenModels.all().get(0));

  private ModelFileFuzzer() {}

  /** Called by the fuzzer with the sections of a file. */
  public static void fuzzerTestOneInput(byte[] sections) {
    byte[] file = Arrays.copyOf(FILE, RawFile.HEADER + sections.length + RawFile.CHECKSUM);
    System.arraycopy(sections, 0, file, RawFile.HEADER, sections.length);
    UntrustedFile.isUsable(RawFile.repaired(file));
  }

  /** Writes the sections of the golden models into the folder that is given. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    for (IntegerModel model : GoldenModels.all()) {
      byte[] file = ModelFile.toBytes(model);
      Files.write(
          folder.resolve(model.name()),
          Arrays.copyOfRange(file, RawFile.HEADER, file.length - RawFile.CHECKSUM));
    }
  }
}
