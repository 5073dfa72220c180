package org.qat4j.io.internal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Pattern;
import org.qat4j.QatException;

/** Writes files that appear complete or not at all. */
public final class AtomicFile {
  private static final Pattern UNFINISHED = Pattern.compile("\\..+\\.[0-9a-f-]{36}\\.tmp");

  private static final int BUFFER = 1 << 16;

  private AtomicFile() {}

  /**
   * Writes beside the file, forces the bytes to the disk, then moves them into place and forces the
   * folder; a file that was there before stays whole until then.
   *
   * @throws QatException if the file cannot be written; the message names it
   */
  public static void write(Path file, byte[] bytes) {
    write(file, out -> out.write(bytes));
  }

  /** What writes the bytes of a file. */
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * The same for content that need not be in memory as a whole.
   *
   * @throws QatException if the file cannot be written; the message names it
   */
  public static void write(Path file, Content content) {
    Path target = file.toAbsolutePath();
    if (!Files.isDirectory(target.getParent())) {
      throw new QatException(
          "cannot write " + file + ": there is no directory " + target.getParent());
    }
    Path temporary =
        target.resolveSibling(
            "."
                + target.getFileName()
                + "."
                + UUID.randomUUID() // of no other process, on no other machine
                + ".tmp");
    try {
      try (FileChannel out =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(out), BUFFER);
        content.writeTo(stream);
        stream.flush();
        out.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      force(target.getParent());
    } catch (IOException e) {
      throw new QatException("cannot write " + file + ": " + e, e);
    } finally {
      temporary.toFile().delete();
    }
  }

  /** So that the new name outlives a loss of power too, where folders can be forced. */
  private static void force(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows does not open folders, some file systems do not force them: the file is in place.
    }
  }

  /**
   * Whether a file is one that {@link #write} has not finished, or could not when it was stopped.
   */
  public static boolean isUnfinished(Path file) {
    return UNFINISHED.matcher(file.getFileName().toString()).matches();
  }
}
