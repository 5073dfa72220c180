package org.qat4j.report.folder;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.qat4j.QatException;
import org.qat4j.evaluation.Stage;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.report.CurvePoint;
import org.qat4j.report.ModelCard;
import org.qat4j.report.ReportJson;
import org.qat4j.report.RunReport;
import org.qat4j.report.SweepReport;
import org.qat4j.report.html.ReportHtml;

/**
 * The folder of one run. Every file in it is whole, whenever the program stops; {@value #STATE}
 * says whether the run came to its end.
 */
public final class RunFolder implements AutoCloseable {
  /** Marks a run folder and holds its state. */
  public static final String STATE = "run.json";

  private static final String LOG = "log.txt";
  private static final String METRICS = "metrics.jsonl";

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  /** How far a run came. */
  public enum State {
    RUNNING,
    FINISHED,
    FAILED,
    INTERRUPTED,
    /** Is never written. */
    KILLED;

    /** As run.json has it. */
    public String key() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** A line of metrics.jsonl. */
  private record Metric(long seed, @JsonUnwrapped CurvePoint point) {}

  /** Files that runs write; what else lies in a folder is not ours to delete. */
  private static final Pattern OURS =
      Pattern.compile(
          "run\\.json|provenance\\.json|report\\.(json|html)|model-card\\.(md|json)|log\\.txt|metrics\\.jsonl"
              + "|trials\\.jsonl|seeds\\.txt|(experiment|tuned)\\.yaml|model\\.(qat|onnx)"
              + "|(float|qat)-network\\.zip|encoders\\.bin|rules\\.txt|.+\\.checkpoint|seed-.+");

  /** What a run has written that failed before it learned anything. */
  private static final Set<String> BEFORE_TRAINING =
      Set.of(STATE, "provenance.json", LOG, "experiment.yaml", "rules.txt");

  private final Path path;
  private final FolderLock lock;
  private final Instant started = Instant.now();
  private final Thread onInterrupt = new Thread(() -> end(State.INTERRUPTED), "run folder");
  private RunLog log;
  private State state = State.RUNNING;
  private boolean ended;
  private final boolean replaces;
  private final boolean resumed;

  private RunFolder(Path path, FolderLock lock, boolean replaces, boolean resumed) {
    this.resumed = resumed;
    this.path = path;
    this.lock = lock;
    this.replaces = replaces;
    Runtime.getRuntime().addShutdownHook(onInterrupt);
  }

  private RunFolder begun() {
    begin();
    return this;
  }

  /**
   * The run begins: an earlier one in the folder is deleted, the state says that it runs, and the
   * log is kept. Until then an earlier run stays as it was. A new folder begins when it is made,
   * any other at the latest when it is first written to.
   *
   * @throws QatException if something cannot be deleted or written
   */
  public synchronized void begin() {
    checkOpen();
    if (log != null) {
      return;
    }
    try {
      if (replaces) {
        clear();
      }
    } catch (IOException e) {
      throw new QatException("cannot delete the earlier run in " + path + ": " + e, e);
    }
    writeState(null);
    log = new RunLog(file(LOG));
  }

  /**
   * Makes {@code <parent>/<name>-<yyyyMMdd-HHmmss>}, with a number added where that exists.
   *
   * @throws QatException if it cannot be made
   */
  public static RunFolder create(Path parent, String name) {
    Instant now = Instant.now();
    String base = name + "-" + TIME.withZone(ZoneId.systemDefault()).format(now);
    try {
      Files.createDirectories(parent);
      Path path = parent.resolve(base);
      for (int i = 2; Files.exists(path, LinkOption.NOFOLLOW_LINKS); i++) {
        path = parent.resolve(base + "-" + i);
      }
      Files.createDirectory(path);
      return new RunFolder(path, FolderLock.take(path), false, false).begun();
    } catch (IOException e) {
      throw new QatException("cannot make a run folder in " + parent + ": " + e, e);
    }
  }

