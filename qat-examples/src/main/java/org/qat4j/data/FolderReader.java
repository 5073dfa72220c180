package org.qat4j.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.qat4j.data.Rows.Part;
import org.qat4j.experiment.DataSpec;

/**
 * One folder per class, one text per file, sorted by name. Files beside the folders and names that
 * begin with a dot are left out. Line ends become LF, so that a checkout on Windows is the same
 * data; texts lose white space at both ends.
 */
final class FolderReader {
  private final DataSpec.Folders spec;
  private final Charset charset;
  private final MalformedRows malformed;
  private final Rows rows = new Rows();

  private FolderReader(DataSpec.Folders spec) {
    this.spec = spec;
    this.charset = Charset.forName(spec.charset());
    this.malformed = new MalformedRows(spec.malformed());
  }

  static Dataset read(DataSpec.Folders spec) {
    return new FolderReader(spec).read();
  }

  private Dataset read() {
    double testShare = spec.test() == null ? spec.testShare() : 0;
    read(spec.train(), "data.train", testShare, spec.validationShare(), false);
    if (spec.test() != null) {
      read(spec.test(), "data.test", 0, 0, true);
    }
    return rows.dataset(spec.train(), malformed.skipped());
  }

  private void read(
      String path, String key, double testShare, double validationShare, boolean test) {
    Path root = Path.of(path);
    Lines.checkPresent(root, key);
    for (Path folder : children(root)) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      for (Path file : children(folder)) {
        String text = text(file);
        if (text != null) {
          Part part = test ? Part.TEST : Rows.hold(text, testShare, validationShare);
          rows.add(part, folder.getFileName().toString(), text);
        }
      }
    }
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(child -> !child.getFileName().toString().startsWith("."))
          .sorted(Comparator.comparing(child -> child.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      throw Lines.unreadable(folder, e);
    }
  }

  /** The text of a file, or null if it is malformed. */
  private String text(Path file) {
    if (Files.isDirectory(file)) {
      malformed.add(file, 0, "a folder inside the folder of a class");
      return null;
    }
    try (InputStream in = Lines.open(file)) {
      String decoded = charset.newDecoder().decode(ByteBuffer.wrap(in.readAllBytes())).toString();
      String text = Lines.withoutMark(decoded).replace("\r\n", "\n").strip();
      if (!text.isEmpty()) {
        return text;
      }
      malformed.add(file, 0, "the text is empty");
    } catch (CharacterCodingException e) {
      malformed.add(file, 0, "the bytes are not " + charset + "; set data.charset");
    } catch (IOException e) {
      throw Lines.unreadable(file, e);
    }
    return null;
  }
}
