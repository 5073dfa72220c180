package org.qat4j.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qat4j.QatException;
import org.qat4j.tune.search.Outcome;
import org.qat4j.tune.search.Point;
import org.qat4j.tune.search.Score;
import org.qat4j.tune.search.Trial;

class JournalTest {
  @TempDir private Path folder;

  private Path journal() {
    Path file = folder.resolve("trials.jsonl");
    Score score = new Score(0.5, 1.25, 1, 100, 4, Double.NaN);
    Journal.open(file, "s")
        .add(
            new Outcome(
                new Trial(0, new Point(new TreeMap<>(Map.of("bits", 4))), 10), score, null, 1.5));
    return file;
  }

  @Test
  void readsWhatItWrote() {
    Outcome read = Journal.open(journal(), "s").outcomes().get(0);

    assertThat(read.score()).isEqualTo(new Score(0.5, 1.25, 1, 100, 4, Double.NaN));
  }

  @ParameterizedTest
  @CsvSource({
    "1.25, '\"low\"', loss is \"low\"",
    "1.25, -1, loss is -1",
    "1.25, '\"-Infinity\"', loss is",
    "1.25, null, loss is null",
    "0.5, 1.5, accuracy is 1.5",
    "0.5, '[]', accuracy is []",
    "'\"agreement\"', '\"x\"', agreement is missing",
    "'\"trial\":0', '\"trial\":-2', trial is -2",
    "'\"score\"', '\"scare\"', it has neither a score nor an error"
  })
  void refusesWhatATrialCannotHave(String part, String by, String problem) throws IOException {
    Path file = journal();
    Files.writeString(file, Files.readString(file).replace(part, by));

    assertThatThrownBy(() -> Journal.open(file, "s"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("trials.jsonl:2: not the line of a trial: " + problem);
  }

  @Test
  void aNetworkThatHasLostItsNumbersHasNoScore() {
    assertThatThrownBy(() -> new Score(0.5, Double.NaN, 1, 100, 4, Double.NaN))
        .hasMessageContaining("loss NaN");
  }
}
