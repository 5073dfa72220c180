package org.qat4j.task.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;
import org.qat4j.data.Parts;
import org.qat4j.data.SharedData;
import org.qat4j.data.Source;
import org.qat4j.experiment.DataSpec.Malformed;

class StoryReaderTest {
  private static final String STORY =
      "1 Ann went out.\n2 Where is Ann? \tgarden\t1\n3 Bob sat down.\n4 Who sat?\tBob,Ann\t3 1\n";

  @TempDir Path dir;

  private Source source(String train, double testShare, Malformed malformed) throws IOException {
    Path file = Files.writeString(dir.resolve("train"), train);
    return new Source(file, null, testShare > 0 ? null : file, 0, testShare, malformed);
  }

  @Test
  void questionsKnowWhatWasToldBeforeThem() throws IOException {
    Parts<StoryQuestion> parts = StoryReader.read(source(STORY + "1 New.\n", 0, Malformed.STOP));
    assertThat(parts.train())
        .containsExactly(
            new StoryQuestion(List.of("Ann went out."), "Where is Ann?", "garden", List.of(0)),
            new StoryQuestion(
                List.of("Ann went out.", "Bob sat down."), "Who sat?", "Bob,Ann", List.of(1, 0)));
  }

  @Test
  void questionsOfOneStoryAreHeldOutTogether() throws IOException {
    StringBuilder stories = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      stories.append(STORY.replace("Ann went", "Ann" + i + " went"));
    }
    Parts<StoryQuestion> parts = StoryReader.read(source(stories.toString(), 0.4, Malformed.STOP));
    Map<String, Integer> perStory = new TreeMap<>();
    parts.test().forEach(q -> perStory.merge(q.story().get(0), 1, Integer::sum));

    assertThat(perStory).hasSizeBetween(12, 36).values().containsOnly(2);
    assertThat(parts.train()).hasSize(120 - parts.test().size());
  }

  @Test
  void malformedLinesStopOrAreCounted() throws IOException {
    assertStops("Ann.\n", "line 5: the line does not begin with its number");
    assertStops("4 Bob.\n", "line 5: line 4 of a story behind line 4");
    assertStops("5 Who?\tAnn\n", "line 5: a question has three fields");
    assertStops("5 Who?\tAnn\t2\n", "line 5: the supporting line \"2\" is no sentence");
    assertStops("5 Bob \uFFFF.\n", "line 5: there are bytes that are not UTF-8");

    Parts<StoryQuestion> parts =
        StoryReader.read(source(STORY + "5 Who?\tAnn\n6 Who?\tBob\t3\n", 0, Malformed.SKIP));
    assertThat(parts.train()).hasSize(3);
    assertThat(parts.skipped().rows()).isEqualTo(2); // train and test are one file
  }

  private void assertStops(String line, String message) throws IOException {
    Source source = source(STORY + line, 0, Malformed.STOP);
    assertThatThrownBy(() -> StoryReader.read(source))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("train, " + message);
  }

  @Test
  void realStories() {
    Parts<StoryQuestion> parts =
        StoryReader.read(
            new Source(
                SharedData.file("babi/train.txt"),
                null,
                SharedData.file("babi/test.txt"),
                0.1,
                0,
                Malformed.STOP));
    assertThat(parts.train().size() + parts.validation().size()).isEqualTo(20_000);
    assertThat(parts.validation().size()).isBetween(1_500, 2_500);
    assertThat(parts.test()).hasSize(20_000);
  }

  @Test
  void longStoriesAreRefused() throws IOException {
    assertStops("1001 Bob went.\n", "line 5: line 1001 of a story; a story has at most 1000");
  }
}
