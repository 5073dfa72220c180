package org.qat4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class ExperimentWriterTest {
  private static Path file;

  @BeforeContainer
  static void makeFile() throws IOException {
    file = Files.createTempFile("experiment", ".yaml");
  }

  @AfterContainer
  static void deleteFile() throws IOException {
    Files.delete(file);
  }

  @Property(tries = 150, seed = "1")
  void readingBackGivesTheSame(@ForAll long seed) throws IOException {
    Experiment experiment = new RandomSections(seed).draw(Experiment.class);
    String yaml = ExperimentWriter.toYaml(experiment);

    Files.writeString(file, yaml);

    assertThat(ExperimentReader.read(file, List.of())).as(yaml).isEqualTo(experiment);
  }

  @Property(tries = 50, seed = "1")
  void theSchemaAllowsWhatIsWritten(@ForAll long seed) {
    String yaml = ExperimentWriter.toYaml(new RandomSections(seed).draw(Experiment.class));

    assertThat(SchemaValidator.problems(yaml)).as(yaml).isEmpty();
  }
}
