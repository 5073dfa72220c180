package org.qat4j.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Asks {@code ./qat serve} over loopback for some minutes, as fast as it answers, and prints each
 * minute the requests a second, the median and 99th percentile of their times, and the resident
 * memory of the server (Linux). A program, and no test.
 */
public final class ServeLoad {
  private static final Pattern URL = Pattern.compile("http://\\S+/");
  private static final int MOST = 5_000_000; // requests a minute that are kept

  private ServeLoad() {}

  /** Arguments: a model, minutes, requests at the same time, a text. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Process server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "org.qat4j.cli.Main",
                "serve",
                args[0],
                "--port",
                "0")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said = server.inputReader()) {
      Matcher url = URL.matcher("");
      while (!url.find()) {
        url.reset(said.readLine());
      }
      ask(url.group(), server.pid(), Integer.parseInt(args[1]), Integer.parseInt(args[2]), args[3]);
    } finally {
      server.destroy();
    }
  }

  private static void ask(String url, long pid, int minutes, int clients, String text)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "v1/predict"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"text\": \"" + text + "\"}"))
            .build();
    for (int minute = 1; minute <= minutes; minute++) {
      float[] micros = new float[MOST];
      AtomicInteger n = new AtomicInteger();
      AtomicInteger refused = new AtomicInteger();
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
      List<Thread> threads =
          IntStream.range(0, clients)
              .mapToObj(i -> new Thread(() -> client(request, end, micros, n, refused)))
              .toList();
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      float[] sorted = Arrays.copyOf(micros, n.get());
      Arrays.sort(sorted);
      System.out.printf(
          Locale.ROOT,
          "minute %2d: %,d requests, %,.0f a second, median %,.0f µs, 99th percentile %,.0f µs,"
              + " not answered %d, resident %,d kB%n",
          minute,
          sorted.length,
          sorted.length / 60.0,
          sorted[sorted.length / 2],
          sorted[sorted.length * 99 / 100],
          refused.get(),
          resident(pid));
    }
  }

  private static void client(
      HttpRequest request, long end, float[] micros, AtomicInteger n, AtomicInteger refused) {
    HttpClient client = HttpClient.newHttpClient();
    while (System.nanoTime() < end) {
      long begin = System.nanoTime();
      try {
        if (client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() != 200) {
          refused.incrementAndGet();
        }
      } catch (IOException | InterruptedException e) {
        refused.incrementAndGet();
      }
      micros[n.getAndIncrement()] = (System.nanoTime() - begin) / 1e3f;
    }
  }

  private static long resident(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
