package org.qat4j.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.qat4j.QatException;

/**
 * A data set with a public home.
 *
 * @param name for {@code ./qat data fetch NAME}
 * @param description one line
 * @param home where it is downloaded from
 * @param sha256 of the file, hexadecimal
 * @param size for people
 * @param licence as stated by its publisher
 * @param path default place of the file
 */
public record KnownData(
    String name,
    String description,
    URI home,
    String sha256,
    String size,
    String licence,
    Path path) {

  private static final List<KnownData> ALL =
      List.of(
          new KnownData(
              "20newsgroups",
              "Usenet posts of 20 groups, split by date: 11,314 to train on, 7,532 to test on",
              URI.create("https://ndownloader.figshare.com/files/5975967"),
              "8f1b2514ca22a5ade8fbb9cfa5727df95fa587f4c87b786e15c759fa66d95610",
              "14 MB",
              "none stated: public Usenet posts, freely distributed by J. Rennie",
              Path.of("data", "20news-bydate.tar.gz")));

  /** All of them, by name. */
  public static List<KnownData> all() {
    return ALL;
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
}
