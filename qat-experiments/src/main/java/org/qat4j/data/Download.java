package org.qat4j.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qat4j.QatException;

/**
 * Downloads a file whose SHA-256 is known. A transfer that breaks off is taken up where it stopped,
 * in the same run or in a later one (RFC 9110, 14: Range, If-Range); a server that cannot do so is
 * read from the beginning. The file appears at its place whole and checked, or not at all.
 */
public final class Download {
  private static final int BUFFER = 1 << 16;
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  /** Told how a download goes on. */
  public interface Listener {
    /**
     * More was received.
     *
     * @param bytes received in all
     * @param total size of the file, or −1 where the server does not say
     */
    void received(long bytes, long total);

    /** A try failed, and after a pause comes the next. */
    void retrying(String reason, Duration pause);
  }

  /**
   * When to give up.
   *
   * @param attempts tries in all, ≥ 1
   * @param firstPause before the second try; doubled before each further one
   * @param longestPause bound of that, and of what a server asks for by Retry-After
   * @param silence a server that sends nothing for so long has failed
   */
  public record Patience(
      int attempts, Duration firstPause, Duration longestPause, Duration silence) {
    /** Five tries within about half a minute of pauses. */
    public static final Patience DEFAULT =
        new Patience(5, Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofSeconds(30));
  }

  /** Waits; a test need not. */
  interface Pause {
    void sleep(Duration duration) throws InterruptedException;
  }

  /** A try that failed in a way that the next may not. */
  private static final class TryAgain extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Optional<Duration> after;

    TryAgain(String reason, Optional<Duration> after) {
      super(reason);
      this.after = after;
    }

