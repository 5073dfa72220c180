package org.qat4j.pipeline;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.evaluation.Stage;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.training.Checkpoints;

/**
 * Where the trainings of a run stand, in files of its folder: of each the last two, and of one that
 * is over its end. A file holds what it belongs to, what the report needs, where the training
 * stands, and the SHA-256 of all that; a file that is damaged is passed over. Trainings are told
 * apart by their order, which is the same in every run of an experiment.
 */
final class RunCheckpoints {
  /** Ending of the files. */
  static final String ENDING = ".checkpoint";

  private static final int MAGIC = 0x51415443;
  private static final int KEPT = 2;

  /** As many times what keeping takes lie between. */
  private static final int SHARE = 30;

  private static final int DIGEST_BYTES = 32;

  /**
   * How often a place is kept, but at the end of a training, where it always is. Keeping one of a
   * large network takes seconds, of which at most a thirtieth of the time is made.
   *
   * @param every least time since the last one; none keeps every step
   * @param nanos the time
   */
  record Pace(Duration every, LongSupplier nanos) {}

  private final Path folder; // null where nothing is kept
  private final String basis;
  private final Console console;
  private final Pace pace;
  private int trainings;

  /**
   * @param folder is made when it is needed
   * @param basis all that the outcome depends on; files of another one are passed over
   */
  RunCheckpoints(Path folder, String basis, Console console, Pace pace) {
    this.folder = folder;
    this.basis = basis;
    this.console = console;
    this.pace = pace;
  }

  /** Nothing is kept. */
  static RunCheckpoints none() {
    return new RunCheckpoints(null, "", Console.quiet(), new Pace(Duration.ZERO, () -> 0));
  }

  /** Those of the next training of the run. */
  Checkpoints next(Stage stage, TrainingMonitor monitor, boolean resumable) {
    String name = String.format(Locale.ROOT, "%02d-%s-", ++trainings, stage.key());
    return folder == null || !resumable ? Checkpoints.NONE : new OfTraining(name, monitor);
  }

  /** Deletes the files of a run that is over. */
  void delete() {
    if (folder == null || !Files.isDirectory(folder)) {
      return;
    }
    files("").forEach(file -> file.toFile().delete());
    folder.toFile().delete(); // stays where something else is in it
  }

  /** The files of a training, the latest first. */
  private List<Path> files(String training) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith(training))
          .filter(f -> f.getFileName().toString().endsWith(ENDING))
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException e) {
      throw new QatException("cannot read " + folder + ": " + e, e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class OfTraining implements Checkpoints {
    private final String name;
    private final TrainingMonitor monitor;
    private long kept = pace.nanos().getAsLong();

    /** Nanoseconds that keeping took. */
    private long took;

    OfTraining(String name, TrainingMonitor monitor) {
      this.name = name;
      this.monitor = monitor;
    }

    @Override
    public DataInputStream last() {
      for (Path file : files(name)) {
        try {
          DataInputStream in = open(file);
          if (in != null) {
            monitor.restore(in.readNBytes(in.readInt()));
            return in;
          }
          console.line("warning: " + file + " is damaged or of another run; it is passed over");
        } catch (IOException | UncheckedIOException e) {
          console.line("warning: " + file + " cannot be read and is passed over: " + e);
        }
      }
      monitor.begin();
      return null;
    }

    /** The content behind the head of a whole file, or null. */
    private DataInputStream open(Path file) throws IOException {
      if (!isWhole(file)) {
        return null;
      }
      DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
      if (in.readInt() == MAGIC && in.readUTF().equals(digest(basis))) {
        return in;
      }
      in.close();
      return null;
    }

    private boolean isWhole(Path file) throws IOException {
      long n = Files.size(file) - DIGEST_BYTES;
      MessageDigest digest = sha256();
      try (InputStream in = Files.newInputStream(file)) {
        DigestInputStream hashed = new DigestInputStream(in, digest);
        byte[] buffer = new byte[1 << 16];
        for (long left = n; left > 0; ) {
          int read = hashed.read(buffer, 0, (int) Math.min(buffer.length, left));
          if (read < 0) {
            return false;
          }
          left -= read;
        }
        return n > 0 && Arrays.equals(in.readAllBytes(), digest.digest());
      }
    }

    @Override
    public boolean isDue() {
      long least = pace.every().isZero() ? 0 : Math.max(pace.every().toNanos(), SHARE * took);
      return pace.nanos().getAsLong() - kept >= least;
    }

    @Override
    public void keep(int step, boolean isEnd, Content content) {
      if (!isEnd && !isDue()) {
        return;
      }
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw new QatException("cannot make the folder " + folder + ": " + e, e);
      }
      long begin = pace.nanos().getAsLong();
      String file =
          String.format(Locale.ROOT, "%s%09d%s%s", name, step, isEnd ? "-end" : "", ENDING);
      AtomicFile.write(folder.resolve(file), out -> write(out, content));
      List<Path> all = new ArrayList<>(files(name));
      all.subList(0, Math.min(all.size(), isEnd ? 1 : KEPT)).clear();
      all.forEach(old -> old.toFile().delete());
      kept = pace.nanos().getAsLong();
      took = kept - begin;
    }

    private void write(OutputStream to, Content content) throws IOException {
      MessageDigest digest = sha256();
      DataOutputStream out = new DataOutputStream(new DigestOutputStream(to, digest));
      out.writeInt(MAGIC);
      out.writeUTF(digest(basis));
      byte[] seen = monitor.memento();
      out.writeInt(seen.length);
      out.write(seen);
      content.writeTo(out);
      out.flush();
      to.write(digest.digest());
    }
  }

  private static String digest(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}
