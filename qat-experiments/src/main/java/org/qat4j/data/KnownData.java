package org.qat4j.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.qat4j.QatException;

/**
 * A data set with a public home.
 *
 * @param name for {@code ./qat data fetch NAME}
 * @param description one line
 * @param size for people
 * @param licence as stated by its publisher
 * @param folder default place of its files
 * @param files that are downloaded
 */
public record KnownData(
    String name,
    String description,
    String size,
    String licence,
    Path folder,
    List<KnownFile> files) {

  private static final List<KnownData> ALL =
      List.of(
          new KnownData(
              "20newsgroups",
              "Usenet posts of 20 groups, split by date: 11,314 to train on, 7,532 to test on",
              "14 MB",
              "none stated: public Usenet posts, freely distributed by J. Rennie",
              Path.of("data"),
              List.of(
                  new KnownFile(
                      URI.create("https://ndownloader.figshare.com/files/5975967"),
                      "8f1b2514ca22a5ade8fbb9cfa5727df95fa587f4c87b786e15c759fa66d95610",
                      "20news-bydate.tar.gz",
                      KnownFile.Form.AS_IT_IS,
                      "20news-bydate.tar.gz"))),
          new KnownData(
              "trec",
              "Questions and what they ask for (Li and Roth): 5,452 to train on, 500 to test on",
              "0.4 MB",
              "none stated",
              Path.of("data", "trec"),
              List.of(
                  new KnownFile(
                      URI.create("https://cogcomp.seas.upenn.edu/Data/QA/QC/train_5500.label"),
                      "9e4c8bdcaffb96ed61041bd64b564183d52793a8e91d84fc3a8646885f466ec3",
                      "train_5500.label",
                      KnownFile.Form.LABELLED_LINES,
                      "train.tsv"),
                  new KnownFile(
                      URI.create("https://cogcomp.seas.upenn.edu/Data/QA/QC/TREC_10.label"),
                      "033f22c028c2bbba9ca682f68ffe204dc1aa6e1cf35dd6207f2d4ca67f0d0e8e",
                      "TREC_10.label",
                      KnownFile.Form.LABELLED_LINES,
                      "test.tsv"))),
          new KnownData(
              "mr",
              "Sentences of film reviews for and against the film (Pang and Lee): 10,662",
              "0.5 MB",
              "none stated",
              Path.of("data", "mr"),
              List.of(
                  new KnownFile(
                      URI.create(
                          "https://storage.googleapis.com/seldon-datasets/sentence_polarity_v1/"
                              + "rt-polaritydata.tar.gz"),
                      "a05befe52aafda71d458d188a1c54506a998b1308613ba76bbda2e5029409ce9",
                      "rt-polaritydata.tar.gz",
                      KnownFile.Form.ARCHIVE_OF_CLASSES,
                      "all.tsv"))));

  public KnownData {
    files = List.copyOf(files);
  }

  /** All of them, by name. */
  public static List<KnownData> all() {
    return ALL;
  }

  /** The one that makes a file, by the file's default place. */
  static Optional<KnownData> of(Path file) {
    return ALL.stream()
        .filter(
            data -> data.files.stream().anyMatch(f -> file.equals(data.folder.resolve(f.made()))))
        .findFirst();
  }

  /**
   * The one of a name.
   *
   * @throws QatException that says which there are
   */
  public static KnownData named(String name) {
    return ALL.stream()
        .filter(data -> data.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new QatException(
                    "there is no data set \""
                        + name
                        + "\" to fetch; there is: "
                        + String.join(", ", ALL.stream().map(KnownData::name).toList())));
  }

  /**
   * Downloads and checks what is not there yet, and makes of it what experiments read.
   *
   * @param to folder of the files
   * @throws QatException as {@link Download#fetch}
   */
  public void fetch(Download download, Path to, Download.Listener listener) {
    for (KnownFile file : files) {
      Path raw = to.resolve(file.downloaded());
      download.fetch(file.home(), file.sha256(), raw, listener);
      file.form().make(raw, to.resolve(file.made()));
    }
  }
}
