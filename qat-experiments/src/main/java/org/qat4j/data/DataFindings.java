package org.qat4j.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.qat4j.QatException;
import org.qat4j.experiment.DataSpec;
import org.qat4j.text.CharacterEncoder;
import org.qat4j.text.NgramEncoder;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.WordEncoder;
import org.qat4j.text.WordPieceEncoder;
import org.qat4j.text.internal.NumberRow;

/** Looks for the usual mistakes in the rows of a data set, before any training. */
public final class DataFindings {
  /** Names of columns, as first rows have them. */
  private static final Set<String> LABEL_NAMES =
      Set.of("label", "labels", "class", "category", "target", "tag", "intent", "topic", "y");

  private static final Set<String> TEXT_NAMES =
      Set.of("text", "texts", "sentence", "utterance", "query", "question", "content", "x");

  /** Test rows of which one is more than ten points. */
  private static final int FEW = 10;

  /** Examples in a message. */
  private static final int SHOWN = 3;

  private static final int SHOWN_CHARACTERS = 60;

  /** A length that is never too large. */
  private static final int FREE_LENGTH = 1000;

  /** Standard deviation of numbers, or its inverse, from which there is something to say. */
  private static final double MUCH_SPREAD = 30;

  private final DataSpec spec;
  private final Dataset data;
  private final List<DataFinding> found = new ArrayList<>();

  private DataFindings(DataSpec spec, Dataset data) {
    this.spec = spec;
    this.data = data;
  }

  /**
   * What there is to say of the rows.
   *
   * @param spec where they were read from; rows are shown with their lines
   * @param batch of the training
   */
  public static List<DataFinding> of(DataSpec spec, Dataset data, int batch) {
    DataFindings findings = new DataFindings(spec, data);
    if (data.question() == Question.CLASS) {
      findings.header();
      findings.swappedColumns();
      findings.similarLabels();
      findings.repeatedTexts();
      findings.wordless();
    }
    if (data.question() == Question.NUMBER) {
      findings.spread();
      findings.wordless();
    }
    if (data.question() != Question.RANKING
        && data.question() != Question.TRANSLATION
        && data.question() != Question.VECTOR) { // whose training texts are not labelled
      findings.leaked();
    }
    if (spec instanceof DataSpec.Tagged tagged) {
      findings.columns(tagged);
    }
    findings.batch(batch);
    return List.copyOf(findings.found);
  }

  /**
   * What there is to say of a test set so small that no figure of it means anything.
   *
   * @param data of an experiment
   */
  public static List<DataFinding> few(Dataset data) {
    int rows = data.test().size();
    if (rows >= FEW) {
      return List.of();
    }
    return List.of(
        new DataFinding(
            "there "
                + (rows == 1 ? "is 1 test row" : "are " + rows + " test rows")
                + ", so that one answer is "
                + 100 / rows
                + " points and the report cannot tell anything apart. Add rows, hold more of them"
                + " out, such as data.testShare: 0.3, or take all in turn with data.folds: 10"
                + " (tables).",
            null));
  }

  /**
   * Checks that each part of a data set has rows.
   *
   * @throws QatException if one has none; the message says what to change
   */
  public static void requireRows(Dataset data) {
    if (data.validation().isEmpty()) {
      throw new QatException(
          "there is no row for validation, of "
              + (data.train().size() + data.test().size())
              + " in all; hold some out, such as data.validationShare: 0.2, name a file with"
              + " data.validation, or add rows: a class needs 10 or more to learn from");
    }
  }

  /**
   * Checks that a network is not made for texts far longer than there are.
   *
   * @param length of a text in characters, words or what else the network reads one by one
   * @throws QatException if there is no text of even a tenth of so many characters
   */
  public static void requireLength(Dataset data, int length) {
    int longest = 0;
    for (List<Example> part : List.of(data.train(), data.validation(), data.test())) {
      for (Example e : part) {
        longest = Math.max(longest, e.text().codePointCount(0, e.text().length()));
      }
    }
    if (length > FREE_LENGTH && length / 10 > longest) {
      throw new QatException(
          "model.length is "
              + length
              + ", but the longest text has "
              + longest
              + " characters: the network would compute padding alone. Set model.length to "
              + longest
              + " or less");
    }
  }

