package org.qat4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.QatException;

class DownloadTest {
  private static final byte[] FILE = bytes(1);
  private static final String SHA256 = Hashes.hex(Hashes.digest().digest(FILE));
  private static final int TRIES = 3;

  /** One answer of the server, in the order of the requests; the last is repeated. */
  private interface Answer {
    void give(HttpExchange exchange) throws IOException;
  }

  @TempDir Path dir;
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<Answer> answers = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();
  private final List<String> progress = new ArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicReference<Runnable> watchdog = new AtomicReference<>();
  private long received; // guarded by progress
  private HttpServer server;
  private URI home;
  private Path target;

  private static byte[] bytes(long seed) {
    byte[] bytes = new byte[300_000];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @BeforeEach
  void serve() throws IOException {
    target = dir.resolve("new").resolve("file.bin");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    home =
        URI.create(
            "http://"
                + server.getAddress().getAddress().getHostAddress()
                + ":"
                + server.getAddress().getPort()
                + "/file");
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    int number = requests.size();
    String range = exchange.getRequestHeaders().getFirst("Range");
    String condition = exchange.getRequestHeaders().getFirst("If-Range");
    requests.add(range + " if " + condition);
    try (exchange) {
      answers.get(Math.min(number, answers.size() - 1)).give(exchange);
    }
  }

  /** The bytes from the place that is asked for, if the version is still the same. */
  private static Answer file(byte[] bytes, String tag) {
    return exchange -> send(exchange, bytes, tag, bytes.length);
  }

  /** The same, but the connection ends at a byte, once all before it have arrived. */
  private Answer breaking(byte[] bytes, String tag, int at) {
    return exchange -> {
      send(exchange, bytes, tag, at);
      awaitReceived(at);
    };
  }

  private void awaitReceived(long bytes) {
    synchronized (progress) {
      while (received < bytes) {
        try {
          progress.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private static void send(HttpExchange exchange, byte[] bytes, String tag, int end)
      throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    String condition = exchange.getRequestHeaders().getFirst("If-Range");
    exchange.getResponseHeaders().set("ETag", tag);
    int from = 0;
    if (range != null && (condition == null || condition.equals(tag))) {
      from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, bytes.length - from);
    exchange.getResponseBody().write(bytes, from, Math.max(0, end - from));
    exchange.getResponseBody().flush();
  }

  private static Answer status(int status, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, -1);
    };
  }

  private void fetch() {
    fetch(ProxySelector.of(null));
  }

  private void fetch(ProxySelector proxy) {
    download(proxy).fetch(home, SHA256, target, listener());
  }

  private Download download(ProxySelector proxy) {
    Download.Patience patience =
        new Download.Patience(
            TRIES, Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofDays(1));
    HttpClient client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .proxy(proxy)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    return new Download(
        client,
        patience,
        pauses::add,
        (period, task) -> {
          watchdog.set(task);
          return () -> watchdog.set(null);
        });
  }

  private Download.Listener listener() {
    return new Download.Listener() {
      @Override
      public void received(long bytes, long total) {
        synchronized (progress) {
          progress.add(bytes + "/" + total);
          received = bytes;
          progress.notifyAll();
        }
      }

      @Override
      public void retrying(String reason, Duration pause) {
        reasons.add(reason);
      }
    };
  }

  private void assertFetched() throws IOException {
    assertThat(target).hasBinaryContent(FILE);
    try (var files = Files.list(target.getParent())) {
      assertThat(files).containsExactly(target);
    }
  }

  @Test
  void fetchesOnce() throws IOException {
    answers.add(file(FILE, "\"a\""));
    fetch();
    fetch();

    assertFetched();
    assertThat(requests).containsExactly("null if null");
    assertThat(progress).last().isEqualTo("300000/300000");
    assertThat(pauses).isEmpty();
  }

  @Test
  void followsRedirects() throws IOException {
    answers.add(status(302, "Location", home + "/elsewhere"));
    answers.add(file(FILE, "\"a\""));
    fetch();
    assertFetched();
  }

  @Test
  void goesOnWhereTheConnectionBroke() throws IOException {
    answers.add(breaking(FILE, "\"a\"", 100_000));
    answers.add(breaking(FILE, "\"a\"", 250_000));
    answers.add(file(FILE, "\"a\""));
    fetch();

    assertFetched();
    assertThat(requests)
        .containsExactly("null if null", "bytes=100000- if \"a\"", "bytes=250000- if \"a\"");
    assertThat(pauses).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(4));
  }

  @Test
  void goesOnWhereAnEarlierRunEnded() throws IOException {
    answers.add(breaking(FILE, "\"a\"", 100_000));
    answers.add(status(503));
    assertThatThrownBy(this::fetch)
        .isInstanceOf(QatException.class)
        .hasMessageContaining("could not be downloaded in 3 tries")
        .hasMessageContaining("the server answered 503")
        .hasMessageContaining("by hand from " + home + " to " + target);
    assertThat(target).doesNotExist();

    answers.set(1, file(FILE, "\"a\""));
    fetch();
    assertFetched();
    assertThat(requests).last().isEqualTo("bytes=100000- if \"a\"");
  }

  @Test
  void startsAgainWhereTheServerHasAnotherVersion() throws IOException {
    answers.add(breaking(bytes(2), "\"old\"", 100_000));
    answers.add(file(FILE, "\"new\""));
    fetch();
    assertFetched();
    assertThat(requests).last().isEqualTo("bytes=100000- if \"old\"");
  }

  @Test
  void startsAgainWhereAnEarlierPartWasOfAnotherFile() throws IOException {
    Files.createDirectories(target.getParent());
    Files.write(dir.resolve("new/file.bin.part"), Arrays.copyOf(bytes(2), 100_000));
    answers.add(file(FILE, "\"a\""));
    fetch();
    assertFetched();
    assertThat(requests).containsExactly("bytes=100000- if null", "null if null");
  }

  @Test
  void startsAgainWhereTheServerKnowsNoRanges() throws IOException {
    answers.add(breaking(FILE, "\"a\"", 100_000));
    answers.add(
        exchange -> {
          exchange.sendResponseHeaders(200, FILE.length);
          exchange.getResponseBody().write(FILE);
        });
    fetch();
    assertFetched();
  }

  @Test
  void startsAgainWhereTheServerAnswersWithAnotherPart() throws IOException {
    answers.add(breaking(FILE, "W/\"weak\"", 100_000));
    answers.add(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Range", "bytes 0-299999/300000");
          exchange.sendResponseHeaders(206, FILE.length);
          exchange.getResponseBody().write(FILE);
        });
    answers.add(file(FILE, "\"a\""));
    fetch();
    assertFetched();
    assertThat(requests).element(1).isEqualTo("bytes=100000- if null");
    assertThat(reasons).last().asString().contains("another part");
  }

