package org.qat4j.data;

import java.util.List;
import java.util.stream.IntStream;
import org.qat4j.QatException;
import org.qat4j.experiment.DataSpec;

/**
 * Reads the data of an experiment. The same files give the same rows in the same order on every
 * machine.
 */
public final class DatasetReader {
  private DatasetReader() {}

  /**
   * The data sets of a cross-validation, each with another part of the rows for the test; one where
   * there is none.
   *
   * @throws QatException as {@link #read}
   */
  public static List<Dataset> folds(DataSpec spec) {
    if (spec instanceof DataSpec.Table table && table.folds() > 1) {
      return IntStream.range(0, table.folds())
          .mapToObj(fold -> TableReader.read(table, fold))
          .toList();
    }
    return List.of(read(spec));
  }

  /**
   * The texts that an experiment names.
   *
   * @throws QatException if a file is absent (the message says what to run or to set), cannot be
   *     read, or has a malformed row (file, line and reason) and the experiment says to stop there;
   *     if a part is empty, or a label occurs outside the training rows only
   */
  public static Dataset read(DataSpec spec) {
    if (spec instanceof DataSpec.Langid) {
      return LangidData.read();
    } else if (spec instanceof DataSpec.Things) {
      return ThingsData.read();
    } else if (spec instanceof DataSpec.Newsgroups newsgroups) {
      return NewsgroupsReader.read(newsgroups);
    } else if (spec instanceof DataSpec.Table table) {
      return TableReader.read(table, 0);
    } else if (spec instanceof DataSpec.Folders folders) {
      return FolderReader.read(folders);
    } else if (spec instanceof DataSpec.Tagged tagged) {
      return TaggedReader.read(tagged);
    } else if (spec instanceof DataSpec.Predicates predicates) {
      return TaggedReader.read(predicates);
    } else if (spec instanceof DataSpec.Candidates candidates) {
      return CandidateReader.read(candidates);
    } else if (spec instanceof DataSpec.Stories stories) {
      return StoryReader.read(stories);
    } else if (spec instanceof DataSpec.Parallel parallel) {
      return TranslationData.read(parallel);
    } else if (spec instanceof DataSpec.Numbers numbers) {
      return NumberReader.read(numbers);
    } else if (spec instanceof DataSpec.LocaleNames names) {
      return TranslationData.read(names);
    }
    throw new IllegalStateException("no reader for " + spec);
  }
}
