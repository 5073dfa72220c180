package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is for texts alone: the shipped experiment with images and a network from a file. */
class ImagesTest {
  @TempDir private Path folder;

  @Test
  void aNetworkFromAFileIsQuantizedOnImages() throws IOException {
    call("data", "shapes", "--to", folder);
    String data = folder.toString().replace('\\', '/') + "/";
    Path experiment =
        Files.writeString(
            folder.resolve("shapes-lenet.yaml"),
            Files.readString(Path.of("../configs/shapes-lenet.yaml")).replace("data/", data));
    Path run = folder.resolve("run");
    call("run", experiment, "--out", run, "--quiet");

    JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
    assertThat(report.at("/verify/inputs").asInt()).isEqualTo(200);
    assertThat(report.at("/verify/javaVsOnnxCodes").asInt(-1)).isZero();
    assertThat(report.at("/verify/qatVsJavaCodes").asInt(-1)).isZero();
    assertThat(report.at("/verify/argmaxFlips").asInt(-1)).isZero();
    for (String stage : new String[] {"float", "ptq", "qat", "integer"}) {
      assertThat(report.at("/results/" + stage + "/accuracy").asDouble())
          .as(stage)
          .isGreaterThan(0.9);
    }

    String row = Files.readAllLines(folder.resolve("shapes.tsv")).get(2).split("\t", -1)[1];
    assertThat(call("predict", run.resolve("model.qat"), row)).contains("ring");
  }

  private static String call(Object... args) {
    Called called = Called.qat(args);
    assertThat(called.exit()).as(called.err()).isZero();
    return called.out();
  }
}
