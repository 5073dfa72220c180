package org.qat4j.task.classification;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Holdout;
import org.qat4j.data.LabelledText;
import org.qat4j.data.LimitedStream;
import org.qat4j.data.Lines;
import org.qat4j.data.Parts;
import org.qat4j.data.Skipped;
import org.qat4j.experiment.DataSpec;

/**
 * The 20 newsgroups, split by date: from the archive, which is streamed and not unpacked, or from
 * its unpacked folder. Both hold {@code 20news-bydate-train/GROUP/POST} and {@code
 * 20news-bydate-test/GROUP/POST} in latin-1. The rows are sorted by group and name of the post,
 * whatever the order of the archive or of the file system.
 */
public final class NewsgroupsReader {
  /**
   * The header of a post: fields and their continuation lines (RFC 822, 3.2; a continuation may
   * come first, since the data set's makers took fields out of the headers) up to the first empty
   * line.
   */
  private static final Pattern HEADER_LINE =
      Pattern.compile("(?:[!-9;-~]+:|[ \\t])[^\\n]*+(?:\\n|$)");

  /** Zeros behind the last entry: two blocks, of which some programs write one. */
  private static final int END_OF_TAR = 512;

  private static final Pattern EMPTY_LINE = Pattern.compile("\\r?\\n");

  private NewsgroupsReader() {}

  public static Dataset read(DataSpec.Newsgroups spec) {
    Path path = Path.of(spec.path());
    if (!Files.exists(path)) {
      throw new QatException(
          "data.path: there is no "
              + path
              + " (looked for "
              + path.toAbsolutePath().normalize()
              + "); ./qat data fetch 20newsgroups downloads the archive, or name the place of"
              + " 20news-bydate.tar.gz or of its unpacked folder with --set data.path=PATH");
    }
    Map<Post, String> posts = new TreeMap<>();
    try {
      if (Files.isDirectory(path)) {
        readFolder(path, posts);
      } else {
        readArchive(path, posts);
      }
    } catch (IOException | UncheckedIOException e) {
      throw Lines.unreadable(path, e);
    }
    return split(posts, spec);
  }

  private static void readArchive(Path archive, Map<Post, String> posts) throws IOException {
    try (LimitedStream in = Lines.open(archive, Long.MAX_VALUE);
        TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        Post post = e.isFile() ? Post.of(path(e.getName())) : null;
        if (post != null) {
          add(posts, post, tar);
        }
      }
      if (in.zeros() < END_OF_TAR) {
        throw new EOFException(
            "the archive is cut behind "
                + posts.size()
                + " posts: the blocks of zeros that end it"
                + " are missing");
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("an entry of the archive is malformed: " + e.getMessage(), e);
    }
  }

  private static Path path(String name) throws IOException {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new IOException("the name of an entry is no path: " + e.getReason(), e);
    }
  }

  private static void readFolder(Path folder, Map<Post, String> posts) throws IOException {
    try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        Post post = Post.of(folder.relativize(file));
        if (post != null) {
          try (InputStream in = Files.newInputStream(file)) {
            add(posts, post, in);
          }
        }
      }
    }
  }

  private static void add(Map<Post, String> posts, Post post, InputStream in) throws IOException {
    String text = new String(Lines.text(in), StandardCharsets.ISO_8859_1);
    if (posts.put(post, text) != null) {
      throw new QatException(
          "the post " + post.group() + "/" + post.name() + " is there twice in the same part");
    }
  }

  private static Dataset split(Map<Post, String> posts, DataSpec.Newsgroups spec) {
    Holdout<LabelledText> train = new Holdout<>(0, spec.validationShare());
    List<LabelledText> test = new ArrayList<>();
    posts.forEach(
        (post, text) -> {
          LabelledText row =
              new LabelledText(post.group(), spec.keepHeaders() ? text : withoutHeader(text));
          if (post.test()) {
            test.add(row);
          } else {
            // By name, not by text: the same posts are held out with headers and without.
            train.add(post.group() + "/" + post.name(), row);
          }
        });
    if (train.train().isEmpty() || test.isEmpty()) {
      throw new QatException(
          spec.path()
              + " has no posts to train on or none for the test; expected are the folders"
              + " 20news-bydate-train and 20news-bydate-test, in each one folder per group, in"
              + " each one file per post");
    }
    return LabelledText.dataset(
        spec.path(), new Parts<>(train.train(), train.validation(), test, Skipped.NONE));
  }

  /** The post behind its header; all of it where it does not begin with one. */
  static String withoutHeader(String post) {
    var line = HEADER_LINE.matcher(post);
    boolean field = false;
    int at = 0;
    while (at < post.length() && line.region(at, post.length()).lookingAt()) {
      field |= !Character.isWhitespace(post.charAt(at));
      at = line.end();
    }
    var end = EMPTY_LINE.matcher(post).region(at, post.length());
    boolean ended = at == post.length() || end.lookingAt();
    if (!field || !ended) {
      return post;
    }
    return at == post.length() ? "" : post.substring(end.end());
  }

  /** Where a post stands. */
  private record Post(boolean test, String group, String name) implements Comparable<Post> {

    /** From the last three parts of a path, or null if it is not that of a post. */
    static Post of(Path path) {
      int n = path.getNameCount();
      if (n < 3 || path.getFileName().toString().startsWith(".")) {
        return null;
      }
      String part = path.getName(n - 3).toString();
      boolean test = part.endsWith("-test");
      if (!test && !part.endsWith("-train")) {
        return null;
      }
      return new Post(test, path.getName(n - 2).toString(), path.getFileName().toString());
    }

    @Override
    public int compareTo(Post other) {
      int byPart = Boolean.compare(test, other.test);
      int byGroup = byPart != 0 ? byPart : group.compareTo(other.group);
      return byGroup != 0 ? byGroup : name.compareTo(other.name);
    }
  }
}