  /**
   * Makes the folder that the user named. An earlier run that is to be replaced stays until {@link
   * #begin}; one that failed before it learned anything is always replaced.
   *
   * @param overwrite whether an earlier run in it is deleted
   * @throws QatException if it exists and is not empty, and is not to be overwritten or holds
   *     something else than a run; is in use by another run; or if it cannot be made
   */
  public static RunFolder create(Path path, boolean overwrite) {
    try {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isEmpty(path) && !isRun(path)) {
        throw new QatException(
            path + " exists and is not a run folder, so it is left as it is; choose another --out");
      }
      Files.createDirectories(path);
      FolderLock lock = FolderLock.take(path);
      if (!isRun(path)) {
        return new RunFolder(path, lock, false, false).begun();
      }
      if (overwrite || isWorthNothing(path)) {
        return new RunFolder(path, lock, true, false);
      }
      lock.close();
      throw new QatException(
          path + " holds a run already; choose another --out, or add --overwrite to replace it");
    } catch (IOException e) {
      throw new QatException("cannot make the run folder " + path + ": " + e, e);
    }
  }

  /**
   * Goes on in the folder of a run that was stopped, or that ended.
   *
   * @throws QatException if there is no such folder
   */
  public static RunFolder resume(Path path) {
    if (!isRun(path)) {
      throw new QatException(path + " is not a run folder; there is nothing to go on with");
    }
    try {
      return new RunFolder(path, FolderLock.take(path), false, true).begun();
    } catch (IOException e) {
      throw new QatException("cannot go on in the run folder " + path + ": " + e, e);
    }
  }

  /**
   * How far the run in a folder came. One that says that it is running, but whose process lives no
   * more, was killed.
   *
   * @throws QatException if the folder holds no run, or its state cannot be read
   */
  public static State state(Path path) {
    if (!isRun(path)) {
      throw new QatException(path + " is not a run folder");
    }
    try {
      String written =
          new ObjectMapper().readTree(path.resolve(STATE).toFile()).path("state").asText();
      State state =
          Stream.of(State.values())
              .filter(s -> s.key().equals(written))
              .findFirst()
              .orElseThrow(() -> new IOException("its state is \"" + written + "\""));
      return state == State.RUNNING && !FolderLock.isOwned(path) ? State.KILLED : state;
    } catch (IOException e) {
      throw new QatException("cannot read " + path.resolve(STATE) + ": " + e.getMessage(), e);
    }
  }

  private static boolean isRun(Path path) {
    return Files.isRegularFile(path.resolve(STATE));
  }