  @Test
  void anEarlierRunMayHaveEndedBeforeTheMove() throws IOException {
    Files.createDirectories(target.getParent());
    Files.write(dir.resolve("new/file.bin.part"), FILE);
    answers.add(status(500));
    fetch();
    assertFetched();
    assertThat(requests).isEmpty();
  }

  @Test
  void partThatIsTooLongIsThrownAway() throws IOException {
    Files.createDirectories(target.getParent());
    Files.write(dir.resolve("new/file.bin.part"), Arrays.copyOf(FILE, FILE.length + 1));
    answers.add(status(416, "Content-Range", "bytes */300000"));
    answers.add(file(FILE, "\"a\""));
    fetch();
    assertFetched();
  }

  /** The watchdog looks twice after the last byte. */
  @Test
  void silentServerIsLeftAndTriedAgain() throws IOException {
    answers.add(
        exchange -> {
          send(exchange, FILE, "\"a\"", 100_000);
          awaitReceived(100_000);
          Runnable look = watchdog.get();
          look.run();
          look.run();
          await();
        });
    answers.add(file(FILE, "\"a\""));
    fetch();
    assertFetched();
    assertThat(reasons).first().isEqualTo("nothing came for 86400.0 seconds");
    assertThat(requests).element(1).isEqualTo("bytes=100000- if \"a\"");
  }

