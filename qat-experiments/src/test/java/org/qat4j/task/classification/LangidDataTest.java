package org.qat4j.task.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.experiment.DataSpec;
import org.qat4j.task.DatasetReader;

class LangidDataTest {
  /** Asserted on whatever JDK runs the tests; the build is run on 17 and on 25. */
  private static final String SHA256 =
      "251b497d4560588c4ad9c83aafa606c9252d269d228f8ee93086758614c49be5";

  @Test
  void theRowsAreTheSameOnEveryJdk() {
    Dataset data = DatasetReader.read(new DataSpec.Langid());

    assertThat(data.sha256()).isEqualTo(SHA256);
    assertThat(data.labels()).hasSize(99).contains("Japanese (ja)", "Fulah (ff)");
    assertThat(data.leaked()).isZero();
    Map<Integer, Integer> perLanguage = new HashMap<>();
    Set<String> texts = new HashSet<>();
    int rows = 0;
    for (List<Example> part : List.of(data.train(), data.validation(), data.test())) {
      for (Example e : part) {
        perLanguage.merge(e.label(), 1, Integer::sum);
        texts.add(e.text());
        rows++;
      }
    }
    assertThat(rows).isBetween(40_000, 50_000).isEqualTo(texts.size());
    assertThat(perLanguage.values()).hasSize(99).allMatch(n -> n >= 300);
    assertThat((double) data.test().size() / rows).isBetween(0.095, 0.105);
    assertThat((double) data.validation().size() / rows).isBetween(0.045, 0.055);
  }

  @Test
  void jdkWithoutAListedPhraseIsRefused() {
    TreeMap<String, Set<String>> phrases =
        new TreeMap<>(Map.of("el", Set.of("\u0395\u03bb\u03bb\u03ac\u03b4\u03b1")));
    TreeMap<String, String> names = new TreeMap<>(Map.of("el", "Greek"));
    Set<Long> rows = Set.of(LangidData.rowHash("el", "\u0395\u03bb\u03bb\u03ac\u03b4\u03b1"), 1L);

    assertThatThrownBy(() -> LangidData.select(phrases, rows, names))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("has 1 of the 2 phrases")
        .hasMessageContaining("jdk.localedata");
  }
}
