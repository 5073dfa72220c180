package org.qat4j.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.qat4j.QatException;
import org.qat4j.evaluation.Results;
import org.qat4j.experiment.AcceptSpec;
import org.qat4j.experiment.Experiment;

/**
 * Everything that is said of a run, over one or more seeds.
 *
 * @param experiment its name
 * @param description one line
 * @param data what was learned from
 * @param runs one per seed
 * @param results what the stages reach
 * @param samples test texts with their answers
 * @param gate whether the run reached what was asked for, or null where nothing was
 * @param findings what the reader should know
 * @param config the resolved experiment file, YAML
 * @param provenance versions, machine, settings: name to value, in order
 */
public record RunReport(
    String experiment,
    String description,
    DataSummary data,
    List<SeedRun> runs,
    Results results,
    List<SampleText> samples,
    Gate gate,
    List<Finding> findings,
    String config,
    Map<String, String> provenance) {
  /** Version of report.json. */
  public static final int SCHEMA_VERSION = 1;

  public RunReport {
    runs = List.copyOf(runs);
    samples = List.copyOf(samples);
    findings = List.copyOf(findings);
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
  }

  /** The engines side by side, all seeds together; null where they were not compared. */
  public Verification verification() {
    return verification(runs);
  }

  /** The searches of the seeds; empty where nothing was searched. */
  public List<TuningReport> tunings() {
    return runs.stream().map(SeedRun::tuning).filter(Objects::nonNull).toList();
  }

  private static Verification verification(List<SeedRun> runs) {
    return runs.stream()
        .map(SeedRun::verification)
        .filter(Objects::nonNull)
        .reduce(Verification::plus)
        .orElse(null);
  }

  /** The classes of the test set. */
  public Classes classes() {
    return Classes.of(data.labels(), results, runs);
  }

  /** Collects the parts of a report. */
  public static Builder builder(String experiment, String description) {
    return new Builder(experiment, description);
  }

  /** Collects the parts of a report. Not thread-safe. */
  public static final class Builder {
    private final String experiment;
    private final String description;
    private final List<SeedRun> runs = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private DataSummary data;
    private ModelWords words;
    private Experiment experimentRun;
    private AcceptSpec accept;
    private List<String> texts = List.of();
    private String config = "";
    private Map<String, String> provenance = Map.of();

    private Builder(String experiment, String description) {
      this.experiment = experiment;
      this.description = description;
    }

    /** What was learned from. */
    public Builder data(DataSummary summary) {
      this.data = summary;
      return this;
    }

    /** One more seed. */
    public Builder run(SeedRun run) {
      runs.add(run);
      return this;
    }

    /** Texts of the test set, in the order of the predictions; a few of them are shown. */
    public Builder testTexts(List<String> inOrder) {
      this.texts = List.copyOf(inOrder);
      return this;
    }

    /** One more thing that the reader should know. */
    public Builder finding(Finding finding) {
      findings.add(finding);
      return this;
    }

    /** What the network knows of words, or null. */
    public Builder words(ModelWords known) {
      this.words = known;
      return this;
    }

    /** What was run, or null. */
    public Builder ran(Experiment whole) {
      this.experimentRun = whole;
      return this;
    }

    /** What the run has to reach, or null. */
    public Builder accept(AcceptSpec asked) {
      this.accept = asked;
      return this;
    }

    /** The resolved experiment file. */
    public Builder config(String yaml) {
      this.config = yaml;
      return this;
    }

    /** See {@link Provenance}. */
    public Builder provenance(Map<String, String> facts) {
      this.provenance = facts;
      return this;
    }

    /**
     * The report, with its intervals and findings.
     *
     * @throws QatException if data or runs are missing or do not fit together
     */
    public RunReport build() {
      if (data == null || runs.isEmpty()) {
        throw new QatException("a report needs a data summary and at least one run");
      }
      Results results = Results.of(runs.stream().map(SeedRun::predictions).toList());
      Gate gate = Gate.of(accept, results, runs);
      List<Finding> all = new ArrayList<>(findings);
      if (gate != null && !gate.isMet()) {
        all.add(
            new Finding(
                Finding.Kind.GATE_MISSED,
                "The run does not reach what its file asks for. " + gate.missed() + ".",
                "What the other findings say may help; or let accept ask for less.",
                null));
      }
      all.addAll(Findings.of(data, results, runs.get(0), verification(runs), words, experimentRun));
      return new RunReport(
          experiment,
          description,
          data,
          runs,
          results,
          ShownTexts.pick(texts, data.labels(), runs.get(0).predictions()),
          gate,
          all,
          config,
          provenance);
    }
  }
}
