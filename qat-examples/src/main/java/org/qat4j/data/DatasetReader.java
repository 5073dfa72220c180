package org.qat4j.data;

import org.qat4j.QatException;
import org.qat4j.experiment.DataSpec;

/**
 * Reads the data of an experiment. The same files give the same rows in the same order on every
 * machine.
 */
public final class DatasetReader {
  private DatasetReader() {}

  /**
   * The labelled texts that an experiment names.
   *
   * @throws QatException if a file is absent (the message says what to run or to set), cannot be
   *     read, or has a malformed row (file, line and reason) and the experiment says to stop there;
   *     if a part is empty, or a label occurs outside the training rows only
   */
  public static Dataset read(DataSpec spec) {
    if (spec instanceof DataSpec.Langid) {
      return LangidData.read();
    } else if (spec instanceof DataSpec.Newsgroups newsgroups) {
      return NewsgroupsReader.read(newsgroups);
    } else if (spec instanceof DataSpec.Table table) {
      return TableReader.read(table);
    } else if (spec instanceof DataSpec.Folders folders) {
      return FolderReader.read(folders);
    }
    throw new IllegalStateException("no reader for " + spec);
  }
}
