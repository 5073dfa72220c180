package org.qat4j.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qat4j.QatException;
import org.qat4j.experiment.DataSpec;

/** The files that a data set is read from. */
public final class DataFiles {
  private DataFiles() {}

  /** For each file that is not there, which key names it and what to do. */
  public static List<String> missing(DataSpec spec) {
    List<String> missing = new ArrayList<>();
    if (spec instanceof DataSpec.Newsgroups s) {
      check(missing, "data.path", s.path());
    } else if (spec instanceof DataSpec.Table s) {
      check(missing, s.train(), s.validation(), s.test());
    } else if (spec instanceof DataSpec.Folders s) {
      check(missing, s.train(), null, s.test());
    } else if (spec instanceof DataSpec.Tagged s) {
      check(missing, s.train(), s.validation(), s.test());
    } else if (spec instanceof DataSpec.Predicates s) {
      check(missing, s.train(), s.validation(), s.test());
    } else if (spec instanceof DataSpec.Numbers s) {
      check(missing, s.train(), s.validation(), s.test());
    } else if (spec instanceof DataSpec.Candidates s) {
      check(missing, s.train(), s.validation(), s.test());
    } else if (spec instanceof DataSpec.Stories s) {
      check(missing, s.train(), s.validation(), s.test());
    } else if (spec instanceof DataSpec.Parallel s) {
      for (String language : List.of(s.from(), s.to())) {
        check(
            missing,
            file(s.train(), language),
            file(s.validation(), language),
            file(s.test(), language));
      }
    }
    return missing;
  }

  private static String file(String base, String language) {
    return base == null ? null : ParallelReader.file(Path.of(base), language).toString();
  }

  private static void check(List<String> missing, String train, String validation, String test) {
    check(missing, "data.train", train);
    check(missing, "data.validation", validation);
    check(missing, "data.test", test);
  }

  private static void check(List<String> missing, String key, String file) {
    if (file != null) {
      try {
        Lines.checkPresent(Path.of(file), key);
      } catch (QatException e) {
        missing.add(e.getMessage());
      }
    }
  }
}