  /**
   * Whether a run failed before it learned anything: data were missing, an experiment was wrong.
   */
  private static boolean isWorthNothing(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return state(path) == State.FAILED
          && files.allMatch(
              f -> BEFORE_TRAINING.contains(f.getFileName().toString()) || FolderLock.isPart(f));
    }
  }

  private static boolean isEmpty(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.allMatch(FolderLock::isPart);
    }
  }

  /** The marker goes last: a folder that is half deleted is a run folder still. */
  private void clear() throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(path)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    Path marker = path.resolve(STATE);
    for (Path file : deepestFirst) {
      boolean isFolder = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
      boolean deleted = isFolder ? isEmpty(file) && !file.equals(path) : isOurs(file);
      if (deleted && !file.equals(marker)) {
        Files.delete(file);
      }
    }
    Files.delete(marker);
  }

  private static boolean isOurs(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && (OURS.matcher(file.getFileName().toString()).matches() || AtomicFile.isUnfinished(file));
  }

  /** Whether a run that was stopped goes on. */
  public boolean isResumed() {
    return resumed;
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** A file of the folder, for writers of their own; they write it whole (AtomicFile). */
  public Path file(String name) {
    return path.resolve(name);
  }

  /**
   * Writes text in UTF-8.
   *
   * @throws QatException if it cannot be written, or the run has ended
   */
  public synchronized void write(String name, String text) {
    begin();
    AtomicFile.write(file(name), text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes records, maps and lists as JSON. */
  public void writeJson(String name, Object value) {
    write(name, ReportJson.pretty(value));
  }

  /** Adds a line to metrics.jsonl. */
  public synchronized void metric(long seed, CurvePoint point) {
    begin();
    try {
      String line = ReportJson.compact(new Metric(seed, point)) + "\n";
      Files.writeString(file(METRICS), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new QatException("cannot write " + file(METRICS) + ": " + e, e);
    }
  }

  /**
   * Takes out of metrics.jsonl what a run that was stopped has told of steps that come again, and a
   * line that it had not finished. Of a new run there is none.
   *
   * @param step steps done; lines of later ones of that seed and stage go
   */
  public synchronized void forgetMetrics(long seed, Stage stage, long step) {
    Path file = file(METRICS);
    if (!resumed || !Files.exists(file)) {
      return;
    }
    try {
      String kept =
          Files.readAllLines(file).stream()
              .filter(line -> isBefore(line, seed, stage, step))
              .map(line -> line + "\n")
              .collect(Collectors.joining());
      AtomicFile.write(file, kept.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new QatException("cannot read " + file + ": " + e, e);
    }
  }

  private static boolean isBefore(String line, long seed, Stage stage, long step) {
    try {
      JsonNode metric = new ObjectMapper().readTree(line);
      return metric.path("seed").asLong() != seed
          || !metric.path("stage").asText().equals(stage.key())
          || metric.path("step").asLong() <= step;
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /**
   * The content of all files but those that tell how the run goes.
   *
   * @return by names relative to the folder, with slashes
   */
  public SortedMap<String, byte[]> content() {
    SortedMap<String, byte[]> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = path.relativize(file).toString().replace(File.separatorChar, '/');
        if (!name.equals(STATE) && !name.equals(LOG) && !FolderLock.isPart(file)) {
          content.put(name, Files.readAllBytes(file));
        }
      }
      return content;
    } catch (IOException | UncheckedIOException e) {
      throw new QatException("cannot read " + path + ": " + e, e);
    }
  }

  /**
   * Takes the content of the folder of a part that was done elsewhere: lines of metrics.jsonl
   * behind those that are there, all other files in the place of what had their names. Files of
   * JSON come last, since that of a part says that it is done.
   */
  public synchronized void take(SortedMap<String, byte[]> content) {
    begin();
    for (boolean json : new boolean[] {false, true}) {
      content.forEach(
          (name, bytes) -> {
            if (name.endsWith(".json") == json) {
              take(name, bytes);
            }
          });
    }
  }

  private void take(String name, byte[] bytes) {
    Path file = file(name);
    try {
      Files.createDirectories(file.getParent());
      if (name.equals(METRICS)) {
        Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } else {
        AtomicFile.write(file, bytes);
      }
    } catch (IOException e) {
      throw new QatException("cannot write " + file + ": " + e, e);
    }
  }

  /** Writes the report, report.json and report.html, and the model card. */
  public void report(RunReport report) {
    write(ModelCard.MARKDOWN, ModelCard.markdown(report));
    write(ModelCard.JSON, ModelCard.json(report));
    write("report.json", ReportJson.of(report));
    write("report.html", ReportHtml.of(report));
  }

  /** Writes the report of a sweep: report.json and report.html. */
  public void report(SweepReport report) {
    write("report.json", ReportJson.of(report));
    write("report.html", ReportHtml.of(report));
  }

  /** Says that the run came to its end. Closing the folder without that says that it failed. */
  public synchronized void finish() {
    state = State.FINISHED;
  }

  @Override
  public void close() {
    end(state == State.FINISHED ? State.FINISHED : State.FAILED);
    try {
      Runtime.getRuntime().removeShutdownHook(onInterrupt);
    } catch (IllegalStateException shuttingDown) {
      return; // the hook has nothing left to do
    }
  }

  private synchronized void end(State how) {
    if (ended) {
      return;
    }
    state = how;
    try {
      if (log != null) {
        writeState(Instant.now());
        deleteUnfinished();
        log.close();
      }
    } finally {
      ended = true;
      lock.close();
    }
  }

  /** When the program is stopped, its other threads work on for a moment. */
  private void checkOpen() {
    if (ended) {
      throw new QatException("the run in " + path + " is " + state.key());
    }
  }

  /** What writers were at when they were stopped. */
  private void deleteUnfinished() {
    try (Stream<Path> files = Files.walk(path)) {
      files.filter(AtomicFile::isUnfinished).forEach(file -> file.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      LogManager.getLogger(RunFolder.class).warn("unfinished files may be left in {}", path, e);
    }
  }

  private void writeState(Instant end) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("format", "qat4j run");
    content.put("state", state.key());
    content.put("started", started.toString());
    content.put("owner", FolderLock.owner());
    if (end != null) {
      content.put("ended", end.toString());
    }
    AtomicFile.write(file(STATE), ReportJson.pretty(content).getBytes(StandardCharsets.UTF_8));
  }
}
