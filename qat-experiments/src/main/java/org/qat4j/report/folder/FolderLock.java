package org.qat4j.report.folder;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qat4j.QatException;
import org.qat4j.io.internal.AtomicFile;

/**
 * Makes a process the one owner of a folder for as long as it lives. The operating system holds the
 * lock and lets go of it when the process dies; a second file says who the owner is.
 */
final class FolderLock implements AutoCloseable {
  /** Is locked; stays, because a lock on a file that is deleted says nothing. */
  static final String LOCK = ".lock";

  /** Process, start and host of the owner, a line; touched as long as it lives. */
  static final String OWNER = ".owner";

  private static final Duration BEAT = Duration.ofSeconds(30);

  /** An owner on another host that was silent for so long is taken for dead. */
  static final Duration SILENCE = Duration.ofMinutes(5);

  /**
   * Folders of this process: it would let go of its lock if it opened and closed the file again.
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path folder;
  private final FileChannel channel;
  private final Timer heart = new Timer("heartbeat of a run folder", true);

  private FolderLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
    TimerTask beat =
        new TimerTask() {
          @Override
          public void run() {
            beat();
          }
        };
    heart.schedule(beat, BEAT.toMillis(), BEAT.toMillis());
  }

  /** Tells other hosts that the owner lives. */
  void beat() {
    folder.resolve(OWNER).toFile().setLastModified(System.currentTimeMillis());
  }

  /**
   * Takes a folder.
   *
   * @throws QatException if it has an owner; the message names it
   */
  static FolderLock take(Path path) throws IOException {
    Path folder = path.toRealPath();
    synchronized (HELD) {
      if (HELD.contains(folder)) {
        throw inUse(path);
      }
      FileChannel channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        if (lock == null) {
          throw inUse(path);
        }
        AtomicFile.write(folder.resolve(OWNER), (owner() + "\n").getBytes(UTF_8));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      HELD.add(folder);
      return new FolderLock(folder, channel);
    }
  }

  /** Whether a process that lives owns a folder; one on another host is known by its heartbeat. */
  static boolean isOwned(Path folder) throws IOException {
    Path file = folder.resolve(OWNER);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    String owner = Files.readString(file).strip();
    Matcher named = Pattern.compile("process (\\d+), started .*, on (.*)").matcher(owner);
    if (!named.matches() || !named.group(2).equals(host())) {
      Instant heard = Files.getLastModifiedTime(file).toInstant();
      return heard.isAfter(Instant.now().minus(SILENCE));
    }
    return ProcessHandle.of(Long.parseLong(named.group(1)))
        .map(process -> name(process).equals(owner))
        .orElse(false);
  }

  /** Whether a file belongs to the lock of its folder. */
  static boolean isPart(Path file) {
    String name = file.getFileName().toString();
    return name.equals(LOCK) || name.equals(OWNER);
  }

  private static QatException inUse(Path folder) {
    String owner;
    try {
      owner = Files.readString(folder.resolve(OWNER)).strip();
    } catch (IOException e) {
      owner = "another process";
    }
    return new QatException(
        folder
            + " is in use by "
            + owner
            + "; wait until that has ended, or choose another folder");
  }

  /** Process, its start and its host. */
  static String owner() {
    return name(ProcessHandle.current());
  }

  private static String name(ProcessHandle process) {
    Instant start = process.info().startInstant().orElse(Instant.EPOCH);
    return "process " + process.pid() + ", started " + start + ", on " + host();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "a host without a name";
    }
  }

  @Override
  public void close() {
    heart.cancel();
    synchronized (HELD) {
      folder.resolve(OWNER).toFile().delete();
      HELD.remove(folder);
      try {
        channel.close();
      } catch (IOException e) {
        throw new QatException("cannot let go of " + folder + ": " + e, e);
      }
    }
  }
}