  /**
   * Checks that texts are two, with a tab between.
   *
   * @throws QatException if no training text is; the message says what to change
   */
  public static void requirePairs(Dataset data) {
    if (data.train().stream().noneMatch(e -> e.text().indexOf('\t') >= 0)) {
      throw new QatException(
          "model.pairs is true, but no training text is two with a tab between; name the column of"
              + " the second one, such as data.secondColumn: 2, or let pairs be false");
    }
  }

  /**
   * Checks rows that are numbers.
   *
   * @throws QatException if one has another count of numbers than the first, or something that is
   *     no finite number; the message names file and line
   */
  public static void requireNumbers(DataSpec spec, Dataset data) {
    int count = NumberRow.count(data.train().get(0).text());
    for (List<Example> part : List.of(data.train(), data.validation(), data.test())) {
      for (Example row : part) {
        try {
          NumberRow.parse(row.text(), count);
        } catch (QatException e) {
          String place = new RowPlaces(spec).of(row.text());
          throw new QatException(
              (place.isEmpty() ? "a row of numbers" : place)
                  + ": "
                  + e.getMessage()
                  + "; every row has as many finite numbers as the first, which has "
                  + count,
              e);
        }
      }
    }
  }

  /**
   * Texts that an encoder cuts.
   *
   * @param encoders of the network
   */
  public static List<DataFinding> cut(Dataset data, List<? extends TextEncoder> encoders) {
    if (encoders.isEmpty()) {
      return List.of();
    }
    List<Example> texts = new ArrayList<>(data.train());
    texts.addAll(data.validation());
    texts.addAll(data.test());
    int length = encoders.get(0).length();
    long cut = 0;
    String what = "ids";
    if (data.question() == Question.TAGS) {
      cut =
          texts.stream()
              .filter(e -> e.tags().size() > encoders.get(0).tokenSteps(e.text()).length)
              .count();
      what = encoders.get(0) instanceof WordPieceEncoder ? "pieces" : "tokens";
    } else if (encoders.get(0) instanceof CharacterEncoder
        || encoders.get(0) instanceof NgramEncoder
        || encoders.get(0) instanceof WordEncoder) {
      int[] ids = new int[length];
      for (Example e : texts) {
        encoders.get(0).encode(e.text(), ids);
        cut += ids[length - 1] != TextEncoder.PADDING ? 1 : 0;
      }
    } else if (encoders.get(0) instanceof PieceEncoder pieces) {
      for (Example e : texts) {
        int source = pieces.pairs().split(PieceEncoder.source(e.text())).size();
        int target = pieces.pairs().split(PieceEncoder.target(e.text())).size();
        cut += source > pieces.sourceLength() || target >= pieces.targetLength() ? 1 : 0;
      }
      what = "pieces";
    }
    return cut == 0
        ? List.of()
        : List.of(
            new DataFinding(
                cut
                    + " of "
                    + texts.size()
                    + " texts fill the length of "
                    + length
                    + " "
                    + what
                    + " or are longer: what lies behind is not read. Set a longer model.length if"
                    + " it matters.",
                "model:\n  length: " + 2 * length));
  }

  private void find(String message, String yaml) {
    found.add(new DataFinding(message, yaml));
  }

  /** A network learns numbers whose spread is near 1. */
  private void spread() {
    List<Example> rows = data.train();
    double mean = rows.stream().mapToDouble(Example::number).average().orElseThrow();
    double squares = rows.stream().mapToDouble(e -> Math.pow(e.number() - mean, 2)).sum();
    double deviation = Math.sqrt(squares / rows.size());
    if (deviation > MUCH_SPREAD || deviation < 1 / MUCH_SPREAD) {
      find(
          String.format(
              Locale.ROOT,
              "The training numbers have a standard deviation of %.3g: a network learns them badly"
                  + " unless it is near 1. %s the numbers by %.0e.",
              deviation,
              deviation > 1 ? "Divide" : "Multiply",
              Math.pow(10, Math.abs(Math.rint(Math.log10(deviation))))),
          null);
    }
  }

  private void header() {
    if (!(spec instanceof DataSpec.Table table) || table.header()) {
      return;
    }
    String label = null;
    for (String l : data.labels()) {
      label = LABEL_NAMES.contains(l.toLowerCase(Locale.ROOT)) ? l : label;
    }
    if (label == null) {
      return;
    }
    int index = data.labels().indexOf(label);
    for (Example e : all()) {
      if (e.label() == index && TEXT_NAMES.contains(e.text().toLowerCase(Locale.ROOT))) {
        find(
            "The row \""
                + label
                + "\", \""
                + e.text()
                + "\" names the columns, it seems, and was taken for a text with its class"
                + place(e.text())
                + "; set data.header: true.",
            "data:\n  header: true");
        return;
      }
    }
  }

