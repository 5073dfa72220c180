package org.qat4j.task.ranking;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.DelimitedRows;
import org.qat4j.data.Example;
import org.qat4j.data.Lines;
import org.qat4j.data.MalformedRow;
import org.qat4j.data.MalformedRows;
import org.qat4j.data.Parts;
import org.qat4j.data.Question;
import org.qat4j.data.Source;
import org.qat4j.experiment.DataSpec;

/**
 * Reads questions with candidate sentences from delimited files, one candidate a row; the rules of
 * delimiters and quotes are those of tables of labelled texts. The label is 1 or 0, true or false,
 * yes or no. Candidates of one question are held out together.
 */
public final class CandidateReader {
  private static final Map<String, Boolean> LABELS =
      Map.of("1", true, "true", true, "yes", true, "0", false, "false", false, "no", false);

  /** Names of the classes of a sentence; the last one is the right one. */
  static final List<String> RANKED = List.of("no", "yes");

  private CandidateReader() {}

  /**
   * Form of the files; columns are counted from 0.
   *
   * @param delimiter one character; a tab means that quotes are not special
   * @param header whether the first row names the columns
   * @param question column of the question
   * @param sentence column of the candidate
   * @param label column of the label
   */
  public record Form(String delimiter, boolean header, int question, int sentence, int label) {
    /** Question, sentence and label between tabs. */
    public static final Form TABS = new Form("\t", false, 0, 1, 2);
  }

  /** The data of an experiment. */
  public static Dataset read(DataSpec.Candidates spec) {
    Source source = Source.of(spec.rows());
    Form form =
        new Form(
            spec.delimiter(),
            spec.header(),
            spec.questionColumn(),
            spec.sentenceColumn(),
            spec.labelColumn());
    Parts<AnswerCandidate> rows = read(source, form);
    return new Dataset(
        Question.RANKING,
        examples(rows.train()),
        examples(rows.validation()),
        examples(rows.test()),
        RANKED,
        rows.skipped());
  }

  /** Candidates of one question stand together: a new question begins a new group. */
  private static List<Example> examples(List<AnswerCandidate> rows) {
    List<Example> examples = new ArrayList<>();
    int group = -1;
    int place = 0;
    String question = null;
    for (AnswerCandidate row : rows) {
      if (!row.question().equals(question)) {
        group++;
        place = 0;
        question = row.question();
      }
      examples.add(ranked(question, row.sentence(), ++place, row.right(), group));
    }
    return examples;
  }

  /**
   * A question, a sentence and its place among the candidates, from 1, as one text of three fields.
   */
  static Example ranked(String question, String sentence, int place, boolean right, int group) {
    String text = question.replace('\t', ' ') + "\t" + sentence.replace('\t', ' ') + "\t" + place;
    return new Example(text, right ? 1 : 0, List.of(), group);
  }

  /**
   * All candidates.
   *
   * @throws QatException as {@link Source#read}
   */
  public static Parts<AnswerCandidate> read(Source source, Form form) {
    return source.read((file, key, malformed, rows) -> read(file, key, form, malformed, rows));
  }

  private static void read(
      Path file,
      String key,
      Form form,
      MalformedRows malformed,
      BiConsumer<String, AnswerCandidate> rows) {
    int columns = Math.max(form.question(), Math.max(form.sentence(), form.label())) + 1;
    DelimitedRows.read(
        Lines.read(file, key),
        form.delimiter(),
        form.header(),
        columns,
        malformed.of(file),
        fields -> {
          AnswerCandidate row = row(fields, form);
          rows.accept(row.question(), row);
        });
  }

  private static AnswerCandidate row(List<String> fields, Form form) throws MalformedRow {
    String question = fields.get(form.question());
    String sentence = fields.get(form.sentence());
    String label = fields.get(form.label());
    Boolean right = LABELS.get(label.toLowerCase(Locale.ROOT));
    if (question.isEmpty() || sentence.isEmpty()) {
      throw new MalformedRow("the question or the sentence is empty");
    }
    if (right == null) {
      throw new MalformedRow(
          "the label \"" + label + "\" is none of 1 and 0, true and false, yes and no");
    }
    return new AnswerCandidate(question, sentence, right);
  }
}
