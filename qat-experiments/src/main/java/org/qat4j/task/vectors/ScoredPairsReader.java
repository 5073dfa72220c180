package org.qat4j.task.vectors;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.DelimitedRows;
import org.qat4j.data.Example;
import org.qat4j.data.Lines;
import org.qat4j.data.MalformedRow;
import org.qat4j.data.MalformedRows;
import org.qat4j.data.Question;
import org.qat4j.experiment.DataSpec;
import org.qat4j.task.classification.TableReader;
import org.qat4j.task.regression.NumberReader;

/**
 * Pairs of texts with a score in delimited files, which are read as {@link TableReader} does, and
 * texts alone, one a line. A text to learn from counts once, however often it is there.
 */
public final class ScoredPairsReader {
  private final DataSpec.ScoredPairs spec;
  private final MalformedRows malformed;

  private ScoredPairsReader(DataSpec.ScoredPairs spec) {
    this.spec = spec;
    this.malformed = new MalformedRows(spec.malformed());
  }

  /** A row. */
  private record Pair(String first, String second, double score) {}

  /**
   * @throws QatException if there is nothing to learn from, no pair of a part, or one score for all
   *     pairs of the test
   */
  public static Dataset read(DataSpec.ScoredPairs spec) {
    return new ScoredPairsReader(spec).read();
  }

  private Dataset read() {
    Set<String> texts = new LinkedHashSet<>();
    if (spec.train() != null) {
      for (Pair pair : pairs(Path.of(spec.train()), "data.train", false)) {
        texts.add(pair.first());
        texts.add(pair.second());
      }
    }
    if (spec.texts() != null) {
      lines(Path.of(spec.texts()), texts);
    }
    if (texts.isEmpty()) {
      throw new QatException("there is no text to learn from (data.train, data.texts)");
    }
    return new Dataset(
        Question.VECTOR,
        texts.stream().map(text -> Example.numbered(text, Double.NaN)).toList(),
        part(Path.of(spec.validation()), "data.validation"),
        part(Path.of(spec.test()), "data.test"),
        List.of(),
        malformed.skipped());
  }

  private void lines(Path file, Set<String> texts) {
    List<String> lines = Lines.read(file, "data.texts");
    for (int i = 0; i < lines.size(); i++) {
      String text = lines.get(i).strip();
      if (text.indexOf(Lines.UNDECODABLE) >= 0) {
        malformed.of(file).accept(Lines.NOT_UTF8, i + 1);
      } else if (!text.isEmpty()) {
        texts.add(text);
      }
    }
  }

  /** The texts of pairs, two by two. */
  private List<Example> part(Path file, String key) {
    List<Example> texts = new ArrayList<>();
    List<Pair> pairs = pairs(file, key, true);
    for (int i = 0; i < pairs.size(); i++) {
      texts.add(Example.paired(pairs.get(i).first(), i, pairs.get(i).score()));
      texts.add(Example.paired(pairs.get(i).second(), i, pairs.get(i).score()));
    }
    if (pairs.stream().map(Pair::score).distinct().count() < 2) {
      throw new QatException(
          file
              + ": there are no two pairs with different scores to judge vectors by ("
              + key
              + "). Is "
              + spec.scoreColumn()
              + " the column of the score (data.scoreColumn)?");
    }
    return texts;
  }

  private List<Pair> pairs(Path file, String key, boolean scored) {
    int columns = Math.max(spec.firstColumn(), spec.secondColumn());
    List<Pair> pairs = new ArrayList<>();
    DelimitedRows.read(
        Lines.read(file, key),
        spec.delimiter(),
        spec.header(),
        (scored ? Math.max(columns, spec.scoreColumn()) : columns) + 1,
        malformed.of(file),
        fields -> pairs.add(pair(fields, scored)));
    return pairs;
  }

  private Pair pair(List<String> fields, boolean scored) throws MalformedRow {
    String first = fields.get(spec.firstColumn());
    String second = fields.get(spec.secondColumn());
    if (first.isEmpty() || second.isEmpty()) {
      throw new MalformedRow("the text is empty");
    }
    if (!scored) {
      return new Pair(first, second, Double.NaN);
    }
    double score = NumberReader.number(fields.get(spec.scoreColumn()), "score", spec.scoreColumn());
    return new Pair(first, second, score);
  }
}
