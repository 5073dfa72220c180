package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** Where labelled texts come from. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = DataSpec.Langid.class, name = "langid"),
  @JsonSubTypes.Type(value = DataSpec.Things.class, name = "things"),
  @JsonSubTypes.Type(value = DataSpec.Newsgroups.class, name = "newsgroups"),
  @JsonSubTypes.Type(value = DataSpec.Table.class, name = "table"),
  @JsonSubTypes.Type(value = DataSpec.Folders.class, name = "folders"),
  @JsonSubTypes.Type(value = DataSpec.Tagged.class, name = "tagged"),
  @JsonSubTypes.Type(value = DataSpec.Predicates.class, name = "predicates"),
  @JsonSubTypes.Type(value = DataSpec.Candidates.class, name = "candidates"),
  @JsonSubTypes.Type(value = DataSpec.Stories.class, name = "stories"),
  @JsonSubTypes.Type(value = DataSpec.Numbers.class, name = "numbers"),
  @JsonSubTypes.Type(value = DataSpec.ScoredPairs.class, name = "pairs-with-scores"),
  @JsonSubTypes.Type(value = DataSpec.Parallel.class, name = "parallel"),
  @JsonSubTypes.Type(value = DataSpec.LocaleNames.class, name = "locale-names")
})
public sealed interface DataSpec {

  /** Calls the visitor's method for this kind. */
  <R> R accept(Visitor<R> visitor);

  /** The files or folders that are read. */
  default List<File> files() {
    return List.of();
  }

  /**
   * A file or folder of data.
   *
   * @param key of the section that names it
   * @param path as named
   * @param orPacked whether one with the ending .gz does as well
   */
  record File(String key, String path, boolean orPacked) {
    /** Those of the parts that are not null. */
    private static List<File> parts(String train, String validation, String test) {
      return Stream.of(
              new File("train", train, false),
              new File("validation", validation, false),
              new File("test", test, false))
          .filter(file -> file.path() != null)
          .toList();
    }
  }

  /**
   * Rows in files of a part each, or in one of which parts are held out.
   *
   * @param train path of the training rows
   * @param validation path of the validation rows, or null to hold out {@code validationShare}
   * @param test path of the test rows, or null to hold out {@code testShare}
   * @param validationShare share of rows that is held out where there is no validation file
   * @param testShare share of rows that is held out where there is no test file
   * @param malformed what is done with malformed rows
   */
  record Rows(
      @JsonProperty(required = true) @JsonPropertyDescription("File of training rows.") @FilePath
          String train,
      @JsonPropertyDescription("File of validation rows; held out by hash where absent.") @FilePath
          String validation,
      @JsonPropertyDescription("File of test rows; held out by hash where absent.") @FilePath
          String test,
      @JsonProperty(defaultValue = "0.1")
          @JsonPropertyDescription("Share held out for validation.")
          @Bounds(min = 0, below = 1)
          double validationShare,
      @JsonProperty(defaultValue = "0.1")
          @JsonPropertyDescription("Share held out for the test.")
          @Bounds(min = 0, below = 1)
          double testShare,
      @JsonProperty(defaultValue = "stop")
          @JsonPropertyDescription("Stop at a malformed row, or skip and count it.")
          Malformed malformed) {
    public Rows {
      checkShares(validation == null ? validationShare : 0, test == null ? testShare : 0);
    }

    private List<File> files() {
      return File.parts(train, validation, test);
    }
  }

