package org.qat4j.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.io.input.BoundedInputStream;
import org.apache.commons.io.input.ReaderInputStream;
import org.datavec.api.records.reader.impl.LineRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.qat4j.QatException;

/**
 * Reading of text files: UTF-8 lines through DataVec's {@link LineRecordReader}, ended by LF, CR LF
 * or CR; a byte order mark is left out; a file that is gzip by its first two bytes is unpacked,
 * whatever its name.
 */
public final class Lines {
  private static final int GZIP_MAGIC = 0x1f8b;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /** Bytes that are not UTF-8 become this character, which no text has. */
  public static final char UNDECODABLE = '\uFFFF';

  public static final String NOT_UTF8 = "there are bytes that are not UTF-8";

  private Lines() {}

  /**
   * All lines of a file.
   *
   * @param key of the experiment file, for the message where the file is absent
   */
  public static List<String> read(Path file, String key) {
    checkPresent(file, key);
    List<String> lines = new ArrayList<>();
    try (InputStream in = decoded(open(file, ReadLimits.LINE_BYTES));
        LineRecordReader reader = new LineRecordReader()) {
      reader.initialize(new InputStreamInputSplit(in, file.toUri()));
      while (reader.hasNext()) {
        String line = reader.next().get(0).toString();
        if (line.indexOf(0) >= 0) {
          throw new QatException(
              file
                  + ", line "
                  + (lines.size() + 1)
                  + ": there is a NUL character, as in a file in UTF-16 or one that is no text; save"
                  + " it as UTF-8");
        }
        lines.add(line);
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

  /** UTF-8 again, without what is none. */
  private static InputStream decoded(InputStream in) throws IOException {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE)
            .replaceWith(String.valueOf(UNDECODABLE));
    return ReaderInputStream.builder()
        .setReader(new InputStreamReader(in, decoder))
        .setCharset(StandardCharsets.UTF_8)
        .get();
  }

  public static String withoutMark(String text) {
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  /**
   * The bytes of a file, unpacked where they are gzip, within {@link ReadLimits}.
   *
   * @param mostInLine bytes of a line at most
   */
  public static LimitedStream open(Path file, long mostInLine) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is no regular file, but a folder, a pipe or a device");
    }
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    try {
      in.mark(2);
      int magic = in.read() << 8 | in.read();
      in.reset();
      if (magic != GZIP_MAGIC) {
        return new LimitedStream(in, () -> ReadLimits.FILE_BYTES, mostInLine);
      }
      BoundedInputStream packed = BoundedInputStream.builder().setInputStream(in).get();
      return new LimitedStream(new GZIPInputStream(packed), packed::getCount, mostInLine);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /**
   * All bytes of one text.
   *
   * @throws IOException if they are more than a text has
   */
  public static byte[] text(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(ReadLimits.TEXT_BYTES + 1);
    if (bytes.length > ReadLimits.TEXT_BYTES) {
      throw new IOException("a text has more than " + ReadLimits.TEXT_BYTES + " bytes");
    }
    return bytes;
  }

  public static void checkPresent(Path file, String key) {
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

  public static QatException unreadable(Path file, Exception e) {
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
