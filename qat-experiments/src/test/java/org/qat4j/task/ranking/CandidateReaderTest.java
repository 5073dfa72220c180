package org.qat4j.task.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.data.Parts;
import org.qat4j.data.Source;
import org.qat4j.experiment.DataSpec.Malformed;
import org.qat4j.task.ranking.CandidateReader.Form;

class CandidateReaderTest {
  @TempDir Path dir;

  private Source source(String rows, double testShare) throws IOException {
    Path file = Files.writeString(dir.resolve("rows"), rows);
    return new Source(file, null, testShare > 0 ? null : file, 0, testShare, Malformed.STOP);
  }

  @Test
  void readsCandidates() throws IOException {
    assertThat(
            CandidateReader.read(source("who?\tAnn did\t1\nwho?\tno one\tFalse\n", 0), Form.TABS))
        .extracting(Parts::train)
        .isEqualTo(
            List.of(
                new AnswerCandidate("who?", "Ann did", true),
                new AnswerCandidate("who?", "no one", false)));
    assertThat(
            CandidateReader.read(
                    source("label,q,s\nyes,\"who, now?\",Ann\n", 0), new Form(",", true, 1, 2, 0))
                .train())
        .containsExactly(new AnswerCandidate("who, now?", "Ann", true));
  }

  @Test
  void candidatesOfAQuestionAreHeldOutTogether() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      rows.append("question ").append(i / 5).append("\tsentence ").append(i).append("\t0\n");
    }
    Parts<AnswerCandidate> parts = CandidateReader.read(source(rows.toString(), 0.4), Form.TABS);
    assertThat(parts.test()).isNotEmpty();
    assertThat(parts.test())
        .extracting(AnswerCandidate::question)
        .doesNotContainAnyElementsOf(
            parts.train().stream().map(AnswerCandidate::question).toList());
  }

  @Test
  void malformedRowsAreSaid() throws IOException {
    for (List<String> bad :
        List.of(
            List.of("q\ts\t2\n", "the label \"2\" is none of 1 and 0"),
            List.of("q\t\t1\n", "the question or the sentence is empty"),
            List.of("q\ts\n", "2 columns where 3 or more are needed"))) {
      Source source = source("q\ts\t1\n" + bad.get(0), 0);
      assertThatThrownBy(() -> CandidateReader.read(source, Form.TABS))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("rows, line 2: " + bad.get(1));
    }
  }
}
