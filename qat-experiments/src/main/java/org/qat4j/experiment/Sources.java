package org.qat4j.experiment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.experiment.Yaml.Entry;
import org.qat4j.experiment.Yaml.Kind;
import org.qat4j.experiment.Yaml.Mapping;
import org.qat4j.experiment.Yaml.Scalar;
import org.qat4j.experiment.Yaml.Sequence;

/**
 * Lays everything that an experiment is made of one over the other: the files that it extends, the
 * file, the settings of the command line.
 */
final class Sources {
  static final String EXTENDS = "extends";

  /** Bytes and files of an experiment; each counts as often as it is extended. */
  private static final long MAX_BYTES = 1 << 20;

  private static final int MAX_FILES = 100;

  private static final List<String> ENDINGS = List.of(".yaml", ".yml");

  private final UnaryOperator<String> environment;
  private final List<Problem> problems;
  private final List<Path> open = new ArrayList<>();
  private boolean complete = true;
  private int files;
  private long bytes;

  Sources(UnaryOperator<String> environment, List<Problem> problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /** Whether every file could be read, so that a key that is not there was not given. */
  boolean complete() {
    return complete;
  }

  /** A file over those that it extends. */
  Mapping file(Path file) {
    return file(file, Position.of(file.toString()));
  }

  /**
   * A setting of the command line as a mapping to lay over the file's.
   *
   * @param setting {@code key.path=value}
   */
  Mapping setting(String setting) {
    int equals = setting.indexOf('=');
    String path = equals < 0 ? setting : setting.substring(0, equals).strip();
    Position at = Position.of("--set " + path);
    List<String> keys = List.of(path.split("\\.", -1));
    if (equals < 0 || keys.stream().anyMatch(String::isBlank)) {
      report(at, "expected key.path=value, for example --set train.epochs=3");
      return Mapping.empty(at);
    }
    Yaml value = new YamlParser(at.source(), false, problems).parse(setting.substring(equals + 1));
    if (value == null) {
      return Mapping.empty(at);
    }
    for (int i = keys.size() - 1; i >= 0; i--) {
      value = new Mapping(Map.of(keys.get(i), new Entry(at, value)), at);
    }
    return (Mapping) value;
  }

  /**
   * @param asked who wants the file
   */
  private Mapping file(Path file, Position asked) {
    Position start = new Position(file.toString(), 1, 1, "");
    if (++files > MAX_FILES) {
      if (complete) { // once, whatever else they extend
        report(
            asked,
            "more than " + MAX_FILES + " files are read through " + EXTENDS + "; extend fewer");
      }
      complete = false;
      return Mapping.empty(start);
    }
    try {
      Path real = existing(file);
      if (open.contains(real)) {
        throw new QatException("the file extends itself: " + cycle(real));
      }
      String text = text(file);
      open.add(real);
      Yaml yaml = new YamlParser(file.toString(), true, problems).parse(text);
      complete &= yaml instanceof Mapping;
      Mapping own = yaml instanceof Mapping mapping ? mapping : Mapping.empty(start);
      if (yaml != null && !(yaml instanceof Mapping)) {
        // What a text says stays in it: it may be any file, such as one of passwords.
        boolean told = !(yaml instanceof Scalar scalar) || scalar.kind() == Kind.NOTHING;
        String what = told ? yaml.describe() : "text";
        report(start, "the file is " + what + "; expected keys with values");
      }
      Mapping merged = bases(own, file).overlaidBy(own.without(EXTENDS));
      open.remove(open.size() - 1);
      return merged;
    } catch (QatException | IOException e) {
      report(asked, e instanceof IOException ? file + " cannot be read: " + e : e.getMessage());
      complete = false;
      return Mapping.empty(start);
    }
  }

  /** The files that a file extends, one over the other. */
  private Mapping bases(Mapping own, Path file) {
    Mapping merged = Mapping.empty(own.at());
    Yaml names = own.get(EXTENDS);
    List<Yaml> all =
        names == null ? List.of() : names instanceof Sequence list ? list.items() : List.of(names);
    for (Yaml name : all) {
      if (name instanceof Scalar scalar && scalar.kind() == Kind.TEXT) {
        merged = merged.overlaidBy(base(scalar, file));
      } else {
        report(
            name.at(),
            EXTENDS + " is " + name.describe() + "; expected a file, relative to this one");
        complete = false;
      }
    }
    return merged;
  }

  private Mapping base(Scalar name, Path file) {
    try {
      String path = PathVariables.expand(name.text(), environment);
      return file(file.resolveSibling(path).normalize(), name.at());
    } catch (QatException e) {
      report(name.at(), EXTENDS + " " + e.getMessage());
    } catch (InvalidPathException e) {
      report(name.at(), EXTENDS + " is no path: " + e.getMessage());
    }
    complete = false;
    return Mapping.empty(name.at());
  }

  private static Path existing(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new QatException(file + " is a folder; expected an experiment file");
    }
    if (!Files.exists(file)) {
      throw new QatException(
          "there is no file " + file + Nearest.question(file.toString(), neighbours(file)));
    }
    if (!Files.isRegularFile(file)) {
      throw new QatException(
          file + " is no regular file, but a pipe or a device; expected an experiment file");
    }
    if (ENDINGS.stream().noneMatch(file.toString()::endsWith)) {
      throw new QatException(
          file + " is no experiment file by its name, which ends in .yaml or .yml");
    }
    return file.toRealPath();
  }

  private static List<String> neighbours(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(f -> file.resolveSibling(f.getFileName()).toString())
          .filter(f -> f.endsWith(".yaml"))
          .sorted()
          .toList();
    }
  }

  private String text(Path file) throws IOException {
    bytes += Files.size(file);
    if (bytes > MAX_BYTES) {
      throw new QatException(
          file
              + (files > 1 ? " and the files read before it have" : " has")
              + " more than 1 MiB; expected an experiment");
    }
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file));
    CharBuffer text = CharBuffer.allocate(content.remaining());
    CoderResult end = StandardCharsets.UTF_8.newDecoder().decode(content, text, true);
    text.flip();
    if (end.isError()) {
      long line = 1 + text.chars().filter(c -> c == '\n').count();
      throw new QatException(file + " is not UTF-8 in line " + line + "; save it in this encoding");
    }
    return text.toString();
  }

  private String cycle(Path again) {
    return Stream.concat(open.stream().skip(open.indexOf(again)), Stream.of(again))
        .map(p -> String.valueOf(p.getFileName()))
        .collect(Collectors.joining(" → "));
  }

  private void report(Position at, String message) {
    problems.add(new Problem(at, message));
  }
}
