package org.qat4j.task.ranking;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.LabelledText;
import org.qat4j.data.Lines;
import org.qat4j.data.MalformedRow;
import org.qat4j.data.MalformedRows;
import org.qat4j.data.Parts;
import org.qat4j.data.Question;
import org.qat4j.data.ReadLimits;
import org.qat4j.data.Source;
import org.qat4j.experiment.DataSpec;

/**
 * Reads stories with questions in the format of the bAbI tasks: every line has a number, which
 * counts from 1 within a story, and either a sentence, or a question, its answer and the numbers of
 * the sentences that support it, with tabs between. Questions of one story are held out together.
 */
public final class StoryReader {
  private static final Pattern LINE = Pattern.compile("(\\d{1,6}) +(.+)");

  private final MalformedRows malformed;
  private final Path file;
  private final BiConsumer<String, StoryQuestion> rows;
  private final List<String> story = new ArrayList<>();
  private final Map<Integer, Integer> sentences = new HashMap<>(); // index by line number
  private final List<StoryQuestion> questions = new ArrayList<>();
  private int last;

  private StoryReader(Path file, MalformedRows malformed, BiConsumer<String, StoryQuestion> rows) {
    this.file = file;
    this.malformed = malformed;
    this.rows = rows;
  }

  /** The data of an experiment. */
  public static Dataset read(DataSpec.Stories spec) {
    Parts<StoryQuestion> rows = read(Source.of(spec.rows()));
    if (spec.ask() == DataSpec.Ask.SUPPORT) {
      return new Dataset(
          Question.RANKING,
          support(rows.train()),
          support(rows.validation()),
          support(rows.test()),
          CandidateReader.RANKED,
          rows.skipped());
    }
    return LabelledText.withUnknown(
        spec.rows().train(),
        new Parts<>(
            answers(rows.train()),
            answers(rows.validation()),
            answers(rows.test()),
            rows.skipped()));
  }

  /** Story and question as one text of two fields. */
  private static List<LabelledText> answers(List<StoryQuestion> questions) {
    return questions.stream()
        .map(q -> new LabelledText(q.answer(), String.join(" ", q.story()) + "\t" + q.question()))
        .toList();
  }

  private static List<Example> support(List<StoryQuestion> questions) {
    List<Example> rows = new ArrayList<>();
    for (int group = 0; group < questions.size(); group++) {
      StoryQuestion q = questions.get(group);
      for (int i = 0; i < q.story().size(); i++) {
        boolean right = q.support().contains(i);
        rows.add(CandidateReader.ranked(q.question(), q.story().get(i), i + 1, right, group));
      }
    }
    return rows;
  }

  /**
   * All questions.
   *
   * @throws QatException as {@link Source#read}
   */
  public static Parts<StoryQuestion> read(Source source) {
    return source.read(
        (file, key, malformed, rows) ->
            new StoryReader(file, malformed, rows).read(Lines.read(file, key)));
  }

  private void read(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      try {
        read(lines.get(i));
      } catch (MalformedRow e) {
        malformed.add(file, i + 1, e.getMessage());
      }
    }
    endStory();
  }

  private void read(String line) throws MalformedRow {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new MalformedRow("the line does not begin with its number in the story");
    }
    int number = Integer.parseInt(matcher.group(1));
    if (number == 1) {
      endStory();
    } else if (number <= last) {
      throw new MalformedRow(
          "line " + number + " of a story behind line " + last + "; a new story begins with 1");
    }
    if (number > ReadLimits.STORY_LINES) {
      throw new MalformedRow(
          "line "
              + number
              + " of a story; a story has at most "
              + ReadLimits.STORY_LINES
              + ", and a new one begins with 1");
    }
    last = number;
    if (line.indexOf(Lines.UNDECODABLE) >= 0) {
      throw new MalformedRow(Lines.NOT_UTF8);
    }
    String[] fields = matcher.group(2).split("\t", -1);
    if (fields.length == 1) {
      sentences.put(number, story.size());
      story.add(fields[0].strip());
    } else {
      questions.add(question(fields));
    }
  }

  private StoryQuestion question(String[] fields) throws MalformedRow {
    if (fields.length != 3 || fields[0].isBlank() || fields[1].isBlank()) {
      throw new MalformedRow(
          "a question has three fields between tabs: question, answer, supporting lines");
    }
    List<Integer> support = new ArrayList<>();
    for (String number : fields[2].strip().split(" +", -1)) {
      Integer index = number.matches("\\d{1,6}") ? sentences.get(Integer.valueOf(number)) : null;
      if (index == null) {
        throw new MalformedRow(
            "the supporting line \"" + number + "\" is no sentence before the question");
      }
      support.add(index);
    }
    return new StoryQuestion(story, fields[0].strip(), fields[1].strip(), support);
  }

  private void endStory() {
    String key = String.join("\n", story);
    questions.forEach(question -> rows.accept(key, question));
    story.clear();
    sentences.clear();
    questions.clear();
    last = 0;
  }
}