  private List<Example> all() {
    List<Example> all = new ArrayList<>(data.train());
    all.addAll(data.validation());
    all.addAll(data.test());
    return all;
  }

  private void swappedColumns() {
    Set<String> texts = new LinkedHashSet<>();
    data.train().forEach(e -> texts.add(e.text()));
    int labels = data.labels().size();
    if (labels > texts.size() || (labels > 10 && 2 * labels > data.train().size())) {
      String columns =
          spec instanceof DataSpec.Table table
              ? "data:\n  labelColumn: "
                  + table.textColumn()
                  + "\n  textColumn: "
                  + table.labelColumn()
              : null;
      find(
          "There are "
              + labels
              + " labels for "
              + texts.size()
              + " different texts in "
              + data.train().size()
              + " training rows, the first \""
              + shown(data.labels().get(0))
              + "\": are the columns of label and text swapped?",
          columns);
    }
  }

  private void similarLabels() {
    Map<String, Set<String>> byForm = new TreeMap<>();
    for (String label : data.labels()) {
      byForm.computeIfAbsent(form(label), f -> new TreeSet<>()).add(label);
    }
    byForm.values().removeIf(labels -> labels.size() == 1);
    if (byForm.isEmpty()) {
      return;
    }
    List<String> examples = new ArrayList<>();
    byForm.values().stream()
        .limit(SHOWN)
        .forEach(
            labels ->
                examples.add(
                    String.join(
                        " and ", labels.stream().map(l -> spelled(l) + placeOfLabel(l)).toList())));
    find(
        byForm.size()
            + (byForm.size() == 1 ? " label is" : " labels are")
            + " written in several ways, which are classes of their own: "
            + String.join("; ", examples)
            + ". Write each in one way in the file.",
        null);
  }

