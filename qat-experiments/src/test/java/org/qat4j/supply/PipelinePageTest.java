package org.qat4j.supply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * docs/pipeline.md names the same libraries for Maven and Gradle, in the versions of this build.
 */
class PipelinePageTest {
  private static final Pattern MAVEN =
      Pattern.compile(
          "<dependency>\\s*<groupId>(.*?)</groupId>\\s*<artifactId>(.*?)</artifactId>"
              + "\\s*<version>(.*?)</version>(?:\\s*<classifier>(.*?)</classifier>)?"
              + "\\s*</dependency>");
  private static final Pattern GRADLE =
      Pattern.compile("(?:implementation|runtimeOnly)\\(\"([^\"]+)\"\\)");

  private static String page() throws IOException {
    return Files.readString(Path.of("../docs/pipeline.md"));
  }

  private static List<String> maven() throws IOException {
    List<String> all = new ArrayList<>();
    Matcher dependency = MAVEN.matcher(page());
    while (dependency.find()) {
      String classifier = dependency.group(4) == null ? "" : ":" + dependency.group(4);
      all.add(
          dependency.group(1) + ":" + dependency.group(2) + ":" + dependency.group(3) + classifier);
    }
    return all;
  }

  @Test
  void gradleGetsWhatMavenGets() throws IOException {
    List<String> gradle = GRADLE.matcher(page()).results().map(r -> r.group(1)).toList();
    assertThat(gradle).hasSize(6).containsExactlyElementsOf(maven());
  }

  @Test
  void versionsAreThoseOfThisBuild() throws IOException {
    String pom = Files.readString(Path.of("../pom.xml"));
    String javacpp = property(pom, "javacpp.version");
    Map<String, String> versions =
        Map.of(
            "org.qat4j", between(pom, "<artifactId>qat4j</artifactId>\n  <version>", "-SNAPSHOT<"),
            "nd4j-native", property(pom, "dl4j.version"),
            "openblas", property(pom, "openblas.version").replace("${javacpp.version}", javacpp),
            "javacpp", javacpp);
    String platform = property(pom, "nd4j.platform");
    for (String coordinates : maven()) {
      String[] parts = coordinates.split(":", -1);
      String version = versions.getOrDefault(parts[1], versions.get(parts[0]));
      assertThat(parts[2]).as(coordinates).isEqualTo(version);
      if (parts.length > 3) {
        assertThat(List.of(platform, platform + property(pom, "nd4j.extension")))
            .as(coordinates)
            .contains(parts[3]);
      }
    }
  }

  private static String property(String pom, String name) {
    return between(pom, "<" + name + ">", "</");
  }

  private static String between(String text, String before, String after) {
    int from = text.indexOf(before);
    assertThat(from).as(before).isPositive();
    return text.substring(from + before.length(), text.indexOf(after, from + before.length()));
  }
}
