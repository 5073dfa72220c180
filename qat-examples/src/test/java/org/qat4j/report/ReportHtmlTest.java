package org.qat4j.report;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReportHtmlTest {
  @Test
  void writes() throws Exception {
    Path dir = Files.createDirectories(Path.of("target", "sample-reports"));
    Files.writeString(dir.resolve("one.html"), ReportHtml.of(SampleReports.of(42)));
    Files.writeString(dir.resolve("five.html"), ReportHtml.of(SampleReports.of(1, 2, 3, 4, 5)));
    Files.writeString(dir.resolve("one.json"), ReportJson.of(SampleReports.of(42)));
    Files.writeString(dir.resolve("five.json"), ReportJson.of(SampleReports.of(1, 2, 3, 4, 5)));
    Files.writeString(dir.resolve("one.txt"), ReportTable.of(SampleReports.of(42)));
    Files.writeString(dir.resolve("five.txt"), ReportTable.of(SampleReports.of(1, 2, 3, 4, 5)));
  }
}
