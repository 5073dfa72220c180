package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QuantSpec;

/**
 * Runs every network of docs/networks.md from building to prediction, and sees that the page says
 * what came of it. To make the page anew: {@code mvn test -pl qat-layers -am
 * -Dtest=NetworksPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dqat4j.generate}
 */
class NetworksPageTest {
  private static final Path PAGE = Path.of("../docs/networks.md");
  private static final String HOW =
      "run: mvn test -pl qat-layers -am -Dtest=NetworksPageTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dqat4j.generate";
  private static final String BEGIN =
      "<!-- Everything below is made by NetworksPageTest, which runs it. -->\n";
  private static final int STEPS = 2;

  /**
   * Stand around other layers and vertices, whose names the tables have, or are other names of some
   * (their builders build those).
   */
  private static final String[] FRAMES = {
    "FrozenLayer",
    "FrozenLayerWithBackprop",
    "FrozenVertex",
    "LayerVertex",
    "Convolution1D",
    "Convolution2D",
    "Pooling1D",
    "Pooling2D"
  };

  private static Map<String, List<NetworkCase>> sections() {
    Map<String, List<NetworkCase>> all = new LinkedHashMap<>();
    all.put("Vectors", VectorNetworks.layers());
    all.put("Images", ImageNetworks.layers());
    all.put("Volumes", ImageNetworks.volumes());
    all.put("Recurrent layers", SequenceNetworks.recurrent());
    all.put("Over time", SequenceNetworks.overTime());
    all.put("Tokens", SequenceNetworks.tokens());
    all.put("Vertices", GraphNetworks.vertices());
    all.put("Graphs", GraphNetworks.forms());
    all.put("Answers", VectorNetworks.answers());
    all.put("Ways of training", VectorNetworks.training());
    all.put("Whole networks, of images", UserNetworks.images());
    all.put("Whole networks, of sequences and texts", UserNetworks.sequences());
    all.put("Whole networks, of vectors", UserNetworks.tables());
    return all;
  }

  private final Map<NetworkCase, String> rows = new LinkedHashMap<>();

  @TestFactory
  Stream<DynamicNode> everyNetworkIsRun() {
    List<DynamicNode> tests = new ArrayList<>();
    sections()
        .forEach(
            (section, cases) ->
                tests.add(
                    DynamicContainer.dynamicContainer(
                        section,
                        cases.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> run(c))))));
    tests.add(DynamicTest.dynamicTest("every layer and vertex", this::checkNoneIsMissing));
    tests.add(DynamicTest.dynamicTest("the page", this::check));
    return tests.stream();
  }

  private void run(NetworkCase c) {
    Model network = null;
    MultiDataSet batch;
    try {
      network = c.create();
      batch = c.batch(network);
      if (c.labels() != null) {
        Both.fit(network, batch);
      }
    } catch (RuntimeException e) {
      rows.put(c, parts(network) + " | Deeplearning4j cannot train it: " + firstLine(e));
      return;
    }
    String parts = parts(network);
    Model made = network;
    List<String> problems = Qat.describe(network, QuantSpec.int8()).problems();
    if (problems.isEmpty()) {
      WholeWay.ofUntrained(network, batch, c.labels() == null ? 0 : STEPS);
      rows.put(c, parts + " | works, exact");
      return;
    }
    assertThatThrownBy(() -> Qat.prepare(made, QuantSpec.int8()))
        .isInstanceOf(QatException.class)
        .hasMessageContaining(problems.get(0));
    rows.put(
        c,
        parts
            + " | refused: "
            + problems.stream()
                .map(p -> p.replaceAll("; supported are .*", "").replace("|", "\\|"))
                .distinct()
                .collect(Collectors.joining("; ")));
  }

  private static String parts(Model network) {
    return network == null
        ? ""
        : Topology.of(network).nodes().stream()
            .map(Topology.Node::type)
            .distinct()
            .collect(Collectors.joining(", "));
  }

  /** Every layer and vertex of Deeplearning4j is in one of the networks. */
  private void checkNoneIsMissing() throws IOException, URISyntaxException {
    Path jar =
        Path.of(DenseLayer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Set<String> missing = new TreeSet<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(file.entries())) {
        String name = entry.getName().replace('/', '.');
        if (name.matches("org\\.deeplearning4j\\.nn\\.conf\\.[a-z0-9.]*[A-Z]\\w*\\.class")) {
          Class<?> type = Class.forName(name.substring(0, name.length() - 6));
          boolean part =
              Layer.class.isAssignableFrom(type) || GraphVertex.class.isAssignableFrom(type);
          if (part && !Modifier.isAbstract(type.getModifiers())) {
            missing.add(type.getSimpleName());
          }
        }
      }
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
    assertThat(missing).hasSizeGreaterThan(70);
    rows.values().forEach(row -> missing.removeAll(List.of(parts(row))));
    assertThat(missing).containsExactlyInAnyOrder(FRAMES);
  }

  /** Layers and vertices of a row. */
  private static String[] parts(String row) {
    return row.substring(0, row.indexOf(" | ")).split(", ", -1);
  }

  private static String firstLine(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.lines().findFirst().orElse("").replace("|", "\\|");
  }

  private void check() throws IOException {
    StringBuilder table = new StringBuilder();
    sections()
        .forEach(
            (section, cases) -> {
              table.append("\n## ").append(section).append("\n\n");
              table.append("| network | layers and vertices | what comes of it |\n|---|---|---|\n");
              for (NetworkCase c : cases) {
                rows.entrySet().stream()
                    .filter(row -> row.getKey().name().equals(c.name()))
                    .forEach(
                        row ->
                            table
                                .append("| ")
                                .append(c.name())
                                .append(" | ")
                                .append(row.getValue())
                                .append(" |\n"));
              }
            });
    String text = Files.readString(PAGE);
    int begin = text.indexOf(BEGIN);
    assertThat(begin).as("place of the tables in %s", PAGE).isPositive();
    String expected = text.substring(0, begin) + BEGIN + table;
    if (System.getProperty("qat4j.generate") != null) {
      Files.writeString(PAGE, expected);
    }
    assertThat(PAGE).as(HOW).hasContent(expected);
  }
}
