package org.qat4j.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.qat4j.io.internal.AtomicFile;

/**
 * A file of a {@link KnownData}.
 *
 * @param home where it is downloaded from
 * @param sha256 of the file, hexadecimal
 * @param downloaded its name
 * @param form what is made of it
 * @param made name of that
 */
public record KnownFile(URI home, String sha256, String downloaded, Form form, String made) {

  /** What is made of a download. */
  public enum Form {
    /** The file itself. */
    AS_IT_IS {
      @Override
      String table(byte[] raw) {
        throw new IllegalStateException("nothing is made of it");
      }
    },
    /** Lines of a label, a space and a text in latin-1: a table. */
    LABELLED_LINES {
      @Override
      String table(byte[] raw) {
        StringBuilder rows = new StringBuilder();
        new String(raw, StandardCharsets.ISO_8859_1)
            .lines()
            .forEach(line -> rows.append(line.replaceFirst(" ", "\t")).append('\n'));
        return rows.toString();
      }
    },
    /** A tar.gz of files in latin-1, whose names end with a class, one text a line: a table. */
    ARCHIVE_OF_CLASSES {
      @Override
      String table(byte[] raw) throws IOException {
        Map<String, String> classes = new TreeMap<>();
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(raw));
            TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
          for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
            String label = e.getName().substring(e.getName().lastIndexOf('.') + 1);
            if (label.equals("pos") || label.equals("neg")) {
              classes.put(label, new String(tar.readAllBytes(), StandardCharsets.ISO_8859_1));
            }
          }
        }
        StringBuilder rows = new StringBuilder();
        classes.forEach(
            (label, texts) ->
                texts.lines().forEach(t -> rows.append(label + "\t" + t.strip()).append('\n')));
        return rows.toString();
      }
    };

    abstract String table(byte[] raw) throws IOException;

    void make(Path raw, Path target) {
      if (this == AS_IT_IS) {
        return;
      }
      try {
        AtomicFile.write(target, table(Files.readAllBytes(raw)).getBytes(StandardCharsets.UTF_8));
      } catch (IOException | UncheckedIOException e) {
        throw Lines.unreadable(raw, e);
      }
    }
  }
}
