package org.qat4j.task.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Lines;
import org.qat4j.data.SharedData;
import org.qat4j.experiment.DataSpec;
import org.qat4j.experiment.DataSpec.Malformed;
import org.qat4j.task.DatasetReader;

class TableReaderTest {
  @TempDir Path dir;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text);
  }

  private static DataSpec.Table spec(Path train, Path test, String delimiter, Malformed malformed) {
    return new DataSpec.Table(
        new DataSpec.Rows(
            train.toString(), null, test == null ? null : test.toString(), 0, 0.3, malformed),
        delimiter,
        false,
        0,
        1,
        null,
        "(.*)",
        1);
  }

  private Dataset read(String delimiter, String train) throws IOException {
    Path test = write("test.txt", "a" + delimiter + "x\n");
    return DatasetReader.read(spec(write("train.txt", train), test, delimiter, Malformed.STOP));
  }

  private static List<String> texts(List<Example> examples) {
    return examples.stream().map(Example::text).toList();
  }

  @Test
  void tabsKnowNoQuotes() throws IOException {
    Dataset data = read("\t", "b\t\"so\" he said\na\tC:\\dir\\\tmore\r\n\nb\t\"open\n");

    assertThat(data.labels()).containsExactly("a", "b");
    assertThat(data.train())
        .containsExactly(
            new Example("\"so\" he said", 1),
            new Example("C:\\dir\\", 0),
            new Example("\"open", 1));
  }

  @Test
  void commasFollowRfc4180() throws IOException {
    Dataset data =
        read(
            ",",
            "\"b\",\"one, two\"\n"
                + "a,\"he said \"\"so\"\"\",rest\n"
                + "b,\"two\r\nlines\"\n"
                + "a,a 5\" disk\n"
                + "a,C:\\dir\n"
                + "b,\"\"\"quoted\"\"\"\n");

    assertThat(texts(data.train()))
        .containsExactly(
            "one, two", "he said \"so\"", "two\nlines", "a 5\" disk", "C:\\dir", "\"quoted\"");
  }

  @Test
  void malformedRowsStopWithFileLineAndReason() throws IOException {
    String good = "a,x\nb,y\n";
    assertStops(good + "a\n", "line 3: 1 column where 2 or more are needed");
    assertStops(good + "a,  \n", "line 3: the text is empty");
    assertStops(good + ",z\n", "line 3: the label is empty");
    assertStops(good + "a,\"z\n" + good, "line 3: a field begins with a quote mark, and no other");
    assertStops(good + "a,\"z\"z\n", "line 3: there is text behind the quote mark");
    assertStops(good + "a,\uFFFF\n", "line 3: there are bytes that are not UTF-8");
  }

  private void assertStops(String train, String message) {
    assertThatThrownBy(() -> read(",", train))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("train.txt, " + message)
        .hasMessageContaining("malformed: skip");
  }

  @Test
  void skippedRowsAreCountedAndCostNoOtherRow() throws IOException {
    Path train = write("train.txt", "a,x\na,\"stray\nb,y\nb\na,\"z\"z\na,w\n");
    Path test = write("test.txt", "a,x\nb\n");
    Dataset data = DatasetReader.read(spec(train, test, ",", Malformed.SKIP));

    assertThat(texts(data.train())).containsExactly("x", "y", "w");
    assertThat(data.skipped().rows()).isEqualTo(4);
    assertThat(data.skipped().first().get(1)).startsWith(train + ", line 4: 1 column");
    assertThat(data.skipped().first().get(3)).startsWith(test + ", line 2: ");
  }

  @Test
  void bytesThatAreNotUtf8AreMalformed() throws IOException {
    Path train = dir.resolve("latin.txt");
    Files.write(train, "a\tf\u00fcr\nb\ty\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> DatasetReader.read(spec(train, null, "\t", Malformed.STOP)))
        .hasMessageContaining("line 1: there are bytes that are not UTF-8");
  }

  @Test
  void packedFilesAndByteOrderMarksMakeNoDifference() throws IOException {
    String rows = "a\tx\nb\ty\n";
    Path packed = dir.resolve("packed.tsv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(("\uFEFF" + rows).getBytes(StandardCharsets.UTF_8));
    }
    Path test = write("test.txt", "a\tx\n");
    Dataset plain = DatasetReader.read(spec(write("plain.tsv", rows), test, "\t", Malformed.STOP));

    assertThat(DatasetReader.read(spec(packed, test, "\t", Malformed.STOP))).isEqualTo(plain);
    assertThat(plain.leaked()).isEqualTo(1);
    assertThatThrownBy(
            () -> DatasetReader.read(spec(dir.resolve("packed.tsv"), test, "\t", Malformed.STOP)))
        .hasMessageContaining("data.train: there is no")
        .hasMessageContaining("packed.tsv.gz, which can be read as it is");
  }

  @Test
  void labelPatternAndColumns() throws IOException {
    Path train = write("train.tsv", "text\tlabel\nwho?\tHUM:ind\nwhere?\tLOC:other\n");
    DataSpec.Table spec =
        new DataSpec.Table(
            new DataSpec.Rows(train.toString(), null, train.toString(), 0, 0, Malformed.STOP),
            "\t",
            true,
            1,
            0,
            null,
            "([A-Z]+):.*",
            1);
    Dataset data = DatasetReader.read(spec);

    assertThat(data.labels()).containsExactly("HUM", "LOC");
    assertThat(data.train()).containsExactly(new Example("who?", 0), new Example("where?", 1));
  }

  @Test
  void heldOutRowsDependOnTheirTextAlone() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      rows.append(i % 2 == 0 ? "a" : "b").append("\ttext ").append(i).append('\n');
    }
    Dataset all =
        DatasetReader.read(spec(write("all.tsv", rows.toString()), null, "\t", Malformed.STOP));
    String half = rows.substring(0, rows.indexOf("a\ttext 150"));
    Dataset some = DatasetReader.read(spec(write("half.tsv", half), null, "\t", Malformed.STOP));

    assertThat(all.test().size()).isBetween(65, 115);
    assertThat(all.test()).containsAll(some.test());
    assertThat(all.train()).containsAll(some.train());
  }

  /** Every row is in the test set of one fold, and in no other part of that fold. */
  @Test
  void foldsTestEveryRowOnce() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      rows.append(i % 2 == 0 ? "a" : "b").append("\ttext ").append(i).append('\n');
    }
    String train = write("all.tsv", rows.toString()).toString();
    List<Dataset> folds =
        DatasetReader.folds(
            new DataSpec.Table(
                new DataSpec.Rows(train, null, null, 0.2, 0, Malformed.STOP),
                "\t",
                false,
                0,
                1,
                null,
                "(.*)",
                4));

    assertThat(folds).hasSize(4);
    List<Example> tested = new ArrayList<>();
    for (Dataset fold : folds) {
      assertThat(fold.train().size() + fold.validation().size() + fold.test().size())
          .isEqualTo(200);
      assertThat(fold.validation()).hasSizeBetween(20, 60);
      assertThat(fold.test()).hasSizeBetween(25, 80).doesNotContainAnyElementsOf(fold.train());
      tested.addAll(fold.test());
    }
    assertThat(tested).hasSize(200).doesNotHaveDuplicates();
  }

  @Test
  void labelsOfTheTestAloneAreRefused() throws IOException {
    Path train = write("train.tsv", "a\tx\nb\ty\n");
    Path test = write("test.tsv", "a\tx\nc\tz\n");
    assertThatThrownBy(() -> DatasetReader.read(spec(train, test, "\t", Malformed.STOP)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("1 label occurs in the test but not in the training rows")
        .hasMessageContaining(": c.");
  }

  @Test
  void realFiles() {
    Dataset trec =
        DatasetReader.read(
            new DataSpec.Table(
                new DataSpec.Rows(
                    SharedData.file("trec/train.tsv").toString(),
                    null,
                    SharedData.file("trec/test.tsv").toString(),
                    0.1,
                    0,
                    Malformed.STOP),
                "\t",
                false,
                0,
                1,
                null,
                "([A-Z]+):.*",
                1));
    assertThat(trec.labels()).containsExactly("ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM");
    assertThat(trec.train().size() + trec.validation().size()).isEqualTo(5_452);
    assertThat(trec.test()).hasSize(500);

    Dataset mr =
        DatasetReader.read(spec(SharedData.file("mr/all.tsv"), null, "\t", Malformed.STOP));
    assertThat(mr.train().size() + mr.test().size()).isEqualTo(10_662);
    assertThat(mr.labels()).containsExactly("neg", "pos");
  }

  private void refused(String rows, String labelPattern, String reason) throws IOException {
    DataSpec.Table spec =
        new DataSpec.Table(
            new DataSpec.Rows(write("x.tsv", rows).toString(), null, null, 0, 0.3, Malformed.STOP),
            "\t",
            false,
            0,
            1,
            null,
            labelPattern,
            1);
    assertThatThrownBy(() -> DatasetReader.read(spec))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("x.tsv")
        .hasMessageContaining(reason);
  }

  @Test
  void patternsThatNeverEndAndLongLabelsAreRefused() throws IOException {
    String good = "b\tx\n";

    refused(good + "a".repeat(900) + "b\tx\n", "a*a*a*a*a*c|b", "line 2: the labelPattern");
    refused(good + "a".repeat(100_000) + "\tx\n", "(a|b)*", "line 2: the label has 100000");
  }

  @Test
  void readsTheReplacementCharacter() throws IOException {
    assertThat(texts(read(",", "a,x \uFFFD\nb,y\n").train())).contains("x \uFFFD");
  }

  @Test
  void otherEncodingsAreRefused() throws IOException {
    for (var charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16)) {
      Path file = dir.resolve("utf16.tsv");
      Files.write(file, "a\tx\nb\ty\n".getBytes(charset));
      assertThatThrownBy(() -> Lines.read(file, "data.train"))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("utf16.tsv, line 1: there is a NUL character");
    }
  }

  @Test
  void longLinesAreRefused() throws IOException {
    Path file = write("long.tsv", "a\tb\n" + "x".repeat(5 << 20));

    assertThatThrownBy(() -> Lines.read(file, "data.train"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("long.tsv cannot be read: line 2 has more than");
  }

  @Test
  void twoColumnsAreAPairOfTexts() throws IOException {
    String rows = write("x.tsv", "who?\tyes\tAnn \nwhere?\tno\tAnn\nwhen?\tno\t\n").toString();
    DataSpec spec =
        new DataSpec.Table(
            new DataSpec.Rows(rows, null, rows, 0, 0, Malformed.SKIP),
            "\t",
            false,
            1,
            0,
            2,
            "(.*)",
            1);
    Dataset data = DatasetReader.read(spec);
    assertThat(data.train())
        .containsExactly(new Example("who?\tAnn", 1), new Example("where?\tAnn", 0));
    assertThat(data.skipped().rows()).isEqualTo(2);
    assertThatThrownBy(
            () ->
                new DataSpec.Table(
                    new DataSpec.Rows(rows, null, rows, 0, 0, Malformed.SKIP),
                    "\t",
                    false,
                    1,
                    0,
                    1,
                    "(.*)",
                    1))
        .hasMessageContaining("secondColumn");
  }
}
