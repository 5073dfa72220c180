package org.qat4j.task.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Lines;
import org.qat4j.data.SharedData;
import org.qat4j.experiment.DataSpec;
import org.qat4j.task.DatasetReader;

class NewsgroupsReaderTest {
  @TempDir Path dir;

  private static DataSpec.Newsgroups spec(Path path) {
    return new DataSpec.Newsgroups(path.toString(), false, 0.1);
  }

  /** Two groups with 30 posts each, a third of them for the test. */
  private static Map<String, byte[]> posts() {
    Map<String, byte[]> posts = new TreeMap<>();
    for (int i = 0; i < 60; i++) {
      String part = i % 3 == 0 ? "test" : "train";
      String group = i < 30 ? "sci.med" : "rec.autos";
      String post = "From: a@b.c\nSubject: No. " + i + "\n\nText f\u00fcr " + i + "\n";
      posts.put(
          "20news-bydate-" + part + "/" + group + "/" + (1000 + i),
          post.getBytes(StandardCharsets.ISO_8859_1));
    }
    return posts;
  }

  private Path archive(String name, Iterable<Map.Entry<String, byte[]>> posts) throws IOException {
    Path file = dir.resolve(name);
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(out))) {
      for (Map.Entry<String, byte[]> post : posts) {
        TarArchiveEntry entry = new TarArchiveEntry(post.getKey());
        entry.setSize(post.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(post.getValue());
        tar.closeArchiveEntry();
      }
    }
    return file;
  }

  private Path folder(Map<String, byte[]> posts) throws IOException {
    Path root = dir.resolve("unpacked");
    for (Map.Entry<String, byte[]> post : posts.entrySet()) {
      Path file = root.resolve(post.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, post.getValue());
    }
    return root;
  }

  @Test
  void archiveInAnyOrderAndFolderGiveTheSameRows() throws IOException {
    Map<String, byte[]> posts = posts();
    List<Map.Entry<String, byte[]>> shuffled = new ArrayList<>(posts.entrySet().stream().toList());
    Collections.shuffle(shuffled, new Random(1));
    Path folder = folder(posts);
    Files.writeString(folder.resolve("20news-bydate-train/sci.med/.DS_Store"), "no post");
    Files.writeString(folder.resolve("README"), "no post");

    Dataset sorted = DatasetReader.read(spec(archive("a.tar.gz", posts.entrySet())));

    assertThat(DatasetReader.read(spec(archive("b.tar.gz", shuffled)))).isEqualTo(sorted);
    assertThat(DatasetReader.read(spec(folder))).isEqualTo(sorted);
    assertThat(sorted.labels()).containsExactly("rec.autos", "sci.med");
    assertThat(sorted.train().size() + sorted.validation().size()).isEqualTo(40);
    assertThat(sorted.validation()).isNotEmpty();
    assertThat(sorted.test()).hasSize(20).first().isEqualTo(new Example("Text f\u00fcr 30\n", 0));
  }

  @Test
  void headersDoNotMoveTheSplit() throws IOException {
    Path file = archive("a.tar.gz", posts().entrySet());
    Dataset without = DatasetReader.read(spec(file));
    Dataset with = DatasetReader.read(new DataSpec.Newsgroups(file.toString(), true, 0.1));

    assertThat(with.validation().get(0).text()).startsWith("From: a@b.c\nSubject: No. ");
    assertThat(with.validation().stream().map(e -> e.text().split("\n\n", 2)[1]))
        .containsExactlyElementsOf(without.validation().stream().map(Example::text).toList());
  }

  @Test
  void stripsTheHeaderBlockAndNothingElse() {
    assertThat(NewsgroupsReader.withoutHeader("From: a\nSubject: b\n c\n\nText: x\n\nmore"))
        .isEqualTo("Text: x\n\nmore");
    // The public archive has posts that begin with what is left of a Path field.
    assertThat(NewsgroupsReader.withoutHeader(" usenet!news\nFrom: a\n\nText")).isEqualTo("Text");
    assertThat(NewsgroupsReader.withoutHeader("From: a\r\nSubject: b\r\n\r\nText"))
        .isEqualTo("Text");
    assertThat(NewsgroupsReader.withoutHeader("From: a\n")).isEmpty();
    for (String whole :
        List.of("Just text.\n\nMore", " indented\n\nMore", "Note: x\nand text\n\nMore", "", "\n")) {
      assertThat(NewsgroupsReader.withoutHeader(whole)).isEqualTo(whole);
    }
  }

  @Test
  void absentDataSaysWhatToRun() {
    assertThatThrownBy(() -> DatasetReader.read(spec(dir.resolve("none.tar.gz"))))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("none.tar.gz")
        .hasMessageContaining("./qat data fetch 20newsgroups")
        .hasMessageContaining("--set data.path=");
  }

  @Test
  void damagedAndForeignArchivesAreRefused() throws IOException {
    Path good = archive("a.tar.gz", posts().entrySet());
    byte[] bytes = Files.readAllBytes(good);
    Path cut = Files.write(dir.resolve("cut.tar.gz"), Arrays.copyOf(bytes, 500));
    Path foreign = archive("c.tar.gz", Map.of("other/file", new byte[3]).entrySet());

    assertThatThrownBy(() -> DatasetReader.read(spec(cut)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("cut.tar.gz is damaged or incomplete");
    assertThatThrownBy(() -> DatasetReader.read(spec(foreign)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("20news-bydate-train");

    Path folder = folder(posts());
    Path copy = folder.resolve("copy/20news-bydate-train/sci.med/1001");
    Files.createDirectories(copy.getParent());
    Files.writeString(copy, "twice");
    Files.writeString(folder.resolve("20news-bydate-train/sci.med/1001"), "once");
    assertThatThrownBy(() -> DatasetReader.read(spec(folder)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("sci.med/1001 is there twice");
  }

  @Test
  void realArchiveAndItsUnpackedFolderGiveTheSameRows() throws IOException {
    Path archive = SharedData.file("20news-bydate.tar.gz");
    Dataset data = DatasetReader.read(spec(archive));

    assertThat(data.train().size() + data.validation().size()).isEqualTo(11_314);
    assertThat(data.validation().size()).isBetween(1_050, 1_210);
    assertThat(data.test()).hasSize(7_532);
    assertThat(data.labels()).hasSize(20);
    List<Example> whole =
        DatasetReader.read(new DataSpec.Newsgroups(archive.toString(), true, 0.1)).test();
    int stripped = 0;
    for (int i = 0; i < whole.size(); i++) {
      String header = whole.get(i).text();
      assertThat(header.endsWith(data.test().get(i).text())).isTrue();
      header = header.substring(0, header.length() - data.test().get(i).text().length());
      stripped += ("\n" + header).contains("\nSubject:") && header.endsWith("\n\n") ? 1 : 0;
    }
    assertThat(stripped).isEqualTo(7_532);

    Path root = dir.resolve("real");
    try (InputStream in = Lines.open(archive, Long.MAX_VALUE);
        TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        if (e.isFile()) {
          Path file = root.resolve(e.getName());
          Files.createDirectories(file.getParent());
          Files.copy(tar, file);
        }
      }
    }
    assertThat(DatasetReader.read(spec(root)).sha256()).isEqualTo(data.sha256());
  }

  private byte[] tar() throws IOException {
    Path good = archive("whole.tar.gz", posts().entrySet());
    try (InputStream in = new GZIPInputStream(Files.newInputStream(good))) {
      return in.readAllBytes();
    }
  }

  private void refused(byte[] tar, String reason) throws IOException {
    Path file = dir.resolve("x.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(tar);
    }
    assertThatThrownBy(() -> DatasetReader.read(spec(file)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("x.tar.gz")
        .hasMessageContaining(reason);
  }

  /** At every place between two blocks, and inside one: the gzip around it is whole. */
  @Test
  void archivesThatAreCutInsideTheirPackingAreRefused() throws IOException {
    byte[] tar = tar();
    int end = tar.length;
    while (tar[end - 1] == 0) {
      end--;
    }
    for (int n = 512; n < end; n += 512 * 11) {
      refused(Arrays.copyOf(tar, n), "");
      refused(Arrays.copyOf(tar, n + 100), "");
    }
    int afterHalf = 60 * 512;
    refused(Arrays.copyOf(tar, afterHalf), "the archive is cut behind 30 posts");
  }

  @Test
  void namesThatAreNoPathsAreRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      byte[] pax = "30 path=a-train/b\0c/12345678\n".getBytes(StandardCharsets.ISO_8859_1);
      TarArchiveEntry header = new TarArchiveEntry("pax", TarConstants.LF_PAX_EXTENDED_HEADER_LC);
      header.setSize(pax.length);
      tar.putArchiveEntry(header);
      tar.write(pax);
      tar.closeArchiveEntry();
      TarArchiveEntry entry = new TarArchiveEntry("b");
      tar.putArchiveEntry(entry);
      tar.closeArchiveEntry();
    }
    refused(bytes.toByteArray(), "x.tar.gz");
  }

  /** 10 GB of rows in 10 MB: refused near the first of those, long before the last. */
  @ParameterizedTest
  @CsvSource({
    "99, 'more than [12]\\d{7} bytes, more than texts'",
    "3, 'more than 1\\d{6} lines, more'"
  })
  void textsThatUnpackToGigabytesAreRefused(int length, String reason) throws IOException {
    String row = "a\t" + "b".repeat(length - 2) + "\n";
    ByteArrayOutputStream member = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(member)) {
      out.write(row.repeat((1 << 20) / row.length()).getBytes(StandardCharsets.US_ASCII));
    }
    Path file = dir.resolve("bomb.tsv.gz");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int size = 0; size < 10_000_000; size += member.size()) {
        out.write(member.toByteArray());
      }
    }
    assertThatThrownBy(() -> Lines.read(file, "data.train"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("bomb.tsv.gz cannot be read: it unpacks to more than")
        .message()
        .containsPattern(reason);
  }
}
