package org.qat4j.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import org.qat4j.QatException;

/**
 * What has been received of a file: {@code NAME.part} beside its place, so that the last step is
 * one move within a folder, and {@code NAME.part.version} with what the server calls the version
 * that the part belongs to. Both stay when the program ends early, and the next run goes on from
 * there. A lock keeps a second download out.
 */
final class PartFile implements AutoCloseable {
  private final Path target;
  private final Path part;
  private final Path version;
  private final FileChannel channel;

  /**
   * Opens the part of an earlier run, or an empty one.
   *
   * @throws QatException if the folder cannot be written or another download holds the file
   */
  PartFile(Path target) {
    this.target = target;
    this.part = target.resolveSibling(target.getFileName() + ".part");
    this.version = target.resolveSibling(part.getFileName() + ".version");
    FileChannel opened = null;
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      opened = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (opened.tryLock() == null) {
        throw new OverlappingFileLockException();
      }
    } catch (OverlappingFileLockException e) {
      closeQuietly(opened);
      throw new QatException("another download is writing " + part + "; wait until it ends", e);
    } catch (IOException e) {
      closeQuietly(opened);
      throw unwritable(e);
    }
    this.channel = opened;
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // The error that is on its way says more.
    }
  }

  /** Bytes received so far. */
  long size() {
    try {
      return channel.size();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** What the server called the version that the part belongs to. */
  Optional<String> version() {
    try {
      return Files.exists(version) ? Optional.of(Files.readString(version)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // Without it the checksum alone tells whether the parts fit.
    }
  }

  /** Forgets all bytes; those that follow belong to the given version. */
  void restart(Optional<String> newVersion) {
    try {
      channel.truncate(0);
      channel.position(0);
      if (newVersion.isPresent()) {
        Files.writeString(version, newVersion.get());
      } else {
        Files.deleteIfExists(version);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  void append(byte[] bytes, int length) {
    try {
      channel.position(channel.size());
      ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Of the bytes so far, hexadecimal. */
  String sha256() {
    return sha256(part);
  }

  static String sha256(Path file) {
    MessageDigest digest = Hashes.digest();
    try (InputStream in = Files.newInputStream(file)) {
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    } catch (IOException e) {
      throw Lines.unreadable(file, e);
    }
    return Hashes.hex(digest.digest());
  }

  /** Moves the whole file to its place, in one step. */
  void complete() {
    try {
      channel.force(true);
      channel.close();
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      Files.deleteIfExists(version);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Throws the part away. */
  void delete() {
    try {
      Files.deleteIfExists(part);
      Files.deleteIfExists(version);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  private QatException unwritable(IOException e) {
    Path folder = target.toAbsolutePath().getParent();
    String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    String words = reason == null ? "" : reason.toLowerCase(Locale.ROOT);
    if (words.contains("no space") || words.contains("not enough space")) {
      return new QatException(
          "the disk of "
              + folder
              + " is full; make room and run the same command again: it goes on where it stopped",
          e);
    }
    if (e instanceof AccessDeniedException) {
      return new QatException(
          folder + " must not be written by this user; choose another place for the file", e);
    }
    return new QatException(
        part
            + " cannot be written: "
            + (reason == null ? e.getClass().getSimpleName() + " " + e.getMessage() : reason)
            + "; choose another place for the file",
        e);
  }
}
