package org.qat4j.task.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Question;
import org.qat4j.experiment.DataSpec;
import org.qat4j.task.DatasetReader;

class ThingsDataTest {
  private static final String SHA256 =
      "a75ab45374225a992145efd8ace4b1fe0f7242aa3e4c8014ad0fd5c5320bf2fe";

  private static Map<String, String> kinds(String... lines) throws IOException {
    return ThingsData.kinds(new BufferedReader(new StringReader(String.join("\n", lines))));
  }

  private static String line(String file, String gloss) {
    return "00017402 " + file + " n 01 noun 0 001 @ 00001740 n 0000 | " + gloss + "  ";
  }

  @Test
  void theRowsAreThoseOfWordNet() {
    Dataset data = DatasetReader.read(new DataSpec.Things());

    assertThat(data.sha256()).isEqualTo(SHA256);
    assertThat(data.question()).isEqualTo(Question.CLASS);
    assertThat(data.labels())
        .hasSize(25)
        .contains("animal", "food", "person", "location", "feeling", "time");
    assertThat(data.leaked()).isZero();
    List<Example> all = new ArrayList<>();
    List.of(data.train(), data.validation(), data.test()).forEach(all::addAll);
    Set<String> texts = new HashSet<>();
    all.forEach(e -> texts.add(e.text()));
    assertThat(all).hasSize(81_510).hasSameSizeAs(texts);
    assertThat((double) data.test().size() / all.size()).isBetween(0.095, 0.105);
    assertThat((double) data.validation().size() / all.size()).isBetween(0.045, 0.055);
    assertThat(all)
        .contains(
            new Example(
                "large dangerous warm-water shark with striped or spotted body",
                data.labels().indexOf("animal")));
  }

  @Test
  void examplesBehindADefinitionAreLeftOut() throws IOException {
    assertThat(
            kinds(
                "  1 the licence | of WordNet",
                line("18", "a human being; \"there was too much for one person to do\""),
                line("04", "the act of taking a place: \"he came in for Jones\"; \"too late\""),
                line("10", "a demand especially in the phrase \"the call of duty\""),
                line("21", "a promise of reward as in \"carrot and stick\"; \"used the carrot\""),
                line("07", "one quality; another one")))
        .containsExactly(
            Map.entry("a demand especially in the phrase \"the call of duty\"", "communication"),
            Map.entry("a human being", "person"),
            Map.entry("a promise of reward as in \"carrot and stick\"", "possession"),
            Map.entry("one quality; another one", "attribute"),
            Map.entry("the act of taking a place", "act"));
  }

  @Test
  void topmostNounsAndDefinitionsOfTwoKindsAreLeftOut() throws IOException {
    assertThat(
            kinds(
                line("03", "that which is perceived"),
                line("05", "a bird"),
                line("13", "a fowl"),
                line("05", "a fowl"),
                line("13", "a fowl"),
                line("05", "a bird")))
        .containsExactly(Map.entry("a bird", "animal"));
  }

  @Test
  void aLineThatIsNoneOfWordNetsIsNamed() {
    assertThatThrownBy(() -> kinds(line("05", "a bird"), line("29", "to fly")))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("line 2: \"29\" is no lexicographer's file of nouns");
    assertThatThrownBy(() -> kinds("00017402 05 n 01 noun 0 000"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("line 1: it has no definition");
    assertThatThrownBy(() -> kinds("damaged"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("line 1: \"\" is no lexicographer's file");
  }
}
