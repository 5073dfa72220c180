package org.qat4j.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qat4j.diagnostics.LayerReport;
import org.qat4j.diagnostics.LayerRow;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;
import org.qat4j.evaluation.StageResult;

/**
 * What whoever gets a model has to know of it (Mitchell et al., "Model Cards for Model Reporting",
 * 2019): data, what it reaches and how sure that is, bits, sizes, where it comes from. What only
 * people know is left to fill in.
 */
public final class ModelCard {
  /** The card for people; models name it in their metadata. */
  public static final String MARKDOWN = "model-card.md";

  /** The same for programs. */
  public static final String JSON = "model-card.json";

  private static final String FILL_IN = "*to be filled in*";

  private final RunReport report;
  private final SeedRun run;

  private ModelCard(RunReport report) {
    this.report = report;
    this.run = report.runs().get(0);
  }

  /** Keys in a fixed order; null where people have to fill in what they know. */
  public static String json(RunReport report) {
    return ReportJson.pretty(new ModelCard(report).tree());
  }

  /** Markdown with a head of keys in YAML, as model hubs read it. */
  public static String markdown(RunReport report) {
    return String.join("\n", new ModelCard(report).lines()) + "\n";
  }

  private Map<String, Object> tree() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("schemaVersion", RunReport.SCHEMA_VERSION);
    all.put("name", report.experiment());
    all.put("description", report.description());
    all.put("seeds", report.runs().stream().map(SeedRun::seed).toList());
    all.put("data", report.data());
    all.put("metric", report.results().metric().key());
    all.put("model", report.results().last().key());
    all.put("results", ReportJson.results(report.results()));
    all.put("bits", bits());
    all.put("bytes", run.bytes());
    all.put("verify", report.verification());
    all.put("gate", report.gate());
    all.put("warnings", warnings());
    all.put("provenance", report.provenance());
    Map<String, Object> licence = new LinkedHashMap<>();
    licence.put("model", null);
    licence.put("data", null);
    all.put("licence", licence);
    all.put("intendedUse", null);
    all.put("outOfScope", null);
    all.put("contact", null);
    return all;
  }

  /** Of the weights and outputs of each layer, the quantized network as it is in the end. */
  private List<Map<String, Object>> bits() {
    List<Map<String, Object>> bits = new ArrayList<>();
    for (LayerRow row : rows()) {
      Map<String, Object> layer = new LinkedHashMap<>();
      layer.put("layer", row.name());
      layer.put("type", row.type());
      layer.put("weights", row.weightBits());
      layer.put("activations", row.activationBits());
      bits.add(layer);
    }
    return bits;
  }

  private List<LayerRow> rows() {
    List<LayerRow> last = List.of();
    for (LayerReport layers : run.layers().values()) {
      last = layers.rows();
    }
    return last;
  }

  private List<String> warnings() {
    return report.findings().stream()
        .filter(f -> f.level() == Finding.Level.WARNING)
        .map(Finding::message)
        .toList();
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of(
            "---",
            "# license: and datasets: are to be filled in",
            "library_name: qat4j",
            "tags: [quantized, integer]",
            "metrics: [" + report.results().metric().key() + "]",
            "---",
            "",
            "# " + line(report.experiment()),
            ""));
    if (!report.description().isEmpty()) {
      lines.addAll(List.of(line(report.description()), ""));
    }
    section(lines, "Intended use", FILL_IN);
    section(lines, "Out of scope", FILL_IN);
    section(lines, "Licence", "- model: " + FILL_IN, "- data: " + FILL_IN);
    section(lines, "Contact", FILL_IN);
    data(lines);
    results(lines);
    model(lines);
    List<String> warnings = warnings().stream().map(w -> "- " + line(w)).toList();
    section(lines, "Known faults", warnings.isEmpty() ? List.of("None was found.") : warnings);
    section(
        lines,
        "Provenance",
        report.provenance().entrySet().stream()
            .map(e -> "- " + line(e.getKey()) + ": " + line(e.getValue()))
            .toList());
    lines.remove(lines.size() - 1);
    return lines;
  }

  private void data(List<String> lines) {
    DataSummary d = report.data();
    List<String> facts = new ArrayList<>();
    facts.add(
        "- "
            + Formats.count(d.train())
            + " training, "
            + Formats.count(d.validation())
            + " validation, "
            + Formats.count(d.test())
            + " test rows, "
            + d.answers());
    facts.add("- SHA-256 of all rows: " + d.sha256());
    if (d.skipped() > 0) {
      facts.add("- " + Formats.count(d.skipped()) + " malformed rows were left out");
    }
    section(lines, "Data", facts);
  }

  private void results(List<String> lines) {
    Results results = report.results();
    List<String> table = new ArrayList<>();
    table.add(
        "On the test set, 95 % intervals, "
            + (report.runs().size() == 1
                ? "one seed."
                : "mean of " + report.runs().size() + " seeds.")
            + " The control is the float network, trained for as many steps as the quantized one.");
    table.add("");
    table.add("| | " + results.metric().title() + " | interval | to float | to control |");
    table.add("|---|---|---|---|---|");
    for (Map.Entry<Stage, StageResult> e : results.stages().entrySet()) {
      StageResult r = e.getValue();
      table.add(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %s | %s |",
              e.getKey() == Stage.CONTROL ? "control" : e.getKey().title(),
              Formats.percent(r.score()),
              Formats.percent(r.interval()),
              points(e.getKey(), Stage.FLOAT),
              points(e.getKey(), Stage.CONTROL)));
    }
    if (report.gate() != null) {
      table.add("");
      table.add("Gate: " + report.gate().summary() + ".");
    }
    section(lines, "Results", table);
  }

  private String points(Stage stage, Stage reference) {
    var difference = Worth.against(report.results(), stage, reference);
    return difference == null ? "" : Formats.points(difference);
  }

  private void model(List<String> lines) {
    List<String> facts = new ArrayList<>();
    ModelBytes b = run.bytes();
    facts.add(
        b == null
            ? "No integer model was written."
            : "- model.qat "
                + Formats.bytes(b.integerWithVocabulary())
                + ", of it "
                + Formats.bytes(b.integer())
                + " without vocabulary; "
                + Formats.bytes(b.floatNetwork())
                + " in float"
                + (b.onnx() == null ? "" : "; model.onnx " + Formats.bytes(b.onnx())));
    if (report.verification() != null) {
      facts.add("- engines: " + report.verification().summary());
    }
    if (!rows().isEmpty()) {
      facts.add("");
      facts.add("| layer | bits of weights | bits of outputs |");
      facts.add("|---|---|---|");
      rows()
          .forEach(
              row ->
                  facts.add(
                      "| "
                          + line(row.name()).replace("|", "\\|")
                          + " | "
                          + row.weightBits()
                          + " | "
                          + (row.activationBits() == null ? "float" : row.activationBits())
                          + " |"));
    }
    section(lines, "Model", facts);
  }

  /** On one line, and no HTML. */
  private static String line(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replaceAll("\\R", " ");
  }

  private static void section(List<String> lines, String title, String... content) {
    section(lines, title, List.of(content));
  }

  private static void section(List<String> lines, String title, List<String> content) {
    lines.add("## " + title);
    lines.add("");
    lines.addAll(content);
    lines.add("");
  }
}
