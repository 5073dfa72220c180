package org.qat4j.task.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.QatException;
import org.qat4j.data.DataFinding;
import org.qat4j.data.DataFindings;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.experiment.DataSpec;
import org.qat4j.experiment.DataSpec.Malformed;

class NumberReaderTest {
  @TempDir private Path folder;

  private Dataset read(String rows, Malformed malformed) throws IOException {
    String file = Files.writeString(folder.resolve("rows.tsv"), rows).toString();
    return NumberReader.read(
        new DataSpec.Numbers(
            new DataSpec.Rows(file, file, file, 0, 0, malformed), "\t", false, 0, null, 1));
  }

  @Test
  void readsNumbersAsTheyAreWritten() throws IOException {
    Dataset data = read("a\t1\nb\t-.5\nc\t+2.\nd\t1e-3\n", Malformed.STOP);
    assertThat(data.train()).extracting(Example::number).containsExactly(1.0, -0.5, 2.0, 0.001);
    assertThat(data.labels()).isEmpty();
    assertThat(data.sha256())
        .isNotEqualTo(read("a\t1\nb\t-.5\nc\t+2.\nd\t1e-2\n", Malformed.STOP).sha256());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "NaN", "Infinity", "0x1p3", "1d", "1,5", "1e", "1e99", "."})
  void refusesWhatIsNoNumber(String number) throws IOException {
    String rows = "a\t1\nb\t" + number + "\nc\t3\n";
    assertThatThrownBy(() -> read(rows, Malformed.STOP))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("rows.tsv, line 2")
        .hasMessageContaining("is no number such as 3.5");
    assertThat(read(rows, Malformed.SKIP).train()).hasSize(2);
  }

  @Test
  void refusesOneNumberForAll() {
    assertThatThrownBy(() -> read("a\t2\nb\t2.0\n", Malformed.STOP))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("every training row has the number 2.0");
  }

  @Test
  void saysWhereNumbersAreFarFromTheUnit() throws IOException {
    Dataset data = read("house one\t100000\nhouse two\t300000\n", Malformed.STOP);
    DataSpec spec =
        new DataSpec.Numbers(
            new DataSpec.Rows("x", null, null, 0, 0, Malformed.STOP), "\t", false, 0, null, 1);
    List<DataFinding> found = DataFindings.of(spec, data, 1);
    assertThat(found)
        .anySatisfy(f -> assertThat(f.message()).contains("Divide the numbers by 1e+05"));
    Dataset near = read("house one\t1\nhouse two\t3\n", Malformed.STOP);
    assertThat(DataFindings.of(spec, near, 1))
        .noneSatisfy(f -> assertThat(f.message()).contains("deviation"));
  }
}
