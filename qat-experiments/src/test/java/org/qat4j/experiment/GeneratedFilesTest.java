package org.qat4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Files of the repository that are made from the records are what the records say now. To make them
 * anew: {@code mvn test -pl qat-experiments -am -Dtest=GeneratedFilesTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dqat4j.generate}
 */
class GeneratedFilesTest {
  private static final String HOW =
      "run: mvn test -pl qat-experiments -am -Dtest=GeneratedFilesTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dqat4j.generate";
  private static final String BEGIN =
      "<!-- Everything below is made by GeneratedFilesTest. -->\n\n";

  @Test
  void schemaIsCurrent() throws IOException {
    check(Configs.FOLDER.resolve("experiment.schema.json"), ExperimentSchema.generate());
  }

  @Test
  void referenceIsCurrent() throws IOException {
    Path file = Path.of("../docs/configuration.md");
    String text = Files.readString(file);
    int begin = text.indexOf(BEGIN);
    assertThat(begin).as("place of the reference in %s", file).isPositive();
    check(file, text.substring(0, begin) + BEGIN + ConfigurationReference.generate());
  }

  private static void check(Path file, String expected) throws IOException {
    if (System.getProperty("qat4j.generate") != null) {
      Files.writeString(file, expected);
    }
    assertThat(file).as(HOW).hasContent(expected);
  }
}
