package org.qat4j.task.classification;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.qat4j.data.Dataset;
import org.qat4j.data.LabelledText;
import org.qat4j.data.Lines;
import org.qat4j.data.MalformedRows;
import org.qat4j.data.Parts;
import org.qat4j.data.Source;
import org.qat4j.experiment.DataSpec;

/**
 * One folder per class, one text per file, sorted by name. Files beside the folders and names that
 * begin with a dot are left out. Line ends become LF, so that a checkout on Windows is the same
 * data; texts lose white space at both ends.
 */
public final class FolderReader {
  private FolderReader() {}

  public static Dataset read(DataSpec.Folders spec) {
    Charset charset = Charset.forName(spec.charset());
    Source source =
        new Source(
            Path.of(spec.train()),
            null,
            Source.pathOrNull(spec.test()),
            spec.validationShare(),
            spec.testShare(),
            spec.malformed());
    Parts<LabelledText> rows =
        source.read((root, key, malformed, sink) -> read(root, key, charset, malformed, sink));
    return LabelledText.dataset(spec.train(), rows);
  }

  private static void read(
      Path root,
      String key,
      Charset charset,
      MalformedRows malformed,
      BiConsumer<String, LabelledText> rows) {
    Lines.checkPresent(root, key);
    for (Path folder : children(root)) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      String label = folder.getFileName().toString();
      for (Path file : children(folder)) {
        String text = text(file, charset, malformed);
        if (text != null) {
          rows.accept(text, new LabelledText(label, text));
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
  private static String text(Path file, Charset charset, MalformedRows malformed) {
    if (Files.isDirectory(file)) {
      malformed.add(file, 0, "a folder inside the folder of a class");
      return null;
    }
    try (InputStream in = Lines.open(file, Long.MAX_VALUE)) {
      String decoded = charset.newDecoder().decode(ByteBuffer.wrap(Lines.text(in))).toString();
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