  private void await() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void waitsAsTheServerAsksButNotForEver() throws IOException {
    answers.add(status(503, "Retry-After", "7"));
    answers.add(status(429, "Retry-After", "100000"));
    answers.add(file(FILE, "\"a\""));
    fetch();
    assertFetched();
    assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(60));
  }

  @Test
  void wrongFileIsThrownAway() {
    answers.add(file(bytes(2), "\"a\""));
    assertThatThrownBy(this::fetch)
        .isInstanceOf(QatException.class)
        .hasMessageContaining("gave 300000 bytes with the SHA-256")
        .hasMessageContaining("not " + SHA256)
        .hasMessageContaining("login page");
    assertThat(target.getParent()).isEmptyDirectory();
  }

  @Test
  void absentFileIsNotTriedAgain() {
    for (int status : new int[] {202, 403, 404}) {
      requests.clear();
      answers.add(0, status(status));
      assertThatThrownBy(this::fetch)
          .isInstanceOf(QatException.class)
          .hasMessageContaining("answered " + status);
      assertThat(requests).hasSize(1);
    }
  }

  @Test
  void anotherFileAtThePlaceIsLeftAlone() throws IOException {
    target = Files.writeString(dir.resolve("mine"), "mine");
    assertThatThrownBy(this::fetch)
        .isInstanceOf(QatException.class)
        .hasMessageContaining("mine is there already");
    assertThat(target).hasContent("mine");
    assertThat(requests).isEmpty();
  }

  @Test
  void secondDownloadOfTheSameFileIsRefused() throws IOException {
    Files.createDirectories(target.getParent());
    Path part = target.resolveSibling("file.bin.part");
    try (FileChannel other =
            FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = other.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThatThrownBy(this::fetch)
          .isInstanceOf(QatException.class)
          .hasMessageContaining("another download is writing");
    }
  }

  @Test
  void fullDiskIsSaid() throws IOException {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full), "this system has no /dev/full");
    Files.createDirectories(target.getParent());
    Files.createSymbolicLink(target.resolveSibling("file.bin.part"), full);
    answers.add(file(FILE, "\"a\""));
    assertThatThrownBy(this::fetch)
        .isInstanceOf(QatException.class)
        .hasMessageContaining("is full; make room");
    assertThat(requests).hasSize(1);
  }

  @Test
  void placeThatCannotBeWrittenIsSaid() throws IOException {
    Files.writeString(dir.resolve("new"), "a file where a folder is needed");
    assertThatThrownBy(this::fetch)
        .isInstanceOf(QatException.class)
        .hasMessageContaining("choose another place");
    assertThat(requests).isEmpty();
  }

  @Test
  void usesTheProxyOfTheEnvironment() throws IOException {
    answers.add(file(FILE, "\"a\""));
    String proxy = "http://localhost:" + server.getAddress().getPort();
    home = URI.create("http://data.invalid/file");
    fetch(Proxies.of(Map.of("http_proxy", proxy)));
    assertFetched();
  }

  @Test
  void readsTheVariablesOfProxies() {
    ProxySelector proxies =
        Proxies.of(
            Map.of(
                "HTTPS_PROXY", "proxy:3128", "HTTP_PROXY", "bad:1", "no_proxy", "a.org, .b.org"));

    assertThat(proxies.select(URI.create("https://x.org/")).get(0).address())
        .hasToString("proxy/<unresolved>:3128");
    for (String direct : List.of("https://a.org/", "https://c.b.org/", "http://x.org/")) {
      assertThat(proxies.select(URI.create(direct)).get(0).address()).isNull();
    }
    assertThat(Proxies.of(Map.of()).select(URI.create("https://x.org/")).get(0).address()).isNull();
    for (String bad : List.of("http://user:secret@proxy:3128", "::")) {
      assertThatThrownBy(() -> Proxies.of(Map.of("https_proxy", bad)))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("https_proxy")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void namesOfDataSets() {
    assertThat(KnownData.all())
        .extracting(KnownData::name)
        .containsExactly("20newsgroups", "trec", "mr");
    assertThat(KnownData.all().stream().flatMap(data -> data.files().stream()))
        .allSatisfy(file -> assertThat(file.home().getScheme()).isEqualTo("https"))
        .allSatisfy(file -> assertThat(file.sha256()).matches("[0-9a-f]{64}"));
    assertThatThrownBy(() -> Lines.read(Path.of("data", "trec", "test.tsv"), "data.test"))
        .hasMessageContaining("; ./qat data fetch trec downloads it; set data.test");
    assertThatThrownBy(() -> KnownData.named("20newsgroup"))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"20newsgroup\"")
        .hasMessageContaining("there is: 20newsgroups");
  }

  @Test
  void tablesAreMadeOfWhatOthersWrite() throws IOException {
    byte[] lines = "DESC:def What is caf\u00e9 ?\nNUM:date When ?\n".getBytes(ISO_8859_1);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(packed))) {
      for (String name : List.of("x/README", "x/rt-polarity.pos", "x/rt-polarity.neg")) {
        byte[] text = (name + " is caf\u00e9 . \nwell .\n").getBytes(ISO_8859_1);
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(text.length);
        tar.putArchiveEntry(entry);
        tar.write(text);
        tar.closeArchiveEntry();
      }
    }
    answers.add(file(lines, "\"a\""));
    answers.add(file(packed.toByteArray(), "\"b\""));
    KnownFile trec = known(lines, KnownFile.Form.LABELLED_LINES, "lines");
    KnownFile mr = known(packed.toByteArray(), KnownFile.Form.ARCHIVE_OF_CLASSES, "classes");
    KnownData data = new KnownData("x", "", "", "", dir, List.of(trec, mr));

    data.fetch(download(ProxySelector.of(null)), dir, listener());
    assertThat(dir.resolve("lines.tsv"))
        .hasContent("DESC:def\tWhat is caf\u00e9 ?\nNUM:date\tWhen ?\n");
    assertThat(dir.resolve("classes.tsv"))
        .hasContent(
            """
            neg\tx/rt-polarity.neg is caf\u00e9 .
            neg\twell .
            pos\tx/rt-polarity.pos is caf\u00e9 .
            pos\twell .
            """);
    data.fetch(download(ProxySelector.of(null)), dir, listener());
    assertThat(requests).hasSize(2);
  }

  private KnownFile known(byte[] file, KnownFile.Form form, String name) {
    String sha256 = Hashes.hex(Hashes.digest().digest(file));
    return new KnownFile(home, sha256, name + ".raw", form, name + ".tsv");
  }
}
