package org.qat4j.task.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Question;
import org.qat4j.experiment.DataSpec;
import org.qat4j.experiment.DataSpec.Malformed;

class ScoredPairsReaderTest {
  private static final String PAIRS = "a b,a c,5.0\n\"d, e\",f,.5\n";

  @TempDir private Path folder;

  private String write(String name, String content) throws IOException {
    return content == null ? null : Files.writeString(folder.resolve(name), content).toString();
  }

  private Dataset read(String train, String texts, String pairs, Malformed malformed)
      throws IOException {
    String test = write("pairs.csv", pairs);
    return ScoredPairsReader.read(
        new DataSpec.ScoredPairs(
            write("train.csv", train),
            write("texts.txt", texts),
            test,
            test,
            ",",
            false,
            0,
            1,
            2,
            malformed));
  }

  @Test
  void textsAreLearnedOnceAndPairsStandTogether() throws IOException {
    Dataset data = read("x,y\ny,z,not a score\n", "z\n\n  w \n", PAIRS, Malformed.STOP);
    assertThat(data.question()).isEqualTo(Question.VECTOR);
    assertThat(data.train()).extracting(Example::text).containsExactly("x", "y", "z", "w");
    assertThat(data.test()).extracting(Example::text).containsExactly("a b", "a c", "d, e", "f");
    assertThat(data.test()).extracting(Example::number).containsExactly(5.0, 5.0, 0.5, 0.5);
    assertThat(data.test()).extracting(Example::group).containsExactly(0, 0, 1, 1);
    assertThat(data.validation()).isEqualTo(data.test());
    assertThat(data.sha256())
        .isNotEqualTo(
            read("x,y\ny,z\n", "z\nw\n", PAIRS.replace(".5", ".6"), Malformed.STOP).sha256());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,b,c | is no number such as 3.5; is 2 the column of the score (data.scoreColumn)?",
        "a,b,NaN | is no number",
        "a,,1 | the text is empty",
        "a,b | 2 columns where 3 or more are needed",
      })
  void refusesWhatIsNoPair(String row, String reason) throws IOException {
    assertThatThrownBy(() -> read(null, "x\n", PAIRS + row + "\n", Malformed.STOP))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("pairs.csv, line 3")
        .hasMessageContaining(reason);
    Dataset data = read(null, "x\n", PAIRS + row + "\n", Malformed.SKIP);
    assertThat(data.test()).hasSize(4);
    assertThat(data.skipped().rows()).as("in both parts").isEqualTo(2);
  }

  @Test
  void refusesWhatNothingCanBeJudgedBy() {
    assertThatThrownBy(() -> read(null, "x\n", "a,b,1\nc,d,1.0\n", Malformed.STOP))
        .hasMessageContaining("no two pairs with different scores")
        .hasMessageContaining("data.scoreColumn");
    assertThatThrownBy(() -> read(null, "\n \n", PAIRS, Malformed.STOP))
        .hasMessageContaining("no text to learn from");
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Files.write(folder.resolve("texts.txt"), new byte[] {'x', '\n', (byte) 0xff, '\n'});
    String test = write("pairs.csv", PAIRS);
    String texts = folder.resolve("texts.txt").toString();
    assertThatThrownBy(
            () ->
                ScoredPairsReader.read(
                    new DataSpec.ScoredPairs(
                        null, texts, test, test, ",", false, 0, 1, 2, Malformed.STOP)))
        .hasMessageContaining("texts.txt, line 2")
        .hasMessageContaining("not UTF-8");
  }
}
