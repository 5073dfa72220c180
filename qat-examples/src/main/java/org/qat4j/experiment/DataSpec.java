package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Where labelled texts come from. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = DataSpec.Langid.class, name = "langid"),
  @JsonSubTypes.Type(value = DataSpec.Newsgroups.class, name = "newsgroups"),
  @JsonSubTypes.Type(value = DataSpec.Table.class, name = "table"),
  @JsonSubTypes.Type(value = DataSpec.Folders.class, name = "folders")
})
public sealed interface DataSpec {

  /** Which language is this phrase written in? From the JDK's own locale data; no download. */
  @JsonClassDescription(
      "Which language is this phrase written in? From the JDK's own locale data; no download.")
  record Langid() implements DataSpec {}

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
          @Range(min = 0, below = 1)
          double validationShare)
      implements DataSpec {
    public Newsgroups {
      Section.check(Newsgroups.class, path, keepHeaders, validationShare);
    }
  }

  /**
   * Rows of a label and a text in one or more delimited files.
   *
   * @param train path of the training rows
   * @param validation path of the validation rows, or null to hold out {@code validationShare}
   * @param test path of the test rows, or null to hold out {@code testShare}
   * @param delimiter one character; a tab by default
   * @param header whether the first line names the columns
   * @param labelColumn number of the label's column, from 0
   * @param textColumn number of the text's column, from 0
   * @param labelPattern regular expression whose first group, where it has one, is the label
   * @param validationShare share of rows that is held out where there is no validation file
   * @param testShare share of rows that is held out where there is no test file
   * @param malformed what is done with rows that have too few columns or no text
   */
  @JsonClassDescription("Rows of a label and a text in delimited files.")
  record Table(
      @JsonProperty(required = true) @JsonPropertyDescription("File of training rows.") @FilePath
          String train,
      @JsonPropertyDescription("File of validation rows; held out by hash where absent.") @FilePath
          String validation,
      @JsonPropertyDescription("File of test rows; held out by hash where absent.") @FilePath
          String test,
      @JsonProperty(defaultValue = "\"\\t\"") @JsonPropertyDescription("One character.")
          String delimiter,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("The first line names the columns.")
          boolean header,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription("Column of the label, from 0.")
          @Range(min = 0, max = 1000)
          int labelColumn,
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Column of the text, from 0.")
          @Range(min = 0, max = 1000)
          int textColumn,
      @JsonProperty(defaultValue = "(.*)")
          @JsonPropertyDescription("Regular expression; its first group is the label.")
          String labelPattern,
      @JsonProperty(defaultValue = "0.1")
          @JsonPropertyDescription("Share held out for validation.")
          @Range(min = 0, below = 1)
          double validationShare,
      @JsonProperty(defaultValue = "0.1")
          @JsonPropertyDescription("Share held out for the test.")
          @Range(min = 0, below = 1)
          double testShare,
      @JsonProperty(defaultValue = "stop")
          @JsonPropertyDescription("Stop at a malformed row, or skip and count it.")
          Malformed malformed)
      implements DataSpec {
    public Table {
      Section.check(
          Table.class,
          train,
          validation,
          test,
          delimiter,
          header,
          labelColumn,
          textColumn,
          labelPattern,
          validationShare,
          testShare,
          malformed);
      if (delimiter.codePointCount(0, delimiter.length()) != 1) {
        throw new InvalidKeyException(
            "delimiter", "is \"" + delimiter + "\"; expected one character; a tab is \"\\t\"");
      }
      if (labelColumn == textColumn) {
        throw new InvalidKeyException(
            "textColumn", "is " + textColumn + ", the column of the label too");
      }
      try {
        Pattern.compile(labelPattern);
      } catch (PatternSyntaxException e) {
        throw new InvalidKeyException(
            "labelPattern", "is no regular expression: " + e.getDescription());
      }
      checkShares(validation == null ? validationShare : 0, test == null ? testShare : 0);
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
          @Range(min = 0, below = 1)
          double validationShare,
      @JsonProperty(defaultValue = "0.1")
          @JsonPropertyDescription("Share held out for the test.")
          @Range(min = 0, below = 1)
          double testShare,
      @JsonProperty(defaultValue = "stop")
          @JsonPropertyDescription("Stop at a malformed file, or skip and count it.")
          Malformed malformed)
      implements DataSpec {
    public Folders {
      Section.check(Folders.class, train, test, charset, validationShare, testShare, malformed);
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
  }

  private static void checkShares(double validation, double test) {
    if (validation + test >= 1) {
      throw new InvalidKeyException(
          "validationShare",
          "and testShare hold out " + (validation + test) + " of the rows; expected less than 1");
    }
  }

  /** What is done with a malformed row. */
  enum Malformed {
    @JsonProperty("stop")
    STOP,
    @JsonProperty("skip")
    SKIP
  }
}
