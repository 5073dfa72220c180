package org.qat4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.internal.Version;
import org.qat4j.runtime.Prediction;
import org.qat4j.runtime.Predictor;

/**
 * Projects of others, built by Maven with the POMs and jars that would be published, in a local
 * repository of their own that sees the libraries of the user's. Run by {@code mvn verify}, when
 * the jars are there.
 */
@Tag("consumers")
class ConsumersTest {
  private static final String TEXT = "good day";
  private static final Path MODEL =
      Path.of("../qat-core/src/test/resources/org/qat4j/format/v1/words.qat");
  private static final String POM =
      """
      <project>
        <modelVersion>4.0.0</modelVersion>
        <groupId>com.example</groupId>
        <artifactId>consumer</artifactId>
        <version>1</version>
        <properties>
          <maven.compiler.release>17</maven.compiler.release>
          <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
        </properties>
        <dependencies>
      %s  </dependencies>
        <build>
          <plugins>
            <plugin>
              <artifactId>maven-compiler-plugin</artifactId>
              <version>3.14.0</version>
            </plugin>
            <plugin>
              <artifactId>maven-resources-plugin</artifactId>
              <version>3.3.1</version>
            </plugin>
            <plugin>
              <artifactId>maven-dependency-plugin</artifactId>
              <version>3.8.1</version>
            </plugin>
          </plugins>
        </build>
      </project>
      """;

  @TempDir private Path folder;
  private Path repository;

  @BeforeEach
  void published() throws IOException {
    String maven = System.getProperty("consumers.maven", "");
    assumeThat(maven).as("mvn verify says where Maven is").isNotEmpty();
    assumeThat(File.separatorChar).as("links to the libraries that are there").isEqualTo('/');
    repository = folder.resolve("repository");
    Path there = Path.of(System.getProperty("consumers.repository"));
    link(there, repository, "org");
    link(there.resolve("org"), repository.resolve("org"), "qat4j");
    publish("qat-core");
    publish("qat-layers");
  }

