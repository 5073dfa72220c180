package org.qat4j;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.format.ModelFile;
import org.qat4j.runtime.Predictor;

/** What native images, Android and images of jlink ask of qat-core. */
class SmallDevicesTest {
  private static final String TEXT = "good day";
  private static final Path MODELS =
      Path.of("src/test/resources/org/qat4j/format/v" + ModelFile.VERSION);

  /** Where a class may do what the others may not: with names that are constants. */
  private static final String WITH_CONSTANTS =
      "org\\.qat4j\\.(runtime\\.internal\\.KernelChoice|text\\.BertCharacters|internal\\.Version)";

  @TempDir private Path folder;

  @Test
  void modelsAreServedByJavaBaseAlone() throws Exception {
    List<String> names;
    try (Stream<Path> files = Files.list(MODELS)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    try (Stream<Path> files = Files.list(MODELS)) {
      names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".qat"))
              .map(name -> name.substring(0, name.length() - 4))
              .sorted()
              .toList();
    }
    assertThat(names).hasSizeGreaterThan(12);
    Files.write(folder.resolve("models"), names);

    List<String> lines = alone(OnJavaBase.class, folder.toString(), TEXT);

    assertThat(lines).contains("modules 1");
    assertThat(lines).filteredOn(line -> line.endsWith(" false")).isEmpty();
    assertThat(names).allSatisfy(name -> assertThat(lines).contains(name + " true"));
    for (String name : List.of("words", "wordpieces")) {
      assertThat(lines)
          .contains(Predictor.load(MODELS.resolve(name + ".qat")).predict(TEXT).toString());
    }
  }

  /** Runs one class of the tests with the classes of qat-core, and no module but java.base. */
  private List<String> alone(Class<?> program, String... arguments) throws Exception {
    Path classes = folder.resolve("program");
    Path to = classes.resolve(program.getName().replace('.', '/') + ".class");
    Files.createDirectories(to.getParent());
    try (InputStream in = program.getResourceAsStream(program.getSimpleName() + ".class")) {
      Files.copy(in, to);
    }
    Process process =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-Xmx256m",
                            "--limit-modules",
                            "java.base",
                            "-cp",
                            qatCore() + File.pathSeparator + classes,
                            program.getName()),
                        Stream.of(arguments))
                    .toList())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.lines().toList();
  }

  private static Path qatCore() throws URISyntaxException {
    return Path.of(Predictor.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** So a builder of native images finds all by itself. */
  @Test
  void nothingIsReachedByNamesThatAreMadeAtRunTime() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.qat4j");
    noClasses()
        .that()
        .haveNameNotMatching(WITH_CONSTANTS)
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.lang\\.reflect\\..*|java\\.util\\.ServiceLoader|java\\.lang\\.ClassLoader"
                + "|java\\.util\\.ResourceBundle|java\\.lang\\.invoke\\.MethodHandles.*"
                + "|java\\.io\\.Object(In|Out)putStream|sun\\..*|jdk\\.internal\\..*")
        .orShould()
        .callMethodWhere(
            target(nameMatching("forName|getResource.*|get(Declared)?(Method|Field|Constructor)s?"))
                .and(target(owner(nameMatching("java\\.lang\\.Class")))))
        .check(classes);
  }

  @Test
  void theMetadataOfNativeImagesAreEmpty() throws IOException {
    String name = "/META-INF/native-image/org.qat4j/qat-core/reachability-metadata.json";
    try (InputStream in = Predictor.class.getResourceAsStream(name)) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualToIgnoringWhitespace("{}");
    }
  }
}
