package org.qat4j.task.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.data.SharedData;
import org.qat4j.data.Source;
import org.qat4j.experiment.DataSpec.Malformed;
import org.qat4j.experiment.DataSpec.Scheme;
import org.qat4j.task.tagging.TaggedReader.Columns;

class TaggedReaderTest {
  private static final String TEST = "Rome B-LOC\n";

  @TempDir Path dir;

  private Source source(String train, String test, Malformed malformed) throws IOException {
    return new Source(
        Files.writeString(dir.resolve("train"), train),
        null,
        Files.writeString(dir.resolve("test"), test),
        0,
        0,
        malformed);
  }

  private static TaggedSentence sentence(String tokens, String tags) {
    return new TaggedSentence(
        List.of(tokens.split(" ")), TaggedSentence.NO_PREDICATE, List.of(tags.split(" ")));
  }

  @Test
  void readsColumnsBetweenSpaces() throws IOException {
    TaggedData data =
        TaggedReader.columns(
            source(
                """
                -DOCSTART- -X- O

                Ann NNP B-PER
                in IN O
                New NNP B-LOC
                York NNP I-LOC


                # SYM O
                """,
                "Rome NNP B-GPE\n",
                Malformed.STOP),
            Columns.FIRST_AND_LAST);

    assertThat(data.sentences().train())
        .containsExactly(sentence("Ann in New York", "B-PER O B-LOC I-LOC"), sentence("#", "O"));
    assertThat(data.tags()).containsExactly("B-LOC", "B-PER", "I-LOC", "O");
    assertThat(data.unseen()).containsExactly("B-GPE");
  }

  @Test
  void readsColumnsBetweenTabsWithComments() throws IOException {
    TaggedData data =
        TaggedReader.columns(
            source(
                "# text = Ann Lee\n1\tAnn Lee\tB-PER\tx\r\n2\t#\tO\tx\r\n",
                "1\tRome\tB-PER\tx\n",
                Malformed.STOP),
            new Columns(1, 2, Scheme.BIO));
    assertThat(data.sentences().train())
        .containsExactly(
            new TaggedSentence(
                List.of("Ann Lee", "#"), TaggedSentence.NO_PREDICATE, List.of("B-PER", "O")));
  }

  @Test
  void iob1BecomesBio() throws IOException {
    TaggedData data =
        TaggedReader.columns(
            source("a I-X\nb I-X\nc B-X\nd I-Y\ne O\nf I-Y\n", "a I-X\n", Malformed.STOP),
            new Columns(0, 1, Scheme.IOB1));
    assertThat(data.sentences().train().get(0).tags())
        .containsExactly("B-X", "I-X", "B-X", "B-Y", "O", "B-Y");
  }

  @Test
  void malformedSentencesStopOrAreCounted() throws IOException {
    assertStops("a O\n\nb O\nc I-X\n", "train, line 3: the tag I-X follows O");
    assertStops("a B-Y\nb I-X\n", "train, line 1: the tag I-X follows B-Y");
    assertStops("a X\n", "train, line 1: the tag \"X\" is none of O, B-KIND and I-KIND");
    assertStops("a O\nb\tO\tO\n", "train, line 1: the tag \"a O\" is none of O");
    assertStops("a O\nb \uFFFF\n", "train, line 1: there are bytes that are not UTF-8");

    TaggedData data =
        TaggedReader.columns(
            source("a O\n\nb I-X\n\nc O\n", TEST, Malformed.SKIP), Columns.FIRST_AND_LAST);
    assertThat(data.sentences().train()).containsExactly(sentence("a", "O"), sentence("c", "O"));
    assertThat(data.sentences().skipped().rows()).isEqualTo(1);
  }

  private void assertStops(String train, String message) throws IOException {
    Source source = source(train, TEST, Malformed.STOP);
    assertThatThrownBy(() -> TaggedReader.columns(source, Columns.FIRST_AND_LAST))
        .isInstanceOf(QatException.class)
        .hasMessageContaining(message);
  }

  @Test
  void absentColumnIsSaid() throws IOException {
    Source source = source("a O\nb\n", TEST, Malformed.STOP);
    assertThatThrownBy(() -> TaggedReader.columns(source, new Columns(0, 1, Scheme.BIO)))
        .hasMessageContaining("line 1: word 2 of the sentence has no column 1; it has 1");
  }

  @Test
  void readsPredicates() throws IOException {
    String rows = "s1\t1\tsee.01\tI saw it\tB-ARG0 B-V B-ARG1\n";
    TaggedData data = TaggedReader.predicates(source(rows, rows, Malformed.STOP));
    assertThat(data.sentences().train())
        .containsExactly(
            new TaggedSentence(List.of("I", "saw", "it"), 1, List.of("B-ARG0", "B-V", "B-ARG1")));

    for (List<String> bad :
        List.of(
            List.of("s\t3\tx\ta b c\tO O O\n", "the predicate \"3\" is no index"),
            List.of("s\t0\tx\ta b\tO O O\n", "2 words with 3 tags"),
            List.of("s\t0\tx\ta  b\tO O O\n", "a word or a tag is empty"),
            List.of("s\t0\tx\ta\n", "4 columns where 5 or more are needed"))) {
      Source source = source(rows + bad.get(0), rows, Malformed.STOP);
      assertThatThrownBy(() -> TaggedReader.predicates(source))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("train, line 2: " + bad.get(1));
    }
  }

  @Test
  void realPredicates() {
    TaggedData data =
        TaggedReader.predicates(
            Source.of(
                SharedData.file("ewt-srl/train.tsv.gz"),
                SharedData.file("ewt-srl/dev.tsv.gz"),
                SharedData.file("ewt-srl/test.tsv.gz")));
    assertThat(data.sentences().train()).hasSize(40_424);
    assertThat(data.sentences().validation()).hasSize(4_953);
    assertThat(data.sentences().test()).hasSize(4_792);
    assertThat(data.tags()).hasSize(108);
    assertThat(data.unseen()).containsExactly("B-R-ARGM-ADJ", "I-ARGM-MOD", "I-R-ARGM-ADJ");
  }
}
