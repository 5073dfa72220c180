package org.qat4j.report.html;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.qat4j.report.ReportJson;
import org.qat4j.report.RunReport;
import org.qat4j.report.SweepReport;

/** Writes report.html: one file that needs no other, no network, and for its tables no script. */
public final class ReportHtml {
  private static final String CHARTS = "/META-INF/resources/webjars/chart.js/";
  private static final String CHARTS_POM =
      "/META-INF/maven/org.webjars.npm/chart.js/pom.properties";

  private ReportHtml() {}

  /** The page of a run. */
  public static String of(RunReport report) {
    Map<String, Object> page = new LinkedHashMap<>();
    new HtmlOverview(report).addTo(page);
    new HtmlDetails(report).addTo(page);
    HtmlTuning.addTo(page, report);
    new HtmlAnswers(report).addTo(page);
    page.put("provenance", report.provenance().entrySet());
    page.put("config", report.config());
    return fill("report", page, HtmlCharts.of(report));
  }

  /** The page of a sweep. */
  public static String of(SweepReport report) {
    Map<String, Object> page = new LinkedHashMap<>();
    new HtmlSweep(report).addTo(page);
    page.put("provenance", report.provenance().entrySet());
    return fill("sweep", page, HtmlSweep.chart(report));
  }

  /** Fills {@code name}.html, whose charts {@code name}.js draws. */
  private static String fill(String name, Map<String, Object> page, Object chartData) {
    page.put("css", resource("report.css"));
    page.put("js", resource(name + ".js"));
    page.put("chartJs", resource(CHARTS + chartsVersion() + "/dist/chart.umd.js"));
    page.put("chartData", forScript(ReportJson.compact(chartData)));
    return Mustache.compiler()
        .escapeHTML(true)
        .emptyStringIsFalse(true)
        .strictSections(true)
        .compile(resource(name + ".html"))
        .execute(page);
  }

  /** The version that the build put on the class path. */
  private static String chartsVersion() {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(resource(CHARTS_POM)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  /** JSON that cannot end the script element which holds it. */
  private static String forScript(String json) {
    return json.replace("<", "\\u003c");
  }

  private static String resource(String name) {
    try (InputStream in = ReportHtml.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the class path lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name + " from the class path", e);
    }
  }
}
