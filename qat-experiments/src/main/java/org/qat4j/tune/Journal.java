package org.qat4j.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.qat4j.QatException;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.tune.search.Outcome;
import org.qat4j.tune.search.Point;
import org.qat4j.tune.search.Score;
import org.qat4j.tune.search.Trial;

/**
 * The file of a search: a first line that says which search it is, then a line for each trial,
 * written as it ends. Whenever the program is killed, all lines but the last are whole, and a last
 * line that is not is left out when the search goes on.
 */
final class Journal {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SEARCH = "search";

  private final Path file;
  private final List<Outcome> outcomes;

  private Journal(Path file, List<Outcome> outcomes) {
    this.file = file;
    this.outcomes = outcomes;
  }

  /**
   * Goes on with a journal, or begins one where there is none.
   *
   * @param search what the results depend on; a journal of another search is refused
   * @throws QatException if it is of another search, damaged or cannot be written
   */
  static Journal open(Path file, String search) {
    ObjectNode first = JSON.createObjectNode().put(SEARCH, search);
    List<String> whole = new ArrayList<>(List.of(first.toString()));
    List<Outcome> outcomes = new ArrayList<>();
    try {
      if (Files.exists(file)) {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        List<String> lines = text.lines().toList();
        int n = text.endsWith("\n") ? lines.size() : lines.size() - 1;
        if (n > 0 && !search.equals(read(file, 1, lines.get(0)).path(SEARCH).asText())) {
          throw new QatException(
              file
                  + " is the journal of another search: the experiment, its data or the network"
                  + " have changed since; start a new one, without --resume");
        }
        for (int i = 1; i < n; i++) {
          outcomes.add(new Line(file, i + 1, lines.get(i)).outcome());
          whole.add(lines.get(i));
        }
      }
    } catch (IOException e) {
      throw new QatException("cannot read " + file + ": " + e, e);
    }
    AtomicFile.write(file, (String.join("\n", whole) + "\n").getBytes(StandardCharsets.UTF_8));
    return new Journal(file, outcomes);
  }

  private static JsonNode read(Path file, int number, String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new QatException(file + ":" + number + ": not a line of a journal: " + line, e);
    }
  }

  /** Trials that were there when the journal was opened. */
  List<Outcome> outcomes() {
    return outcomes;
  }

  /**
   * Adds a line.
   *
   * @throws QatException if it cannot be written
   */
  void add(Outcome o) {
    ObjectNode line = JSON.createObjectNode();
    line.put("trial", o.trial().number());
    line.put("examples", o.trial().examples());
    line.set("settings", JSON.valueToTree(o.trial().point().values()));
    if (o.succeeded()) {
      ObjectNode score = line.putObject("score");
      Score s = o.score();
      score.put("accuracy", s.accuracy()).put("loss", s.loss()).put("agreement", s.agreement());
      score.put("bytes", s.bytes()).put("bits", s.bits());
      if (!Double.isNaN(s.micros())) {
        score.put("micros", s.micros());
      }
    } else {
      line.put("error", o.error());
    }
    line.put("seconds", o.seconds());
    try {
      Files.writeString(file, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new QatException("cannot write " + file + ": " + e, e);
    }
  }

  /**
   * A line of a trial. What a trial cannot have is refused: a search that takes it for the best
   * would end with it.
   */
  private record Line(Path file, int number, String text) {
    Outcome outcome() {
      JsonNode line = read(file, number, text);
      Trial trial =
          new Trial(
              (int) number(line, "trial", 0, Integer.MAX_VALUE),
              new Point(settings(line)),
              (int) number(line, "examples", 0, Integer.MAX_VALUE));
      JsonNode s = line.get("score");
      Score score = s == null ? null : score(s);
      if (s == null && !line.path("error").isTextual()) {
        throw impossible("it has neither a score nor an error");
      }
      String error = s == null ? line.path("error").asText() : null;
      return new Outcome(trial, score, error, number(line, "seconds", 0, Double.MAX_VALUE));
    }

    private SortedMap<String, Object> settings(JsonNode line) {
      TreeMap<String, Object> values = new TreeMap<>();
      for (Map.Entry<String, JsonNode> e : line.path("settings").properties()) {
        JsonNode v = e.getValue();
        if (!v.isTextual() && !v.isNumber()) {
          throw impossible("the setting " + e.getKey() + " is " + v);
        }
        values.put(
            e.getKey(), v.isTextual() ? v.asText() : v.isInt() ? (Object) v.asInt() : v.asDouble());
      }
      return values;
    }

    private Score score(JsonNode s) {
      boolean timed = s.has("micros");
      return new Score(
          number(s, "accuracy", 0, 1),
          number(s, "loss", 0, Double.MAX_VALUE),
          number(s, "agreement", 0, 1),
          (long) number(s, "bytes", 0, Long.MAX_VALUE),
          number(s, "bits", 0, Float.SIZE),
          timed ? number(s, "micros", 0, Double.MAX_VALUE) : Double.NaN);
    }

    private double number(JsonNode values, String key, double from, double to) {
      JsonNode value = values.path(key);
      double number = value.asDouble();
      if (!value.isNumber() || !(number >= from && number <= to)) {
        throw impossible(
            key
                + " is "
                + (value.isMissingNode() ? "missing" : value)
                + "; expected is a number "
                + (to == Double.MAX_VALUE ? "of 0 or more" : "from 0 to " + Math.round(to)));
      }
      return number;
    }

    private QatException impossible(String what) {
      return new QatException(
          file
              + ":"
              + number
              + ": not the line of a trial: "
              + what
              + "; delete the line, and the search makes this trial again");
    }
  }
}
