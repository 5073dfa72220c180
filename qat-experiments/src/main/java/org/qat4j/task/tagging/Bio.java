package org.qat4j.task.tagging;

import java.util.ArrayList;
import java.util.List;
import org.qat4j.data.MalformedRow;

/** The rules of BIO tags. */
final class Bio {
  private static final String OUTSIDE = "O";

  private Bio() {}

  /** Checks that every span begins with a B. */
  static void check(List<String> tags) throws MalformedRow {
    String before = OUTSIDE;
    for (String tag : tags) {
      checkForm(tag);
      if (tag.startsWith("I-") && !goesOn(before, tag)) {
        throw new MalformedRow(
            "the tag "
                + tag
                + " follows "
                + before
                + ", but a span begins with B-"
                + tag.substring(2)
                + "; are the tags IOB1, where B is used between neighbours only?");
      }
      before = tag;
    }
  }

  /** From IOB1, where a span begins with I unless one of the same kind ends just before it. */
  static List<String> fromIob1(List<String> tags) throws MalformedRow {
    List<String> bio = new ArrayList<>();
    String before = OUTSIDE;
    for (String tag : tags) {
      checkForm(tag);
      boolean begins = tag.startsWith("I-") && !goesOn(before, tag);
      bio.add(begins ? "B-" + tag.substring(2) : tag);
      before = tag;
    }
    return bio;
  }

  private static boolean goesOn(String before, String tag) {
    return !before.equals(OUTSIDE) && before.substring(2).equals(tag.substring(2));
  }

  private static void checkForm(String tag) throws MalformedRow {
    boolean span = (tag.startsWith("B-") || tag.startsWith("I-")) && tag.length() > 2;
    if (!span && !tag.equals(OUTSIDE)) {
      throw new MalformedRow("the tag \"" + tag + "\" is none of O, B-KIND and I-KIND");
    }
  }
}