    TryAgain(String reason) {
      this(reason, Optional.empty());
    }
  }

  private final HttpClient client;
  private final Patience patience;
  private final Pause pause;
  private final Watchdog.Timer timer;

  /** Through the proxy of the system properties or of the environment, where one is set. */
  public Download() {
    this(
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(Patience.DEFAULT.silence())
            .proxy(Proxies.of(System.getenv()))
            .build(),
        Patience.DEFAULT,
        duration -> Thread.sleep(duration.toMillis()),
        Watchdog.Timer::byTheClock);
  }

  Download(HttpClient client, Patience patience, Pause pause, Watchdog.Timer timer) {
    this.client = client;
    this.patience = patience;
    this.pause = pause;
    this.timer = timer;
  }

  /**
   * Downloads a file, unless it is there already.
   *
   * @param home where it is
   * @param sha256 of the file, hexadecimal
   * @param target where it shall be; folders are made
   * @throws QatException if another file is at that place, the server does not give the file, what
   *     it gives has another checksum, or the disk is full or read-only
   */
  public void fetch(URI home, String sha256, Path target, Listener listener) {
    if (Files.exists(target)) {
      if (Files.isRegularFile(target) && PartFile.sha256(target).equals(sha256)) {
        return;
      }
      throw new QatException(
          target
              + " is there already and is not the file that would be downloaded (SHA-256 "
              + sha256
              + "); move it away, or choose another place");
    }
    try (PartFile part = new PartFile(target)) {
      boolean resumed = part.size() > 0;
      if (!resumed || !part.sha256().equals(sha256)) {
        receive(home, part, target, listener);
      }
      if (resumed && !part.sha256().equals(sha256)) {
        // The earlier part may have been of another version.
        part.restart(Optional.empty());
        receive(home, part, target, listener);
      }
      String received = part.sha256();
      if (!received.equals(sha256)) {
        long bytes = part.size();
        part.delete();
        throw new QatException(
            home
                + " gave "
                + bytes
                + " bytes with the SHA-256 "
                + received
                + ", not "
                + sha256
                + ": it is not the file, and was thrown away. Is there a login page or a filter"
                + " between? "
                + byHand(home, target));
      }
      part.complete();
    }
  }

  private void receive(URI home, PartFile part, Path target, Listener listener) {
    Duration wait = patience.firstPause();
    for (int attempt = 1; ; attempt++) {
      try {
        request(home, part, target, listener);
        return;
      } catch (TryAgain e) {
        if (attempt == patience.attempts()) {
          throw new QatException(
              home
                  + " could not be downloaded in "
                  + attempt
                  + (attempt == 1 ? " try" : " tries")
                  + "; the last failed with: "
                  + e.getMessage()
                  + ". What came stays, and the same command goes on from there. "
                  + byHand(home, target),
              e);
        }
        sleep(e.getMessage(), e.after.orElse(wait), listener);
        wait = wait.multipliedBy(2);
      }
    }
  }

  private void sleep(String reason, Duration wanted, Listener listener) {
    Duration bounded =
        wanted.compareTo(patience.longestPause()) < 0 ? wanted : patience.longestPause();
    listener.retrying(reason, bounded);
    try {
      pause.sleep(bounded);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static QatException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new QatException(
        "the download was interrupted; the same command goes on where it stopped", e);
  }

  private void request(URI home, PartFile part, Path target, Listener listener) throws TryAgain {
    long have = part.size();
    HttpRequest.Builder request = HttpRequest.newBuilder(home).timeout(patience.silence());
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
      part.version().ifPresent(version -> request.header("If-Range", version));
    }
    try {
      HttpResponse<InputStream> response =
          client.send(request.build(), BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        long total = begin(response, part, have, home, target);
        receive(body, part, total, listener);
      }
    } catch (IOException e) {
      String message = e.getMessage() == null ? "the connection failed" : e.getMessage();
      throw new TryAgain(message + " (" + e.getClass().getSimpleName() + ")");
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Makes the part ready for the bytes of a response.
   *
   * @return size of the whole file, or −1 where the server does not say
   */
  private static long begin(
      HttpResponse<InputStream> response, PartFile part, long have, URI home, Path target)
      throws TryAgain {
    HttpHeaders headers = response.headers();
    int status = response.statusCode();
    switch (status) {
      case 200 -> {
        part.restart(version(headers));
        return headers.firstValueAsLong("Content-Length").orElse(-1);
      }
      case 206 -> {
        Matcher range = CONTENT_RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
        if (!range.matches() || Long.parseLong(range.group(1)) != have) {
          part.restart(Optional.empty());
          throw new TryAgain("the server answered with another part than the one asked for");
        }
        return range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2));
      }
      case 416 -> {
        part.restart(Optional.empty());
        throw new TryAgain("the server has no bytes behind those that were received");
      }
      default -> {
        if (status >= 500 || status == 408 || status == 429) {
          throw new TryAgain("the server answered " + status, retryAfter(headers));
        }
        throw new QatException(
            response.uri()
                + " answered "
                + status
                + " and not with the file. "
                + byHand(home, target));
      }
    }
  }

  /** What If-Range may name: a strong entity tag, or else the date (RFC 9110, 13.1.5). */
  private static Optional<String> version(HttpHeaders headers) {
    return headers
        .firstValue("ETag")
        .filter(tag -> !tag.startsWith("W/"))
        .or(() -> headers.firstValue("Last-Modified"));
  }

  private static Optional<Duration> retryAfter(HttpHeaders headers) {
    try {
      OptionalLong seconds = headers.firstValueAsLong("Retry-After");
      return seconds.isPresent() && seconds.getAsLong() >= 0
          ? Optional.of(Duration.ofSeconds(seconds.getAsLong()))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty(); // A date: the usual pause does as well.
    }
  }

  private void receive(InputStream body, PartFile part, long total, Listener listener)
      throws IOException, TryAgain {
    byte[] buffer = new byte[BUFFER];
    long received = part.size();
    try (Watchdog watchdog = new Watchdog(body, patience.silence(), timer)) {
      try {
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
          watchdog.alive();
          part.append(buffer, n);
          received += n;
          listener.received(received, total);
        }
      } catch (IOException e) {
        if (!watchdog.bit()) {
          throw e;
        }
      }
      if (watchdog.bit()) {
        throw new TryAgain(
            "nothing came for " + patience.silence().toMillis() / 1000.0 + " seconds");
      }
    }
    if (total >= 0 && received != total) {
      throw new TryAgain("the connection ended after " + received + " of " + total + " bytes");
    }
  }

  private static String byHand(URI home, Path target) {
    return "It can also be downloaded by hand from " + home + " to " + target;
  }
}
