package org.qat4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.experiment.DataSpec;
import org.qat4j.experiment.DataSpec.Malformed;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.task.DatasetReader;
import org.qat4j.task.ranking.AnswerCandidate;
import org.qat4j.task.ranking.CandidateReader;
import org.qat4j.task.ranking.StoryQuestion;
import org.qat4j.task.ranking.StoryReader;
import org.qat4j.task.tagging.TaggedReader;
import org.qat4j.task.tagging.TaggedReader.Columns;
import org.qat4j.task.translation.ParallelReader;
import org.qat4j.task.translation.TextPair;
import org.qat4j.text.PieceEncoder;

/** Reads the examples of docs/data.md. */
class DataDocsTest {
  private static final Pattern BLOCK =
      Pattern.compile("```(text (?<name>\\S+)|yaml)\\n(?<content>.*?)\\n```", Pattern.DOTALL);
  private static final String REST =
      "\nschemaVersion: 1\nname: example\nmodel: {kind: char-ngram-cnn}\n";

  @TempDir Path dir;
  private final List<DataSpec> specs = new ArrayList<>();

  /**
   * Makes the files that the page shows, and reads its experiments with their paths moved there.
   */
  @BeforeEach
  void unpack() throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(Path.of("..", "docs", "data.md")));
    while (block.find()) {
      String content = block.group("content") + "\n";
      if (block.group("name") != null) {
        Files.writeString(dir.resolve(block.group("name")), content);
      } else {
        Path file =
            Files.writeString(
                dir.resolve("experiment.yaml"),
                content.replaceAll(" data/(\\S+)", " \"" + dir + "/$1\"") + rest(content));
        specs.add(ExperimentReader.read(file, List.of()).data());
      }
    }
  }

  private static String rest(String content) {
    boolean tags = content.contains("kind: tagged") || content.contains("kind: predicates");
    if (content.contains("kind: parallel") || content.contains("kind: locale-names")) {
      return REST.replace("char-ngram-cnn", "translator");
    }
    if (content.contains("kind: pairs-with-scores")) {
      return REST.replace("char-ngram-cnn", "encoder, from: tiny")
          + "train: {epochs: 0}\nquantize: {qat: {epochs: 0}}\n";
    }
    return tags ? REST.replace("char-ngram-cnn", "conv-tagger") : REST;
  }

  private Source source(String name) {
    Path file = dir.resolve(name);
    return new Source(file, null, file, 0, 0, Malformed.STOP);
  }

  @Test
  void experiments() {
    assertThat(specs)
        .extracting(spec -> spec.getClass().getSimpleName())
        .containsExactly(
            "Langid",
            "Newsgroups",
            "Table",
            "Table",
            "Folders",
            "Tagged",
            "Predicates",
            "Stories",
            "Candidates",
            "Parallel",
            "Numbers",
            "ScoredPairs",
            "LocaleNames",
            "Things");

    DataSpec.Table reviews = (DataSpec.Table) specs.get(2);
    List<String> texts = new ArrayList<>();
    DelimitedRows.read(
        Lines.read(Path.of(reviews.rows().train()), "data.train"),
        reviews.delimiter(),
        reviews.header(),
        2,
        (reason, line) -> texts.add(reason),
        fields -> texts.add(fields.get(reviews.textColumn())));
    assertThat(texts).containsExactly("a \"charming\" film", "C:\\films\\bad", "\"open to the end");

    Dataset questions = DatasetReader.read(specs.get(3));
    assertThat(questions.labels()).containsExactly("DESC", "HUM", "LOC");
    assertThat(questions.train())
        .containsExactly(
            new Example("Who wrote \"Emma\", and when?", 1),
            new Example("Where is a 5\" disk sold?", 2),
            new Example("Two\nlines?", 0));
    assertThat(questions.skipped().first().get(0)).contains("line 6: 1 column where 2");
  }

  @Test
  void tagsStoriesAndCandidates() {
    Dataset entities = DatasetReader.read(specs.get(5));
    assertThat(entities.question()).isEqualTo(Question.TAGS);
    assertThat(entities.labels()).containsExactly("B-LOC", "B-PER", "I-LOC", "O");
    assertThat(entities.test().get(0))
        .isEqualTo(Example.tagged("Ann flew to New York", List.of(1, 3, 3, 0, 2)));

    Dataset roles = DatasetReader.read(specs.get(6));
    assertThat(roles.test()).containsExactly(Example.tagged("Ann saw him\t1", List.of(0, 2, 1)));

    Dataset stories = DatasetReader.read(specs.get(7));
    assertThat(stories.question()).isEqualTo(Question.RANKING);
    assertThat(stories.test())
        .containsExactly(
            new Example("Where is Ann?\tAnn went to the garden.\t1", 1, List.of(), 0),
            new Example("Where is Ann?\tBob sat down.\t2", 0, List.of(), 0),
            new Example("What does Bob carry?\tBob took the milk.\t1", 1, List.of(), 1));

    Dataset candidates = DatasetReader.read(specs.get(8));
    assertThat(candidates.labels()).containsExactly("no", "yes");
    assertThat(candidates.test())
        .containsExactly(
            new Example("Who saw Ann?\tBob saw Ann.\t1", 1, List.of(), 0),
            new Example("Who saw Ann?\tIt rained.\t2", 0, List.of(), 0));
  }

  @Test
  void translations() {
    Dataset pairs = DatasetReader.read(specs.get(9));
    assertThat(pairs.question()).isEqualTo(Question.TRANSLATION);
    assertThat(pairs.test()).containsExactly(new Example("Two dogs run.\tZwei Hunde rennen.", 0));

    Dataset names = DatasetReader.read(specs.get(12));
    assertThat(names.train()).hasSizeGreaterThan(1000);
    assertThat(names.train()).extracting(Example::text).contains("Finland\tFinnland");
    Set<String> sources = new HashSet<>();
    List.of(names.train(), names.validation(), names.test())
        .forEach(part -> part.forEach(e -> sources.add(PieceEncoder.source(e.text()))));
    assertThat(sources)
        .hasSize(names.train().size() + names.validation().size() + names.test().size());
  }

  @Test
  void numbers() {
    Dataset ratings = DatasetReader.read(specs.get(10));
    assertThat(ratings.question()).isEqualTo(Question.NUMBER);
    assertThat(ratings.test())
        .containsExactly(
            Example.numbered("the room was good , the staff was poor", 3.1),
            Example.numbered("the room was awful , the staff was fine", -0.5));
  }

  @Test
  void pairsWithScores() {
    Dataset vectors = DatasetReader.read(specs.get(11));
    assertThat(vectors.question()).isEqualTo(Question.VECTOR);
    assertThat(vectors.train())
        .extracting(Example::text)
        .containsExactly("A man plays a flute.", "It rains.");
    assertThat(vectors.test().get(1))
        .isEqualTo(Example.paired("A man, who is tall, plays a flute.", 0, 4.2));
  }

  @Test
  void otherFormats() {
    assertThat(
            TaggedReader.columns(source("entities.conll"), Columns.FIRST_AND_LAST)
                .sentences()
                .train())
        .extracting(sentence -> sentence.tokens().size())
        .containsExactly(5, 1);
    assertThat(TaggedReader.predicates(source("roles.tsv")).tags())
        .containsExactly("B-ARG0", "B-ARG1", "B-V");
    assertThat(StoryReader.read(source("stories.txt")).train())
        .extracting(StoryQuestion::answer)
        .containsExactly("garden", "milk");
    assertThat(ParallelReader.read(source("train"), "en", "de").train())
        .containsExactly(new TextPair("Two dogs run.", "Zwei Hunde rennen."));
    assertThat(CandidateReader.read(source("candidates.tsv"), CandidateReader.Form.TABS).train())
        .extracting(AnswerCandidate::right)
        .containsExactly(true, false);
  }
}
