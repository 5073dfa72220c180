package org.qat4j.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.evaluation.Stage;
import org.qat4j.report.Comparison;

/** A page over all runs of a folder: what {@code ./qat compare} tells, and curves as they grow. */
public final class RunsService {
  private static final int REQUESTS = 16;
  private static final int MOST = 12;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A report brings its scripts and styles along; it may run them, and reach nothing. */
  private static final String REPORT_POLICY =
      "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:;"
          + " base-uri 'none'; form-action 'none'; sandbox allow-scripts allow-popups";

  private final Path folder;
  private final RunList runs;

  /**
   * @param folder of run folders
   * @throws org.qat4j.QatException if there is none, or it is a run itself
   */
  public RunsService(Path folder) {
    this.folder = folder;
    this.runs = new RunList(folder);
  }

  /**
   * Begins to serve.
   *
   * @throws org.qat4j.QatException if it cannot listen there
   */
  public Web start(Web.Address address) {
    return Web.start(address, REQUESTS, this::routes);
  }

  private void routes(Web.Routes routes) {
    Web.page(routes, "ui");
    routes.get("/v1/runs", this::list);
    routes.get("/v1/runs/{run}", this::curves);
    routes.get("/v1/runs/{run}/report", this::report);
    routes.get("/v1/compare", this::compare);
  }

  private void list(Context ctx) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("folder", folder.toString());
    all.put("runs", runs.rows());
    Reply.json(ctx, Reply.OK, all);
  }

  private void curves(Context ctx) throws IOException {
    Path run = runs.named(ctx.pathParam("run"));
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", run.getFileName().toString());
    all.put("curves", Curves.read(run.resolve(RunList.METRICS)));
    Reply.json(ctx, Reply.OK, all);
  }

  private void report(Context ctx) throws IOException {
    Path file = runs.named(ctx.pathParam("run")).resolve(RunList.REPORT);
    if (!Files.isRegularFile(file)) {
      throw new Refusal(
          Refusal.NOT_FOUND, "this run has no report; it gets one when it comes to its end");
    }
    ctx.header("Content-Security-Policy", REPORT_POLICY);
    Reply.raw(ctx, Reply.OK, "text/html; charset=utf-8", Files.readAllBytes(file));
  }

  private void compare(Context ctx) throws IOException {
    List<String> names = ctx.queryParams("run");
    if (names.isEmpty() || names.size() > MOST) {
      throw new Refusal(Refusal.BAD_REQUEST, "give 1 to " + MOST + " runs: ?run=NAME&run=NAME");
    }
    List<Comparison.Entry> entries = new ArrayList<>();
    Map<String, Object> layers = new LinkedHashMap<>();
    for (String name : names) {
      JsonNode report = runs.report(runs.named(name));
      if (report.isMissingNode()) {
        throw new Refusal(
            Refusal.BAD_REQUEST, name + " has no report; it gets one when it comes to its end");
      }
      List<Comparison.Entry> of = Comparison.read(name, report);
      entries.addAll(of);
      layers.put(name, layers(report, of.get(0).last()));
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("comparison", JSON.readTree(new Comparison(entries).json()));
    all.put("layers", layers);
    Map<String, String> titles = new LinkedHashMap<>();
    for (Stage stage : Stage.values()) {
      titles.put(stage.key(), stage.title());
    }
    all.put("stages", titles);
    all.put("shares", entries.stream().map(e -> e.metric().isShare()).toList());
    Reply.json(ctx, Reply.OK, all);
  }

  /** Bits and SQNR of each layer after the last training; of a sweep there are none. */
  private static List<Map<String, Object>> layers(JsonNode report, Stage last) {
    JsonNode stage = MissingNode.getInstance();
    for (Stage s : Stage.values()) {
      JsonNode of = report.path("layers").path(s.key());
      stage = s.compareTo(last) <= 0 && of.isObject() ? of : stage;
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (JsonNode row : stage.path("rows")) {
      Map<String, Object> layer = new LinkedHashMap<>();
      layer.put("name", row.path("name").asText());
      layer.put("weightBits", row.path("weightBits").asInt());
      layer.put(
          "activationBits", row.path("activationBits").isInt() ? row.get("activationBits") : null);
      JsonNode sqnr = row.path("quantization").path("sqnrDb");
      layer.put("sqnrDb", sqnr.isNumber() ? sqnr : null);
      rows.add(layer);
    }
    return rows;
  }
}