  /** Which language is this phrase written in? From the JDK's own locale data; no download. */
  @JsonClassDescription(
      "Which language is this phrase written in? From the JDK's own locale data; no download.")
  record Langid() implements DataSpec {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** What kind of thing is defined here? The nouns of WordNet, which the build brings along. */
  @JsonClassDescription(
      "What kind of thing is defined here? The nouns of WordNet 3.1, from the class path; no"
          + " download.")
  record Things() implements DataSpec {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * 20 newsgroups, the split by date.
   *
   * @param path the archive 20news-bydate.tar.gz or its unpacked folder
   * @param keepHeaders keep the header lines of the posts, which name the group
   * @param validationShare share of the training posts that is held out, chosen by a hash
   */
  @JsonClassDescription("20 newsgroups, the split by date.")
  record Newsgroups(
      @JsonProperty(defaultValue = "data/20news-bydate.tar.gz")
          @JsonPropertyDescription(
              "The archive 20news-bydate.tar.gz or its unpacked folder; ./qat data fetch"
                  + " 20newsgroups puts it at the default place.")
          @FilePath
          String path,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("Keep header lines; they name the group.")
          boolean keepHeaders,
      @JsonProperty(defaultValue = "0.1")
          @JsonPropertyDescription("Share of the training posts held out for validation.")
          @Bounds(min = 0, below = 1)
          double validationShare)
      implements DataSpec {

    @Override
    public List<File> files() {
      return List.of(new File("path", path, false));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Rows of a label and a text in one or more delimited files.
   *
   * @param rows where they are
   * @param delimiter one character; a tab by default
   * @param header whether the first line names the columns
   * @param labelColumn number of the label's column, from 0
   * @param textColumn number of the text's column, from 0
   * @param secondColumn number of the column of a second text, or null where texts are no pairs
   * @param labelPattern regular expression whose first group, where it has one, is the label
   * @param folds parts of the rows, chosen by hash, that are the test set in turn; 1 for none
   */
  @JsonClassDescription("Rows of a label and a text in delimited files.")
  record Table(
      @JsonUnwrapped Rows rows,
      @JsonProperty(defaultValue = "\"\\t\"") @JsonPropertyDescription("One character.")
          String delimiter,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("The first line names the columns.")
          boolean header,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription("Column of the label, from 0.")
          @Bounds(min = 0, max = 1000)
          int labelColumn,
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Column of the text, from 0.")
          @Bounds(min = 0, max = 1000)
          int textColumn,
      @JsonPropertyDescription(
              "Column of a second text, from 0; a tab comes between the two. Texts are no pairs where"
                  + " absent.")
          @Bounds(min = 0, max = 1000)
          Integer secondColumn,
      @JsonProperty(defaultValue = "(.*)")
          @JsonPropertyDescription("Regular expression; its first group is the label.")
          String labelPattern,
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription(
              "Cross-validation: so many parts of the rows are the test set in turn, and all of"
                  + " them are reported together; 1 for one test set.")
          @Bounds(min = 1, max = 100)
          int folds)
      implements DataSpec {
    public Table {
      if (folds > 1 && rows.test() != null) {
        throw new InvalidKeyException(
            "folds", "is " + folds + ", but there is a test file; leave one of the two out");
      }
      checkDelimiter(delimiter);
      if (labelColumn == textColumn) {
        throw new InvalidKeyException(
            "textColumn", "is " + textColumn + ", the column of the label too");
      }
      checkSecond(secondColumn, textColumn, labelColumn);
      try {
        Pattern.compile(labelPattern);
      } catch (PatternSyntaxException e) {
        throw new InvalidKeyException(
            "labelPattern", "is no regular expression: " + e.getDescription());
      }
      if (folds > 1) {
        checkShares(rows.validation() == null ? rows.validationShare() : 0, 1.0 / folds);
      }
    }

    @Override
    public List<File> files() {
      return rows.files();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * One folder per class, one text per file.
   *
   * @param train folder of folders
   * @param test folder of folders, or null to hold out {@code testShare}
   * @param charset of the files
   * @param validationShare share of the training texts that is held out
   * @param testShare share that is held out where there is no test folder
   * @param malformed what is done with files that cannot be decoded or are empty
   */
  @JsonClassDescription("One folder per class, one text per file.")
  record Folders(
      @JsonProperty(required = true)
          @JsonPropertyDescription("Folder of one folder per class.")
          @FilePath
          String train,
      @JsonPropertyDescription("The same for the test; held out by hash where absent.") @FilePath
          String test,
      @JsonProperty(defaultValue = "UTF-8") @JsonPropertyDescription("Charset of the files.")
          String charset,
      @JsonProperty(defaultValue = "0.1")
          @JsonPropertyDescription("Share held out for validation.")
          @Bounds(min = 0, below = 1)
          double validationShare,
      @JsonProperty(defaultValue = "0.1")
          @JsonPropertyDescription("Share held out for the test.")
          @Bounds(min = 0, below = 1)
          double testShare,
      @JsonProperty(defaultValue = "stop")
          @JsonPropertyDescription("Stop at a malformed file, or skip and count it.")
          Malformed malformed)
      implements DataSpec {
    public Folders {
      boolean known;
      try {
        known = Charset.isSupported(charset);
      } catch (IllegalCharsetNameException e) {
        known = false;
      }
      if (!known) {
        throw new InvalidKeyException(
            "charset", "is \"" + charset + "\"; expected a charset such as UTF-8 or ISO-8859-1");
      }
      checkShares(validationShare, test == null ? testShare : 0);
    }

    @Override
    public List<File> files() {
      return File.parts(train, null, test);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Tagged tokens in CoNLL-style column files: named entities, chunks, parts of speech.
   *
   * @param rows where they are
   * @param tokenColumn column of the token, from 0; from −1 backwards from the last
   * @param tagColumn column of its tag, likewise
   * @param scheme how the tags are written
   */
  @JsonClassDescription(
      "Tagged tokens in CoNLL-style column files: named entities, chunks, parts of speech.")
  record Tagged(
      @JsonUnwrapped Rows rows,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription("Column of the token, from 0; from -1 backwards from the last.")
          @Bounds(min = -1000, max = 1000)
          int tokenColumn,
      @JsonProperty(defaultValue = "-1")
          @JsonPropertyDescription("Column of the tag, likewise.")
          @Bounds(min = -1000, max = 1000)
          int tagColumn,
      @JsonProperty(defaultValue = "bio")
          @JsonPropertyDescription("Whether every span begins with B, or as in IOB1 few do.")
          Scheme scheme)
      implements DataSpec {
    @Override
    public List<File> files() {
      return rows.files();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Semantic roles: a sentence, a predicate in it, and the tags of its arguments.
   *
   * @param rows where they are
   */
  @JsonClassDescription(
      "Semantic roles: a sentence, a predicate in it, and the tags of its arguments.")
  record Predicates(@JsonUnwrapped Rows rows) implements DataSpec {
    @Override
    public List<File> files() {
      return rows.files();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Questions with sentences that may answer them, one candidate a row in delimited files; the
   * candidates of a question stand together and are ranked.
   *
   * @param rows where they are
   * @param delimiter one character; a tab by default
   * @param header whether the first line names the columns
   * @param questionColumn number of the question's column, from 0
   * @param sentenceColumn number of the sentence's column, from 0
   * @param labelColumn number of the column that says whether the sentence answers, from 0
   */
  @JsonClassDescription(
      "Questions with sentences that may answer them, ranked; one candidate a row.")
  record Candidates(
      @JsonUnwrapped Rows rows,
      @JsonProperty(defaultValue = "\"\\t\"") @JsonPropertyDescription("One character.")
          String delimiter,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("The first line names the columns.")
          boolean header,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription("Column of the question, from 0.")
          @Bounds(min = 0, max = 1000)
          int questionColumn,
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Column of the sentence, from 0.")
          @Bounds(min = 0, max = 1000)
          int sentenceColumn,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Column of the label: 1 or 0, true or false, yes or no.")
          @Bounds(min = 0, max = 1000)
          int labelColumn)
      implements DataSpec {
    public Candidates {
      checkDelimiter(delimiter);
    }

    @Override
    public List<File> files() {
      return rows.files();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Stories with questions, in the format of the bAbI tasks.
   *
   * @param rows where they are
   * @param ask for the answer, a class, or for the sentences that it rests on, ranked
   */
  @JsonClassDescription("Stories with questions, in the format of the bAbI tasks.")
  record Stories(
      @JsonUnwrapped Rows rows,
      @JsonProperty(defaultValue = "answer")
          @JsonPropertyDescription(
              "Ask for the answer, which is a class, or for the sentences that it rests on, which"
                  + " are ranked.")
          Ask ask)
      implements DataSpec {
    @Override
    public List<File> files() {
      return rows.files();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Texts and their translations, line by line in two files for each part, which have one name and
   * the languages as endings.
   *
   * @param rows where they are; paths are without the endings
   * @param from ending of the files that are translated
   * @param to ending of their translations
   */
  @JsonClassDescription(
      "Texts and their translations, line by line in two files that have one name and the languages"
          + " as endings: train.en and train.de.")
  record Parallel(
      @JsonUnwrapped Rows rows,
      @JsonProperty(defaultValue = "en")
          @JsonPropertyDescription(
              "Ending of the files that are translated; train, validation and test are named"
                  + " without it.")
          String from,
      @JsonProperty(defaultValue = "de")
          @JsonPropertyDescription("Ending of the files of their translations.")
          String to)
      implements DataSpec {
    /** Of each part two, which may be packed. */
    @Override
    public List<File> files() {
      return Stream.of(from, to)
          .flatMap(
              language ->
                  rows.files().stream()
                      .map(file -> new File(file.key(), file.path() + "." + language, true)))
          .toList();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Names of countries, languages, currencies and locales in English and in another language, from
   * the JDK's own locale data; no download.
   *
   * @param to the other language, as a BCP 47 tag
   */
  @JsonClassDescription(
      "Names of countries, languages, currencies and locales in English and in another language,"
          + " from the JDK's own locale data; no download.")
  record LocaleNames(
      @JsonProperty(defaultValue = "de")
          @JsonPropertyDescription("Tag of the language that is translated into, such as de or fr.")
          String to)
      implements DataSpec {
    public LocaleNames {
      if (!to.matches("[a-z]{2,3}")) {
        throw new InvalidKeyException(
            "to", "is \"" + to + "\"; expected the code of a language, such as de, fr or ja");
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Rows of a text and a number in one or more delimited files.
   *
   * @param rows where they are
   * @param delimiter one character; a tab by default
   * @param header whether the first line names the columns
   * @param textColumn number of the text's column, from 0
   * @param secondColumn number of the column of a second text, or null where texts are no pairs
   * @param numberColumn number of the column of the number, from 0
   */
  @JsonClassDescription("Rows of a text and a number, which is learned, in delimited files.")
  record Numbers(
      @JsonUnwrapped Rows rows,
      @JsonProperty(defaultValue = "\"\\t\"") @JsonPropertyDescription("One character.")
          String delimiter,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("The first line names the columns.")
          boolean header,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription("Column of the text, from 0.")
          @Bounds(min = 0, max = 1000)
          int textColumn,
      @JsonPropertyDescription(
              "Column of a second text, from 0; a tab comes between the two. Texts are no pairs where"
                  + " absent.")
          @Bounds(min = 0, max = 1000)
          Integer secondColumn,
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Column of the number, from 0.")
          @Bounds(min = 0, max = 1000)
          int numberColumn)
      implements DataSpec {
    public Numbers {
      checkDelimiter(delimiter);
      if (textColumn == numberColumn) {
        throw new InvalidKeyException(
            "numberColumn", "is " + numberColumn + ", as textColumn is; expected two columns");
      }
      checkSecond(secondColumn, textColumn, numberColumn);
    }

    @Override
    public List<File> files() {
      return rows.files();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Vectors of sentences: pairs of texts with a score, how much they mean the same, to judge them
   * by, and texts alone to learn from.
   *
   * @param train path of rows whose texts are learned from, without their scores, or null
   * @param texts path of texts that are learned from, one a line, or null
   * @param validation path of the validation rows
   * @param test path of the test rows
   * @param delimiter one character; a comma by default
   * @param header whether the first line of each file of rows names the columns
   * @param firstColumn number of the column of the first text, from 0
   * @param secondColumn number of the column of the second text, from 0
   * @param scoreColumn number of the column of the score, from 0
   * @param malformed what is done with malformed rows
   */
  @JsonClassDescription(
      "Vectors of sentences: pairs of texts with a score, how much they mean the same, to judge"
          + " them by, and texts alone to learn from.")
  record ScoredPairs(
      @JsonPropertyDescription(
              "File of rows whose texts are learned from; their scores are not read.")
          @FilePath
          String train,
      @JsonPropertyDescription("File of texts that are learned from, one a line.") @FilePath
          String texts,
      @JsonProperty(required = true) @JsonPropertyDescription("File of validation rows.") @FilePath
          String validation,
      @JsonProperty(required = true) @JsonPropertyDescription("File of test rows.") @FilePath
          String test,
      @JsonProperty(defaultValue = "\",\"") @JsonPropertyDescription("One character.")
          String delimiter,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("The first line of each file of rows names the columns.")
          boolean header,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription("Column of the first text, from 0.")
          @Bounds(min = 0, max = 1000)
          int firstColumn,
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Column of the second text, from 0.")
          @Bounds(min = 0, max = 1000)
          int secondColumn,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Column of the score, from 0.")
          @Bounds(min = 0, max = 1000)
          int scoreColumn,
      @JsonProperty(defaultValue = "stop")
          @JsonPropertyDescription("Stop at a malformed row, or skip and count it.")
          Malformed malformed)
      implements DataSpec {
    public ScoredPairs {
      checkDelimiter(delimiter);
      if (train == null && texts == null) {
        throw new InvalidKeyException(
            "texts", "is absent, and train too; give at least one of them to learn from");
      }
      if (firstColumn == secondColumn
          || firstColumn == scoreColumn
          || secondColumn == scoreColumn) {
        throw new InvalidKeyException(
            "scoreColumn", "and firstColumn and secondColumn are not three different columns");
      }
    }

    @Override
    public List<File> files() {
      return Stream.concat(
              File.parts(train, validation, test).stream(),
              Stream.ofNullable(texts).map(path -> new File("texts", path, false)))
          .toList();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** What is asked of a story. */
  enum Ask {
    @JsonProperty("answer")
    ANSWER,
    @JsonProperty("support")
    SUPPORT
  }

  private static void checkDelimiter(String delimiter) {
    if (delimiter.codePointCount(0, delimiter.length()) != 1) {
      throw new InvalidKeyException(
          "delimiter", "is \"" + delimiter + "\"; expected one character; a tab is \"\\t\"");
    }
  }

  /** A second text has a column of its own. */
  private static void checkSecond(Integer second, int text, int answer) {
    if (second != null && (second == text || second == answer)) {
      throw new InvalidKeyException(
          "secondColumn", "is " + second + ", as another column is; expected three columns");
    }
  }

  private static void checkShares(double validation, double test) {
    if (validation + test >= 1) {
      throw new InvalidKeyException(
          "validationShare",
          "and testShare hold out " + (validation + test) + " of the rows; expected less than 1");
    }
  }

  /** How the tags of a column file are written. */
  enum Scheme {
    /** Every span begins with B. */
    @JsonProperty("bio")
    BIO,
    /** A span begins with I, unless one of the same kind ends just before it. */
    @JsonProperty("iob1")
    IOB1
  }

  /** What is done with a malformed row. */
  enum Malformed {
    @JsonProperty("stop")
    STOP,
    @JsonProperty("skip")
    SKIP
  }

  /** What is done with each kind of data. */
  interface Visitor<R> {
    R visit(Langid spec);

    R visit(Things spec);

    R visit(Newsgroups spec);

    R visit(Table spec);

    R visit(Folders spec);

    R visit(Tagged spec);

    R visit(Predicates spec);

    R visit(Candidates spec);

    R visit(Stories spec);

    R visit(Numbers spec);

    R visit(ScoredPairs spec);

    R visit(Parallel spec);

    R visit(LocaleNames spec);
  }
}
