package org.qat4j.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.internal.Version;

/** Where a result comes from: what is needed to get it again. No host, user or path. */
public final class Provenance {
  private Provenance() {}

  /** Versions and machine of this process: name to value, in a fixed order. */
  public static Map<String, String> current() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("qat4j", Version.current());
    facts.put("deeplearning4j", version("deeplearning4j-nn", "org.deeplearning4j"));
    facts.put("nd4j", version("nd4j-api", "org.nd4j"));
    facts.put("java", Runtime.version() + ", " + System.getProperty("java.vendor"));
    facts.put(
        "system",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"));
    facts.put("processor", processor());
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    Properties nd4j = Nd4j.getExecutioner().getEnvironmentInformation();
    facts.put("backend", String.valueOf(nd4j.get("backend")));
    facts.put("blas", String.valueOf(nd4j.get("blas.vendor")));
    facts.put("threads", String.valueOf(nd4j.get("omp.threads")));
    return facts;
  }

  /**
   * What a model file says of where it comes from: the same in every run that gives the same model.
   * The card that it names is in the run folder.
   *
   * @param experiment its name
   * @param seed of the training
   * @param data SHA-256 of the texts and labels
   */
  public static Map<String, String> ofModel(String experiment, long seed, String data) {
    return Map.of(
        "qat4j",
        Version.current(),
        "experiment",
        experiment,
        "seed",
        Long.toString(seed),
        "dataSha256",
        data,
        "card",
        ModelCard.MARKDOWN);
  }

  private static String version(String artifact, String group) {
    String pom = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
    try (var in = Nd4j.class.getResourceAsStream(pom)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String processor() {
    Path info = Path.of("/proc/cpuinfo");
    if (Files.isReadable(info)) {
      try (var lines = Files.lines(info, StandardCharsets.UTF_8)) {
        return lines
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse("unknown");
      } catch (IOException e) {
        return "unknown";
      }
    }
    return System.getenv().getOrDefault("PROCESSOR_IDENTIFIER", "unknown");
  }
}
