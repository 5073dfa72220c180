package org.qat4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class StoryEncodersTest {
  private static final WordEncoder WORDS =
      new WordEncoder(List.of("ann", "bob", "went", "where", "is"), 3, true, false, false);

  @Test
  void sentencesEndBehindTheirMarks() {
    StoryText t = StoryText.of(" Ann paid 3.50 at 3 p.m! Bob (who?) sat.\nNo mark\tWhere is Bob?");
    assertThat(t.sentences())
        .containsExactly("Ann paid 3.50 at 3 p.m!", "Bob (who?) sat.", "No mark");
    assertThat(t.question()).isEqualTo("Where is Bob?");
    assertThat(StoryText.of("\tWhy?").sentences()).isEmpty();
    assertThatThrownBy(() -> StoryText.of("Why?"))
        .isInstanceOf(QatException.class)
        .hasMessage("expected a story, a tab and a question; there is no tab");
  }

  @Test
  void theQuestionIsFirstAndThenTheLastSentence() {
    StoryEncoder encoder = new StoryEncoder(WORDS, 2);
    String text = "Bob slept. Bob went out there. Ann went.\tWhere is Bob?";
    assertThat(encoder.encode(text)).containsExactly(5, 6, 3, 2, 4, 0, 3, 4, 1);
    assertThat(encoder.vocabularySize()).isEqualTo(7);
    assertThat(new StoryEncoder.StoryPlaces(2).encode(text)).containsExactly(1, 2, 3);
  }

  @Test
  void absentSentencesArePadding() {
    assertThat(new StoryEncoder(WORDS, 2).encode("Ann went.\tWhere?"))
        .containsExactly(5, 0, 0, 2, 4, 0, 0, 0, 0);
    assertThat(new StoryEncoder.StoryPlaces(2).encode("Ann went.\tWhere?"))
        .containsExactly(1, 2, 0);
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new StoryEncoder(WORDS, 0)).hasMessageContaining("sentences");
    assertThatThrownBy(() -> new StoryEncoder(WORDS, 1 << 23)).hasMessageContaining("words");
    assertThatThrownBy(() -> new StoryEncoder.StoryPlaces(0)).hasMessageContaining("sentences");
  }
}