  /** What case, white space and forms of characters do not change. */
  private static String form(String label) {
    return Normalizer.normalize(label, Normalizer.Form.NFKC)
        .replaceAll("[\\s\\p{Z}\\p{Cf}]+", " ")
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  /** In quotes, with what cannot be seen spelled out. */
  private static String spelled(String label) {
    StringBuilder spelled = new StringBuilder();
    label
        .codePoints()
        .forEach(
            c -> {
              if (c == ' ' || Character.isLetterOrDigit(c) || (c > ' ' && c < 0x7f)) {
                spelled.appendCodePoint(c);
              } else {
                spelled.append(String.format(Locale.ROOT, "\\u%04x", c));
              }
            });
    return "\"" + spelled + "\"";
  }

  private String placeOfLabel(String label) {
    int index = data.labels().indexOf(label);
    return all().stream()
        .filter(e -> e.label() == index)
        .findFirst()
        .map(e -> place(e.text()))
        .orElse("");
  }

  private void repeatedTexts() {
    Map<String, Set<Integer>> labels = new LinkedHashMap<>();
    Map<String, Integer> counts = new HashMap<>();
    for (Example e : data.train()) {
      labels.computeIfAbsent(e.text(), t -> new LinkedHashSet<>()).add(e.label());
      counts.merge(e.text(), 1, Integer::sum);
    }
    List<String> conflicting =
        labels.keySet().stream().filter(text -> labels.get(text).size() > 1).toList();
    if (!conflicting.isEmpty()) {
      List<String> examples =
          conflicting.stream()
              .limit(SHOWN)
              .map(
                  text ->
                      "\""
                          + shown(text)
                          + "\" is "
                          + String.join(
                              " and ", labels.get(text).stream().map(data.labels()::get).toList())
                          + place(text))
              .toList();
      find(
          count(conflicting.size(), "text stands", "texts stand")
              + " under several labels in the training rows, so that no network can be right: "
              + String.join("; ", examples)
              + ". Keep one row of each.",
          null);
    }
    long repeated = counts.values().stream().filter(n -> n > 1).count();
    long same = repeated - conflicting.size();
    if (same > 0 && 20 * same > counts.size()) {
      String first =
          counts.keySet().stream()
              .filter(t -> counts.get(t) > 1 && labels.get(t).size() == 1)
              .min(String::compareTo)
              .orElse("");
      find(
          count(same, "text is", "texts are")
              + " there more than once in the training rows, for example \""
              + shown(first)
              + "\""
              + place(first)
              + ". Rows that say the same count as often as they stand there; leave them out if"
              + " that is not meant.",
          null);
    }
  }

  private static String count(long n, String one, String many) {
    return n + " " + (n == 1 ? one : many);
  }

  private void wordless() {
    List<Example> without =
        data.train().stream()
            .filter(e -> e.text().codePoints().noneMatch(Character::isLetterOrDigit))
            .toList();
    if (!without.isEmpty()) {
      find(
          count(without.size(), "training text has", "training texts have")
              + " neither a letter nor a digit, the first \""
              + shown(without.get(0).text())
              + "\""
              + place(without.get(0).text())
              + (spec instanceof DataSpec.Table ? ". Is data.textColumn right?" : "."),
          null);
    }
  }

  private void leaked() {
    int leaked = data.leaked();
    if (leaked == 0) {
      return;
    }
    Set<String> known = new LinkedHashSet<>();
    data.train().forEach(e -> known.add(e.text()));
    String first =
        data.test().stream().map(Example::text).filter(known::contains).findFirst().orElse("");
    find(
        leaked
            + " of "
            + data.test().size()
            + " test texts are also training or validation texts, letter for letter"
            + (first.isEmpty() ? "" : ", for example \"" + shown(first) + "\"" + place(first))
            + ": they can be answered from memory. Leave them out of one of the files.",
        null);
  }

  private void columns(DataSpec.Tagged tagged) {
    int columns = new RowPlaces(spec).columns();
    if (columns > 2) {
      find(
          tagged.rows().train()
              + " has "
              + columns
              + " columns, of which two are read: the token and its tag. The others, such as parts"
              + " of speech, are no features of the network.",
          null);
    }
  }

  private void batch(int batch) {
    int rows = data.train().size();
    if (batch > rows) {
      int fitting = Math.max(1, rows / 10);
      find(
          "train.batch is "
              + batch
              + ", but there are "
              + count(rows, "training text", "training texts")
              + ": each pass is one step. Set train.batch: "
              + fitting
              + ".",
          "train:\n  batch: " + fitting);
    }
  }

  private String place(String text) {
    String place = new RowPlaces(spec).of(text);
    return place.isEmpty() ? "" : " (" + place + ")";
  }

  private static String shown(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() > SHOWN_CHARACTERS ? line.substring(0, SHOWN_CHARACTERS) + "…" : line;
  }

  /** Finds rows in the files again: data sets do not keep where each was. */
  private record RowPlaces(DataSpec spec) {
    /**
     * "file, line 7, and file, line 9" of the first rows with a text; empty where none is found.
     */
    String of(String text) {
      String line = text.lines().findFirst().orElse("");
      List<String> places = new ArrayList<>();
      for (Path file : files()) {
        List<String> lines = Lines.read(file, "data");
        for (int i = 0; i < lines.size() && places.size() < SHOWN; i++) {
          if (holds(lines.get(i), line)) {
            places.add(file + ", line " + (i + 1));
          }
        }
      }
      return String.join(", and ", places);
    }

    /** Whether a field of a line is the text; quotes stand around it, or not. */
    private static boolean holds(String line, String text) {
      int at = text.isEmpty() ? -1 : line.indexOf(text);
      while (at >= 0) {
        boolean begins = at == 0 || !Character.isLetterOrDigit(line.codePointBefore(at));
        int end = at + text.length();
        if (begins && (end == line.length() || !Character.isLetterOrDigit(line.charAt(end)))) {
          return true;
        }
        at = line.indexOf(text, at + 1);
      }
      return false;
    }

    /** Columns of the first line with any. */
    int columns() {
      for (Path file : files()) {
        for (String line : Lines.read(file, "data")) {
          if (!line.isBlank() && !line.startsWith("#") && !line.startsWith("-DOCSTART-")) {
            return line.strip().split("\\s+", -1).length;
          }
        }
      }
      return 0;
    }

    private List<Path> files() {
      boolean rows = spec instanceof DataSpec.Table || spec instanceof DataSpec.Tagged;
      return (rows ? spec.files() : List.<DataSpec.File>of())
          .stream().map(file -> Path.of(file.path())).filter(Files::isRegularFile).toList();
    }
  }
}