  /** Everything of a folder by links, but for one name. */
  private static void link(Path from, Path to, String besides) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.toList()) {
        if (!entry.getFileName().toString().equals(besides)) {
          Files.createSymbolicLink(
              to.resolve(entry.getFileName().toString()), entry.toAbsolutePath());
        }
      }
    }
  }

  private void publish(String module) throws IOException {
    String name = module + "-" + Version.current();
    Path from = Path.of("..", module, "target");
    Path to = repository.resolve(Path.of("org/qat4j", module, Version.current()));
    Files.createDirectories(to);
    Files.copy(from.resolve(name + ".jar"), to.resolve(name + ".jar"));
    Files.copy(from.resolve(".flattened-pom.xml"), to.resolve(name + ".pom"));
  }

  /**
   * The dependencies of docs/pipeline.md that begin with this module, in the version and for the
   * machine of this build.
   */
  private static String dependencies(String module) throws IOException {
    String page = Files.readString(Path.of("../docs/pipeline.md"));
    int at =
        page.indexOf(
            "```xml\n<dependency>\n  <groupId>org.qat4j</groupId>\n  <artifactId>" + module);
    assertThat(at).as(module).isPositive();
    int begin = at + "```xml\n".length();
    return page.substring(begin, page.indexOf("```", begin))
        .replace("<version>0.1.0<", "<version>" + Version.current() + "<")
        .replace("linux-x86_64-onednn-avx2", System.getProperty("consumers.backend"))
        .replace(">linux-x86_64<", ">" + System.getProperty("consumers.platform") + "<");
  }

  /** Builds the project, and gives its class path without its own classes. */
  private List<Path> build(String dependencies) throws Exception {
    Files.writeString(folder.resolve("pom.xml"), POM.formatted(dependencies));
    run(
        Path.of(System.getProperty("consumers.maven"), "bin", "mvn").toString(),
        "-o",
        "-q",
        "-B",
        "-Dmaven.repo.local=" + repository,
        "-Dmdep.outputFile=libraries.txt",
        "compile",
        "dependency:build-classpath");
    return Stream.of(
            Files.readString(folder.resolve("libraries.txt")).strip().split(File.pathSeparator))
        .map(Path::of)
        .toList();
  }

  private void source(String name, String code) throws IOException {
    Path file = folder.resolve("src/main/java").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, code);
  }

  private List<String> java(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Dfile.encoding=UTF-8"));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private List<String> run(String... command) throws Exception {
    Path errors = folder.resolve("errors.txt");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("MAVEN_ARGS");
    Process process = builder.redirectError(errors.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out + Files.readString(errors)).isZero();
    return out.lines().toList();
  }

  /** The lines of the README behind the comment that names the test that holds them. */
  private static String readme(String test) throws IOException {
    String page = Files.readString(Path.of("../README.md"));
    int at = page.indexOf("<!-- tested: " + test);
    assertThat(at).as(test).isPositive();
    int begin = page.indexOf("```java\n", at) + "```java\n".length();
    return page.substring(begin, page.indexOf("```", begin));
  }

  @Test
  void qatCoreIsOneJarThatServes() throws Exception {
    source("module-info.java", "module consumer { requires org.qat4j.core; }");
    source(
        "consumer/Main.java",
        """
        package consumer;

        import java.nio.file.Path;
        import org.qat4j.runtime.Prediction;
        import org.qat4j.runtime.Predictor;

        public class Main {
          public static void main(String[] args) {
            Path folder = Path.of(args[0]);
        %s  }
        }
        """
            .formatted(
                readme("org.qat4j.cli.ReadmeTest").replace("a large wild cat with stripes", TEXT)));
    List<Path> libraries = build(dependencies("qat-core"));
    assertThat(libraries)
        .singleElement()
        .asString()
        .endsWith("qat-core-" + Version.current() + ".jar");

    Files.copy(MODEL, folder.resolve("model.qat"));
    Prediction expected = Predictor.load(MODEL).predict(TEXT);
    String answer = expected.label() + " " + expected.probability();
    String path = "target/classes" + File.pathSeparator + libraries.get(0);
    assertThat(java("-cp", path, "consumer.Main", ".")).containsExactly(answer);
    assertThat(java("--limit-modules", "java.base", "-cp", path, "consumer.Main", "."))
        .containsExactly(answer);
    assertThat(java("-p", path, "-m", "consumer/consumer.Main", ".")).containsExactly(answer);
    assertThat(
            java(
                "--add-modules",
                "jdk.incubator.vector",
                "-p",
                path,
                "-m",
                "consumer/consumer.Main",
                "."))
        .containsExactly(answer);
  }

  @Test
  void qatLayersRunsOnTheBackendThatIsChosen() throws Exception {
    Files.createDirectories(folder.resolve("src/main/java/org/qat4j/examples"));
    Files.copy(
        Path.of("src/main/java/org/qat4j/examples/Toy.java"),
        folder.resolve("src/main/java/org/qat4j/examples/Toy.java"));
    source(
        "org/qat4j/examples/Main.java",
        """
        package org.qat4j.examples;

        import java.util.List;
        import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
        import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
        import org.qat4j.QatException;
        import org.qat4j.model.IntegerModel;
        import org.qat4j.onnx.OnnxExporter;
        import org.qat4j.onnx.OnnxOptions;
        import org.qat4j.qat.*;
        import org.qat4j.runtime.Sample;
        import org.qat4j.verify.Verifier;

        public class Main {
          public static void main(String[] args) {
            MultiLayerNetwork trained = Toy.trained(16);
            DataSetIterator trainingData = Toy.data();
        %s
            System.out.println("operations " + model.ops().size());
            System.out.println("ONNX " + (OnnxExporter.toBytes(model, OnnxOptions.DEFAULT).length > 0));
            List<Sample> samples = List.of(Sample.ofReals(new float[Toy.INPUTS]));
            for (boolean vnni : new boolean[] {false, true}) {
              try {
                Verifier.verify(qat, model, OnnxOptions.DEFAULT.withVnni(vnni), samples);
              } catch (QatException e) {
                System.out.println(e.getMessage());
              }
            }
          }
        }
        """
            .formatted(readme("org.qat4j.qat.TenLinesTest")));
    List<Path> libraries = build(dependencies("qat-layers"));
    assertThat(libraries)
        .extracting(library -> library.getFileName().toString())
        .noneMatch(name -> name.startsWith("onnxruntime") || name.contains("junit"))
        .contains("qat-core-" + Version.current() + ".jar")
        .anyMatch(name -> name.startsWith("gson-" + System.getProperty("consumers.gson")));

    String path = "target/classes" + File.pathSeparator + join(libraries);
    List<String> lines = java("-cp", path, "org.qat4j.examples.Main");
    assertThat(lines).contains("ONNX true").anyMatch(l -> l.matches("operations [1-9]"));
    assertThat(lines)
        .filteredOn(l -> l.contains("add the dependency com.microsoft.onnxruntime:onnxruntime"))
        .hasSize(2);
  }

  private static String join(List<Path> libraries) {
    return String.join(File.pathSeparator, libraries.stream().map(Path::toString).toList());
  }
}
