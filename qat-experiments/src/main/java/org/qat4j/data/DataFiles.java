package org.qat4j.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qat4j.QatException;
import org.qat4j.experiment.DataSpec;

/** The files that a data set is read from. */
public final class DataFiles {
  private DataFiles() {}

  /** For each file that is not there, which key names it and what to do. */
  public static List<String> missing(DataSpec spec) {
    List<String> missing = new ArrayList<>();
    for (DataSpec.File file : spec.files()) {
      Path named = Path.of(file.path());
      try {
        Lines.checkPresent(file.orPacked() ? orPacked(named) : named, "data." + file.key());
      } catch (QatException e) {
        missing.add(e.getMessage());
      }
    }
    return missing;
  }

  /** A file, or the one with the ending .gz where that alone is there. */
  public static Path orPacked(Path file) {
    Path packed = file.resolveSibling(file.getFileName() + ".gz");
    return !Files.exists(file) && Files.exists(packed) ? packed : file;
  }
}
