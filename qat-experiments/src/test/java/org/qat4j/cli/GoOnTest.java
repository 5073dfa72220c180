package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.zoo.SavedNetworks;

class GoOnTest {
  private static final Pattern KEPT = Pattern.compile("kept.*");

  @TempDir private Path run;

  private String said(boolean finished, String... words) {
    StringWriter to = new StringWriter();
    try (GoOn goOn = new GoOn(run, KEPT, new PrintWriter(to), List.of(words))) {
      if (finished) {
        goOn.finished();
      }
    }
    return to.toString().strip();
  }

  @Test
  void saysTheCommandWhereSomethingIsKept() throws IOException {
    assertThat(said(false, "run")).isEmpty();
    Files.createFile(Files.createDirectories(run.resolve("seed-1")).resolve("kept.zip"));
    assertThat(said(true, "run")).isEmpty();
    assertThat(said(false, "run", "--resume", "runs/a-1"))
        .isEqualTo("the run can go on where it stood: ./qat run --resume runs/a-1");
  }

  /** The command can be pasted into a shell. */
  @Test
  void quotesWhatAShellWouldSplit() throws IOException {
    Files.createFile(run.resolve("kept"));
    assertThat(said(false, "sweep", "my runs/it's", "--only", "W2.*"))
        .endsWith("./qat sweep 'my runs/it'\\''s' --only 'W2.*'");
  }

  @Test
  void classesThatAreTrustedAreNamedAgain() throws IOException {
    Files.createFile(run.resolve("kept"));
    System.setProperty(SavedNetworks.TRUST, "com.example.MyLayer");
    try {
      assertThat(said(false, "run")).endsWith("./qat run --trust com.example.MyLayer");
    } finally {
      System.clearProperty(SavedNetworks.TRUST);
    }
  }
}
