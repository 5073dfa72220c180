package org.qat4j.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.datavec.api.records.reader.impl.LineRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.qat4j.QatException;

/**
 * Reading of text files: UTF-8 lines through DataVec's {@link LineRecordReader}, ended by LF, CR LF
 * or CR; a byte order mark is left out; a file that is gzip by its first two bytes is unpacked,
 * whatever its name.
 */
final class Lines {
  private static final int GZIP_MAGIC = 0x1f8b;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /** What a decoder makes of bytes that are no text in its charset. */
  static final char UNDECODABLE = '\uFFFD';

  static final String NOT_UTF8 = "there are bytes that are not UTF-8";

  private Lines() {}

  /**
   * All lines of a file.
   *
   * @param key of the experiment file, for the message where the file is absent
   */
  static List<String> read(Path file, String key) {
    checkPresent(file, key);
    List<String> lines = new ArrayList<>();
    try (InputStream in = open(file);
        LineRecordReader reader = new LineRecordReader()) {
      reader.initialize(new InputStreamInputSplit(in, file.toUri()));
      while (reader.hasNext()) {
        lines.add(reader.next().get(0).toString());
      }
    } catch (IOException | IllegalStateException e) {
      throw unreadable(file, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QatException("reading of " + file + " was interrupted", e);
    }
    if (!lines.isEmpty()) {
      lines.set(0, withoutMark(lines.get(0)));
    }
    return lines;
  }

  static String withoutMark(String text) {
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  /** The bytes of a file, unpacked where they are gzip. */
  static InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    try {
      in.mark(2);
      int magic = in.read() << 8 | in.read();
      in.reset();
      return magic == GZIP_MAGIC ? new GZIPInputStream(in) : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  static void checkPresent(Path file, String key) {
    if (Files.exists(file)) {
      return;
    }
    Path packed = Path.of(file + ".gz");
    throw new QatException(
        key
            + ": there is no "
            + file
            + " (looked for "
            + file.toAbsolutePath().normalize()
            + ")"
            + (Files.exists(packed) ? "; there is " + packed + ", which can be read as it is" : "")
            + KnownData.of(file)
                .map(data -> "; ./qat data fetch " + data.name() + " downloads it")
                .orElse("")
            + "; set "
            + key
            + " in the experiment file, or on the command line with --set "
            + key
            + "=PATH");
  }

  static QatException unreadable(Path file, Exception e) {
    Throwable cause = e.getCause() instanceof IOException io ? io : e;
    boolean damaged = cause instanceof EOFException || cause instanceof ZipException;
    return new QatException(
        file
            + (damaged ? " is damaged or incomplete, and" : "")
            + " cannot be read: "
            + cause.getMessage()
            + " ("
            + cause.getClass().getSimpleName()
            + ")",
        e);
  }
}
