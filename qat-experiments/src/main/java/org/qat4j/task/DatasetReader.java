package org.qat4j.task;

import java.util.List;
import java.util.stream.IntStream;
import org.qat4j.data.Dataset;
import org.qat4j.experiment.DataSpec;
import org.qat4j.task.classification.FolderReader;
import org.qat4j.task.classification.LangidData;
import org.qat4j.task.classification.NewsgroupsReader;
import org.qat4j.task.classification.TableReader;
import org.qat4j.task.classification.ThingsData;
import org.qat4j.task.ranking.CandidateReader;
import org.qat4j.task.ranking.StoryReader;
import org.qat4j.task.regression.NumberReader;
import org.qat4j.task.tagging.TaggedReader;
import org.qat4j.task.translation.TranslationData;
import org.qat4j.task.vectors.ScoredPairsReader;

/**
 * Reads the data of an experiment, each kind by the reader of its task. The same files give the
 * same rows in the same order on every machine.
 */
public final class DatasetReader implements DataSpec.Visitor<Dataset> {
  private DatasetReader() {}

  /**
   * The data sets of a cross-validation, each with another part of the rows for the test; one where
   * there is none.
   *
   * @throws org.qat4j.QatException as {@link #read}
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
   * @throws org.qat4j.QatException if a file is absent (the message says what to run or to set),
   *     cannot be read, or has a malformed row (file, line and reason) and the experiment says to
   *     stop there; if a part is empty, or a label occurs outside the training rows only
   */
  public static Dataset read(DataSpec spec) {
    return spec.accept(new DatasetReader());
  }

  @Override
  public Dataset visit(DataSpec.Langid spec) {
    return LangidData.read();
  }

  @Override
  public Dataset visit(DataSpec.Things spec) {
    return ThingsData.read();
  }

  @Override
  public Dataset visit(DataSpec.Newsgroups spec) {
    return NewsgroupsReader.read(spec);
  }

  @Override
  public Dataset visit(DataSpec.Table spec) {
    return TableReader.read(spec, 0);
  }

  @Override
  public Dataset visit(DataSpec.Folders spec) {
    return FolderReader.read(spec);
  }

  @Override
  public Dataset visit(DataSpec.Tagged spec) {
    return TaggedReader.read(spec);
  }

  @Override
  public Dataset visit(DataSpec.Predicates spec) {
    return TaggedReader.read(spec);
  }

  @Override
  public Dataset visit(DataSpec.Candidates spec) {
    return CandidateReader.read(spec);
  }

  @Override
  public Dataset visit(DataSpec.Stories spec) {
    return StoryReader.read(spec);
  }

  @Override
  public Dataset visit(DataSpec.Numbers spec) {
    return NumberReader.read(spec);
  }

  @Override
  public Dataset visit(DataSpec.ScoredPairs spec) {
    return ScoredPairsReader.read(spec);
  }

  @Override
  public Dataset visit(DataSpec.Parallel spec) {
    return TranslationData.read(spec);
  }

  @Override
  public Dataset visit(DataSpec.LocaleNames spec) {
    return TranslationData.read(spec);
  }
}
