package org.qat4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole experiments on the pages of the tasks are read as they stand. */
class TaskPagesTest {
  private static final Pattern EXPERIMENT =
      Pattern.compile("```yaml\\n(schemaVersion.*?)\\n```", Pattern.DOTALL);

  @TempDir private Path folder;

  @Test
  void experimentsAreRead() throws IOException {
    int read = 0;
    try (Stream<Path> pages = Files.list(Path.of("..", "docs", "tasks"))) {
      for (Path page : pages.toList()) {
        Matcher m = EXPERIMENT.matcher(Files.readString(page));
        while (m.find()) {
          Path file = Files.writeString(folder.resolve("page.yaml"), m.group(1) + "\n");
          assertThat(ExperimentReader.read(file, List.of()).name()).isNotEmpty();
          read++;
        }
      }
    }
    assertThat(read).isPositive();
  }
}
