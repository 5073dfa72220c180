package org.qat4j.task.tagging;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.DelimitedRows;
import org.qat4j.data.Lines;
import org.qat4j.data.MalformedRow;
import org.qat4j.data.MalformedRows;
import org.qat4j.data.Source;
import org.qat4j.experiment.DataSpec;
import org.qat4j.experiment.DataSpec.Scheme;

/** Reads sentences whose words are tagged. Rows held out are chosen by sentence. */
public final class TaggedReader {
  private static final String DOCUMENT = "-DOCSTART-";
  private static final int PREDICATE_FIELDS = 5;

  private TaggedReader() {}

  /** The data of an experiment. */
  public static Dataset read(DataSpec.Tagged spec) {
    Columns columns = new Columns(spec.tokenColumn(), spec.tagColumn(), spec.scheme());
    return columns(Source.of(spec.rows()), columns).dataset();
  }

  /** The data of an experiment. */
  public static Dataset read(DataSpec.Predicates spec) {
    return predicates(Source.of(spec.rows())).dataset();
  }

  /**
   * Where the columns of a file are; columns are counted from 0, and from −1 backwards from the
   * last.
   *
   * @param token column of the word
   * @param tag column of its tag
   * @param scheme of the tags
   */
  public record Columns(int token, int tag, Scheme scheme) {
    /** The word first, its tag last, BIO. */
    public static final Columns FIRST_AND_LAST = new Columns(0, -1, Scheme.BIO);
  }

  /**
   * CoNLL-style column files: one word a line, an empty line behind every sentence. Where the file
   * has a tab, tabs separate columns and lines without one that begin with # are comments; else
   * white space does. Lines that begin with -DOCSTART- are left out.
   *
   * @throws QatException as {@link Source#read}
   */
  public static TaggedData columns(Source source, Columns columns) {
    return TaggedData.of(
        source.read(
            (file, key, malformed, rows) -> readColumns(file, key, columns, malformed, rows)));
  }

  private static void readColumns(
      Path file,
      String key,
      Columns columns,
      MalformedRows malformed,
      BiConsumer<String, TaggedSentence> rows) {
    List<String> lines = Lines.read(file, key);
    boolean tabs = lines.stream().anyMatch(line -> line.indexOf('\t') >= 0);
    List<String[]> sentence = new ArrayList<>();
    int first = 0;
    for (int i = 0; i <= lines.size(); i++) {
      String line = i < lines.size() ? lines.get(i) : "";
      if (line.isBlank()) {
        if (!sentence.isEmpty()) {
          try {
            accept(sentence(sentence, columns), rows);
          } catch (MalformedRow e) {
            malformed.add(file, first, e.getMessage());
          }
        }
        sentence.clear();
      } else if (!line.startsWith(DOCUMENT) && !isComment(line, tabs)) {
        if (sentence.isEmpty()) {
          first = i + 1;
        }
        sentence.add(tabs ? line.split("\t", -1) : line.strip().split("\\s+", -1));
      }
    }
  }

  private static boolean isComment(String line, boolean tabs) {
    return tabs && line.startsWith("#") && line.indexOf('\t') < 0;
  }

  private static TaggedSentence sentence(List<String[]> words, Columns columns)
      throws MalformedRow {
    List<String> tokens = new ArrayList<>();
    List<String> tags = new ArrayList<>();
    for (String[] word : words) {
      tokens.add(column(word, columns.token(), tokens.size()));
      tags.add(column(word, columns.tag(), tags.size()));
    }
    List<String> bio = columns.scheme() == Scheme.IOB1 ? Bio.fromIob1(tags) : tags;
    Bio.check(bio);
    return new TaggedSentence(tokens, TaggedSentence.NO_PREDICATE, bio);
  }

  private static String column(String[] fields, int column, int word) throws MalformedRow {
    int i = column < 0 ? fields.length + column : column;
    if (i < 0 || i >= fields.length) {
      throw new MalformedRow(
          "word "
              + (word + 1)
              + " of the sentence has no column "
              + column
              + "; it has "
              + fields.length);
    }
    return checked(fields[i].strip());
  }

  /**
   * One predicate a line, five fields between tabs: sentence id, index of the predicate from 0, its
   * sense, words and BIO tags with single spaces between.
   *
   * @throws QatException as {@link Source#read}
   */
  public static TaggedData predicates(Source source) {
    return TaggedData.of(
        source.read(
            (file, key, malformed, rows) ->
                DelimitedRows.read(
                    Lines.read(file, key),
                    "\t",
                    false,
                    PREDICATE_FIELDS,
                    malformed.of(file),
                    fields -> accept(predicate(fields), rows))));
  }

  private static TaggedSentence predicate(List<String> fields) throws MalformedRow {
    List<String> tokens = List.of(fields.get(3).split(" ", -1));
    List<String> tags = List.of(fields.get(4).split(" ", -1));
    if (tokens.size() != tags.size()) {
      throw new MalformedRow(tokens.size() + " words with " + tags.size() + " tags");
    }
    for (String token : tokens) {
      checked(token);
    }
    Bio.check(tags);
    String index = fields.get(1);
    if (!index.matches("\\d{1,6}") || Integer.parseInt(index) >= tokens.size()) {
      throw new MalformedRow(
          "the predicate \"" + index + "\" is no index of one of the " + tokens.size() + " words");
    }
    return new TaggedSentence(tokens, Integer.parseInt(index), tags);
  }

  private static String checked(String token) throws MalformedRow {
    if (token.isEmpty()) {
      throw new MalformedRow("a word or a tag is empty");
    }
    if (token.indexOf(Lines.UNDECODABLE) >= 0) {
      throw new MalformedRow(Lines.NOT_UTF8);
    }
    return token;
  }

  private static void accept(TaggedSentence row, BiConsumer<String, TaggedSentence> rows) {
    rows.accept(String.join(" ", row.tokens()), row);
  }
}
