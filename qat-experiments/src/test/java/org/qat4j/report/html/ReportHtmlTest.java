package org.qat4j.report.html;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.evaluation.StageResult;
import org.qat4j.report.DataSummary;
import org.qat4j.report.Finding;
import org.qat4j.report.Formats;
import org.qat4j.report.ReportJson;
import org.qat4j.report.ReportTable;
import org.qat4j.report.RunReport;
import org.qat4j.report.SampleReports;
import org.qat4j.report.SeedRun;

/** The pages are kept in target/sample-reports for whoever wants to look at them. */
class ReportHtmlTest {
  private static String one;
  private static String several;

  @BeforeAll
  static void write() throws Exception {
    Path folder = Files.createDirectories(Path.of("target", "sample-reports"));
    one = ReportHtml.of(SampleReports.of(42));
    several = ReportHtml.of(SampleReports.of(1, 2, 3, 4, 5));
    Files.writeString(folder.resolve("one-seed.html"), one);
    Files.writeString(folder.resolve("five-seeds.html"), several);
  }

  @Test
  void needsNothingElse() {
    String page = withoutScripts(one);
    assertThat(page).doesNotContain("src=").doesNotContain("<link").doesNotContain("url(");
    assertThat(page).doesNotContain("http:").doesNotContain("https:");
    assertThat(page).contains("Content-Security-Policy").contains("default-src 'none'");
    assertThat(one).contains("Chart.js v4");
  }

  @Test
  void textIsEscaped() {
    assertThat(withoutScripts(one))
        .doesNotContain("<script>alert")
        .doesNotContain("<b>8 bits</b>")
        .doesNotContain("<i>text</i>")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .contains("&lt;b&gt;8 bits&lt;/b&gt;")
        .contains("A processor &amp; more");
    // Data, library, script: what a label says cannot end an element or begin another.
    assertThat(one.split("<script", -1)).hasSize(4);
    assertThat(one.split("</script>", -1)).hasSize(4);
  }

  @Test
  void readsAsTablesWithoutScripts() {
    RunReport report = SampleReports.of(42);
    String page = withoutScripts(one);
    for (StageResult result : report.results().stages().values()) {
      assertThat(page)
          .contains("<strong>" + Formats.percent(result.score()) + "</strong>")
          .contains(Formats.percent(result.interval()))
          .contains(Formats.decimals(result.loss(), 4));
    }
    for (String name : List.of("characters", "conv", "ngrams", "out")) {
      assertThat(page).contains("<th scope=\"row\">" + name + "<div class=\"type\">");
    }
    for (Finding finding : report.findings()) {
      assertThat(page).contains(finding.message().substring(0, 20));
    }
    assertThat(page)
        .contains("918,200")
        .contains("896,000")
        .contains("float training")
        .contains("name: langid-int8")
        .contains("codes span 0 … 3.1");
    assertThat(page).doesNotContain("{{").doesNotContain("null");
  }

  @Test
  void everyChartHasItsPlaceAndItsFigures() throws Exception {
    JsonNode data = chartData(one);
    assertThat(data.get("curves").findValuesAsText("stage"))
        .containsExactly("float", "control", "qat");
    assertThat(data.at("/curves/0/loss").size()).isLessThanOrEqualTo(402);
    // What trains on begins where the float network ended.
    assertThat(data.at("/curves/1/loss/0/0").asDouble()).isEqualTo(1_510);
    assertThat(data.at("/layers/names").size()).isEqualTo(4);
    assertThat(data.at("/layers/stages").findValuesAsText("stage")).containsExactly("ptq", "qat");
    assertThat(data.at("/layers/stages/0/sqnr/0").isNull()).as("infinite").isTrue();
    assertThat(data.at("/layers/stages/0/sqnr/1").asDouble()).isEqualTo(29.5);
    int distributions = data.get("distributions").size();
    assertThat(distributions).isEqualTo(7);
    for (int i = 0; i < distributions; i++) {
      assertThat(one).contains("<canvas id=\"chart-distribution-" + i + "\"");
    }
    for (String id : List.of("chart-loss", "chart-validation", "chart-layers")) {
      assertThat(one).contains("<canvas id=\"" + id + "\"").contains("'" + id + "'");
    }
  }

  @Test
  void severalSeedsStandSideBySide() {
    String page = withoutScripts(several);
    assertThat(page).contains("seeds 1, 2, 3, 4, 5").contains("Seed by seed").contains("seed 1.");
    assertThat(page.split("<circle class=\"seed\"", -1))
        .hasSize(5 * SampleReports.stages().size() + 1);
    assertThat(withoutScripts(one)).doesNotContain("Seed by seed");
  }

  /** A run may have little to show: no control, no layers, no curves, no sizes. */
  @Test
  void aReportWithTheLeastInIt() {
    Predictions p = Predictions.of(new int[] {0, 1}, new int[] {0, 0}, new float[] {0.1f, 2f});
    RunReport least =
        RunReport.builder("least", "")
            .data(new DataSummary(1, 0, 2, List.of("a", "b"), "", 0))
            .run(SeedRun.builder(1).predictions(Stage.FLOAT, p).build())
            .build();
    String page = withoutScripts(ReportHtml.of(least));
    assertThat(page)
        .contains("50.00 %")
        .doesNotContain("<canvas")
        .doesNotContain("id=\"findings\"");
    assertThat(page).doesNotContain("{{").doesNotContain("null");
    assertThat(ReportTable.of(least)).contains("50.00 %");
    assertThat(ReportJson.of(least)).contains("\"accuracy\" : 0.5").doesNotContain("null");
  }

  private static String withoutScripts(String page) {
    return page.replaceAll("(?s)<script.*?</script>", "");
  }

  private static JsonNode chartData(String page) throws Exception {
    Matcher script =
        Pattern.compile("(?s)<script type=\"application/json\" id=\"report-data\">(.*?)</script>")
            .matcher(page);
    assertThat(script.find()).isTrue();
    return new ObjectMapper().readTree(script.group(1));
  }
}
