package org.qat4j.task.translation;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.qat4j.QatException;
import org.qat4j.data.DataFiles;
import org.qat4j.data.Lines;
import org.qat4j.data.MalformedRows;
import org.qat4j.data.Parts;
import org.qat4j.data.Source;

/**
 * Reads parallel text files: line n of one is the translation of line n of the other. The files of
 * a part have one name and the languages as endings, such as train.en and train.de; either may be
 * packed (train.en.gz). Pairs whose lines are both empty are left out; texts lose white space at
 * both ends.
 */
public final class ParallelReader {
  private ParallelReader() {}

  /**
   * All pairs. Those held out are chosen by the source text.
   *
   * @param source paths without the ending of the language
   * @param from ending of the files that are translated, for example "en"
   * @param to ending of their translations
   * @throws QatException as {@link Source#read}, and if the files have different numbers of lines
   */
  public static Parts<TextPair> read(Source source, String from, String to) {
    return source.read((file, key, malformed, rows) -> read(file, key, from, to, malformed, rows));
  }

  private static void read(
      Path base,
      String key,
      String from,
      String to,
      MalformedRows malformed,
      BiConsumer<String, TextPair> rows) {
    Path sourceFile = file(base, from);
    Path targetFile = file(base, to);
    List<String> sources = Lines.read(sourceFile, key);
    List<String> targets = Lines.read(targetFile, key);
    if (sources.size() != targets.size()) {
      throw new QatException(
          sourceFile
              + " has "
              + sources.size()
              + " lines and "
              + targetFile
              + " "
              + targets.size()
              + "; line by line they must be translations of each other");
    }
    for (int i = 0; i < sources.size(); i++) {
      String source = sources.get(i).strip();
      String target = targets.get(i).strip();
      if (source.isEmpty() && target.isEmpty()) {
        continue;
      }
      if (source.isEmpty() || target.isEmpty()) {
        malformed.add(
            source.isEmpty() ? sourceFile : targetFile,
            i + 1,
            "the line is empty, but its counterpart is not");
      } else if (source.indexOf(Lines.UNDECODABLE) >= 0) {
        malformed.add(sourceFile, i + 1, Lines.NOT_UTF8);
      } else if (target.indexOf(Lines.UNDECODABLE) >= 0) {
        malformed.add(targetFile, i + 1, Lines.NOT_UTF8);
      } else {
        rows.accept(source, new TextPair(source, target));
      }
    }
  }

  /** The file of a language, packed or not. */
  private static Path file(Path base, String language) {
    return DataFiles.orPacked(base.resolveSibling(base.getFileName() + "." + language));
  }
}
