package org.qat4j.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private Instant now = Instant.EPOCH;
  private final InstantSource clock = () -> now;

  private void pass(double seconds) {
    now = now.plus(Duration.ofMillis(Math.round(1000 * seconds)));
  }

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aShortStepIsOneLine() {
    try (Progress progress = new Console(out, false, 0, clock).progress("float training", 300)) {
      for (int i = 0; i < 300; i++) {
        pass(0.02);
        progress.step(1);
        progress.message("loss " + (300 - i));
      }
    }
    assertThat(lines())
        .containsExactly("float training: 300 of 300 (100 %), 6.0 s, 50.0 a second, loss 1");
  }

  @Test
  void aLineAfterTenSecondsWithRateAndTimeLeft() {
    try (Progress progress = new Console(out, false, 0, clock).progress("search", 1_000)) {
      for (int i = 0; i < 5; i++) {
        pass(5);
        progress.step(100);
      }
    }
    assertThat(lines())
        .containsExactly(
            "search: 200 of 1,000 (20 %), 10.0 s, 20.0 a second, 40 s left",
            "search: 400 of 1,000 (40 %), 20.0 s, 20.0 a second, 30 s left",
            "search: 500 of 1,000 (50 %), 25.0 s, 20.0 a second, 25 s left");
  }

  @Test
  void aLongStepHasFewLines() {
    try (Progress progress = new Console(out, false, 0, clock).progress("training", 3_600)) {
      for (int i = 0; i < 3_600; i++) {
        pass(10);
        progress.step(1);
      }
    }
    assertThat(lines()).hasSizeBetween(40, 90);
  }

  @Test
  void withoutATotalThereIsNoTimeLeft() {
    try (Progress progress = new Console(out, false, 0, clock).progress("reading", -1)) {
      pass(12);
      progress.step(24);
    }
    assertThat(lines())
        .containsExactly("reading: 24, 12.0 s, 2.0 a second", "reading: 24, 12.0 s, 2.0 a second");
  }

  @Test
  void stepsComeFromSeveralThreads() throws Exception {
    try (Progress progress = new Console(out, false, 0, clock).progress("evaluation", 4_000)) {
      Thread[] threads = new Thread[4];
      for (int t = 0; t < threads.length; t++) {
        threads[t] =
            new Thread(
                () -> {
                  for (int i = 0; i < 1_000; i++) {
                    progress.step(1);
                  }
                });
        threads[t].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(lines()).containsExactly("evaluation: 4,000 of 4,000 (100 %), 0.0 s");
  }

  @Test
  void aTerminalGetsABarOfItsWidth() {
    try (Progress progress = new Console(out, false, 90, clock).progress("float training", 300)) {
      progress.step(300);
      progress.message("loss 0.53");
    }
    List<String> drawn =
        bytes.toString(StandardCharsets.UTF_8).lines().filter(l -> !l.isBlank()).toList();
    String last = drawn.get(drawn.size() - 1);
    assertThat(last).contains("float training", "100%", "300/300", "loss 0.53");
    assertThat(last.length()).isLessThanOrEqualTo(90);
  }

  @Test
  void quietIsQuiet() {
    Console console = new Console(out, true, 90, clock);
    try (Progress progress = console.progress("float training", 300)) {
      progress.step(300);
      progress.message("loss 0.53");
    }
    console.line("run folder: x");
    assertThat(bytes.size()).isZero();
  }
}
