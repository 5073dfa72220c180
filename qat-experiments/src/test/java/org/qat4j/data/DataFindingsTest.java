package org.qat4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.experiment.DataSpec;
import org.qat4j.experiment.DataSpec.Malformed;
import org.qat4j.task.DatasetReader;
import org.qat4j.text.WordEncoder;

class DataFindingsTest {
  @TempDir private Path folder;

  private DataSpec.Table spec(String train, String test) throws IOException {
    Path trainFile = Files.writeString(folder.resolve("train.tsv"), train);
    Path validation =
        Files.writeString(folder.resolve("validation.tsv"), train.split("\t", 2)[0] + "\t9, 10\n");
    Path testFile = Files.writeString(folder.resolve("test.tsv"), test);
    return new DataSpec.Table(
        new DataSpec.Rows(
            trainFile.toString(),
            validation.toString(),
            testFile.toString(),
            0.1,
            0.1,
            Malformed.STOP),
        "\t",
        false,
        0,
        1,
        null,
        "(.*)",
        1);
  }

  private List<DataFinding> find(String train, String test) throws IOException {
    DataSpec.Table spec = spec(train, test);
    return DataFindings.of(spec, DatasetReader.read(spec), 1);
  }

  private static String rows(int n) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < n; i++) {
      rows.append(i % 2 == 0 ? "a" : "b").append("\ttext number ").append(i).append('\n');
    }
    return rows.toString();
  }

  private static final String TEST = "a\tother\nb\tothers\n";

  @Test
  void thereIsNothingToSayOfGoodRows() throws IOException {
    assertThat(find(rows(20), TEST)).isEmpty();
  }

  @Test
  void aHeaderIsNoRow() throws IOException {
    List<DataFinding> found = find("Label\tText\n" + rows(20), TEST);

    assertThat(found).hasSize(1);
    assertThat(found.get(0).message())
        .contains("\"Label\", \"Text\" names the columns")
        .contains("train.tsv, line 1");
    assertThat(found.get(0).yaml()).isEqualTo("data:\n  header: true");
    assertThat(find("label\tsomething else\n" + rows(20), TEST)).isEmpty();
  }

  @Test
  void columnsAreSwapped() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 240; i++) {
      rows.append("text ").append(i).append("\tclass").append(i % 3).append('\n');
    }
    List<DataFinding> found = find(rows.toString(), "text 1\tclassX\n");

    assertThat(found.get(0).message()).contains("240 labels for 3 different texts");
    assertThat(found.get(0).yaml()).isEqualTo("data:\n  labelColumn: 1\n  textColumn: 0");
  }

  @Test
  void labelsAreWrittenInSeveralWays() throws IOException {
    String train = rows(20) + "A\tnew\nb\u00a0c\tone\nb c\ttwo\n";
    List<DataFinding> found = find(train, TEST);

    assertThat(found).hasSize(1);
    assertThat(found.get(0).message())
        .contains("2 labels are written in several ways")
        .contains("\"A\" (" + folder.resolve("train.tsv") + ", line 21) and \"a\"")
        .contains("\"b\\u00a0c\"");
  }

  @Test
  void textsStandUnderSeveralLabels() throws IOException {
    List<DataFinding> found = find(rows(20) + "b\ttext number 4\n", TEST);

    assertThat(found).hasSize(1);
    assertThat(found.get(0).message())
        .contains("1 text stands under several labels")
        .contains("\"text number 4\" is a and b")
        .contains("line 5")
        .contains("line 21");
  }

  @Test
  void textsAreRepeated() throws IOException {
    List<DataFinding> found = find(rows(20) + rows(20), TEST);

    assertThat(found).hasSize(1);
    assertThat(found.get(0).message()).contains("20 texts are there more than once");
  }

  @Test
  void testTextsWereLearned() throws IOException {
    List<DataFinding> found = find(rows(20), "a\ttext number 4\nb\tother\n");

    assertThat(found).hasSize(1);
    assertThat(found.get(0).message())
        .contains("1 of 2 test texts are also training or validation texts")
        .contains("train.tsv, line 5");
  }

  @Test
  void textsHaveNoWord() throws IOException {
    assertThat(find(rows(20) + "a\t?!\n", TEST).get(0).message())
        .contains("1 training text has neither a letter nor a digit")
        .contains("line 21");
  }

  @Test
  void batchesAreLargerThanTheData() throws IOException {
    DataSpec.Table spec = spec(rows(20), TEST);
    List<DataFinding> found = DataFindings.of(spec, DatasetReader.read(spec), 64);

    assertThat(found.get(0).message()).contains("train.batch is 64").contains("20 training texts");
    assertThat(found.get(0).yaml()).isEqualTo("train:\n  batch: 2");
  }

  @Test
  void columnsBetweenTokenAndTagAreNotRead() throws IOException {
    Path file =
        Files.writeString(folder.resolve("x.conll"), "The DT B-NP\ndog NN I-NP\n\nA DT B-NP\n");
    DataSpec.Tagged spec =
        new DataSpec.Tagged(
            new DataSpec.Rows(
                file.toString(), file.toString(), file.toString(), 0.1, 0.1, Malformed.STOP),
            0,
            -1,
            DataSpec.Scheme.BIO);

    assertThat(DataFindings.of(spec, DatasetReader.read(spec), 1).toString())
        .contains("x.conll has 3 columns, of which two are read");
  }

  @Test
  void rowsAreMissing() throws IOException {
    Dataset read = DatasetReader.read(spec(rows(20), TEST));
    Dataset none = new Dataset(read.train(), List.of(), read.test(), read.labels());

    DataFindings.requireRows(read);
    assertThatThrownBy(() -> DataFindings.requireRows(none))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("no row for validation, of 22 in all")
        .hasMessageContaining("data.validationShare: 0.2");
  }

  @Test
  void testRowsAreFew() throws IOException {
    assertThat(DataFindings.few(DatasetReader.read(spec(rows(20), TEST))).get(0).message())
        .contains("there are 2 test rows", "one answer is 50 points", "data.testShare: 0.3");
    assertThat(DataFindings.few(DatasetReader.read(spec(rows(20), rows(10))))).isEmpty();
  }

  @Test
  void numbersAreNone() throws IOException {
    for (String bad : List.of("1,NaN", "1,Infinity", "1,2,3", "1", "1,x")) {
      DataSpec.Table spec = spec("a\t1,2\nb\t3,4\na\t" + bad + "\n", "a\t5,6\nb\t7,8\n");
      Dataset data = DatasetReader.read(spec);

      assertThatThrownBy(() -> DataFindings.requireNumbers(spec, data))
          .as(bad)
          .isInstanceOf(QatException.class)
          .hasMessageContaining("train.tsv, line")
          .hasMessageContaining("the first, which has 2");
    }
  }

  @Test
  void textsAreCut() {
    Dataset data =
        new Dataset(
            List.of(new Example("one two three", 0), new Example("one", 1)),
            List.of(new Example("one two", 0)),
            List.of(new Example("one two three four", 1)),
            List.of("a", "b"));
    WordEncoder encoder = new WordEncoder(List.of("one"), 3, true, false, false);

    List<DataFinding> found = DataFindings.cut(data, List.of(encoder));
    assertThat(found.get(0).message()).contains("2 of 4 texts fill the length of 3 ids");
    assertThat(found.get(0).yaml()).isEqualTo("model:\n  length: 6");
    assertThat(
            DataFindings.cut(data, List.of(new WordEncoder(List.of("one"), 5, true, false, false))))
        .isEmpty();
  }

  @Test
  void lengthsAreMadeForNoText() throws IOException {
    Dataset data = DatasetReader.read(spec(rows(20), TEST));

    DataFindings.requireLength(data, 1000);
    assertThatThrownBy(() -> DataFindings.requireLength(data, 100_000))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("the longest text has 14 characters");
  }

  @Test
  void filesAreMissing() throws IOException {
    DataSpec.Table spec = spec(rows(20), TEST);
    Files.delete(folder.resolve("train.tsv"));

    assertThat(DataFiles.missing(spec)).hasSize(1);
    assertThat(DataFiles.missing(spec).get(0)).startsWith("data.train: there is no");
  }
}
