package org.qat4j.tune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.data.Hashes;
import org.qat4j.experiment.ExecutorSpec;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.experiment.ExperimentWriter;
import org.qat4j.experiment.TuneSpec;
import org.qat4j.experiment.TunedSettings;
import org.qat4j.qat.Calibration.Place;
import org.qat4j.report.TuningReport;
import org.qat4j.report.TuningReport.Figures;
import org.qat4j.tune.search.Goal;
import org.qat4j.tune.search.LocalExecutor;
import org.qat4j.tune.search.Outcome;
import org.qat4j.tune.search.Point;
import org.qat4j.tune.search.Search;
import org.qat4j.tune.search.Space;
import org.qat4j.tune.search.StagedRuntime;
import org.qat4j.tune.search.TrialExecutor;

/** The search of one experiment with one seed. */
public final class Tuner {
  /** The smallest part of the validation texts that candidates are tried on. */
  private static final int LEAST_EXAMPLES = 250;

  private final Experiment untuned;
  private final TuneSpec spec;
  private final Goal goal;
  private final Workload workload;
  private final Space space;
  private final List<Place> places;

  /** What a search comes to. */
  public record Result(Experiment tuned, Experiment observer, TuningReport report) {}

  private Tuner(Workload workload) {
    this.untuned = ExperimentReader.parse(workload.experiment());
    this.spec = untuned.tune();
    this.goal = spec.goal();
    this.workload = workload;
    this.places = workload.calibration().places();
    this.space = SearchSpace.of(spec, places);
  }

  /**
   * Searches, or goes on with a search.
   *
   * @param journal file of the trials; those that it holds are not run again
   * @throws org.qat4j.QatException if the untuned setting fails, or the journal is of another
   *     search
   */
  static Result run(Workload workload, Path journal, Console console) {
    return new Tuner(workload).run(journal, console);
  }

  private Result run(Path file, Console console) {
    Journal journal = Journal.open(file, fingerprint());
    long start = System.nanoTime();
    int before = journal.outcomes().size();
    try (TrialExecutor executor = executor();
        Progress progress = console.progress("tuning", spec.trials())) {
      Watcher watcher = new Watcher(goal, workload.examples().size(), progress);
      TreeSet<Integer> journaled = new TreeSet<>();
      journal.outcomes().forEach(o -> journaled.add(o.trial().number()));
      Search search =
          new Search(
              space,
              goal,
              spec.budget(),
              workload.examples().rungs(LEAST_EXAMPLES),
              workload.seed(),
              executor,
              journal.outcomes(),
              outcome -> {
                if (!journaled.contains(outcome.trial().number())) {
                  journal.add(outcome);
                }
                watcher.accept(outcome);
              });
      if (before > 0) {
        console.line("tuning: goes on after " + before + " trials in " + file);
      }
      return search(search, start);
    }
  }

  private Result search(Search search, long start) {
    Outcome first = search.untuned();
    List<Outcome> observers = search.tryAll(SearchSpace.observers());
    List<Outcome> sensitive = search.tryAll(oneByOne());
    if (!spec.bits().isEmpty()) {
      search.tryAll(MixedPrecision.ladder(first, sensitive, goal, spec.bits()));
    }
    search.run();
    Outcome observer =
        observers.stream().filter(Outcome::succeeded).min(goal.bestFirst()).orElse(first);
    observer = goal.isBetter(first, observer) ? first : observer;
    double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
    return new Result(
        apply(search.best()), apply(observer), report(search, first, observer, sensitive, seconds));
  }

  /** Each layer alone with fewer bits. */
  private List<Point> oneByOne() {
    TreeSet<Integer> bits = new TreeSet<>(Comparator.reverseOrder());
    bits.addAll(spec.sensitivity());
    bits.addAll(spec.bits());
    List<Point> points = new ArrayList<>();
    for (Place place : places) {
      for (int b : bits) {
        if (place.weights()) {
          String name = TunedSettings.ofLayer(SearchSpace.WEIGHT_BITS, place.layer());
          points.add(Point.UNTUNED.with(name, String.valueOf(b)));
        }
      }
    }
    return points;
  }

  private Experiment apply(Outcome o) {
    return TunedSettings.apply(untuned, o.trial().point().values());
  }

  private TrialExecutor executor() {
    if (spec.executor() instanceof ExecutorSpec.Spark spark) {
      return new SparkExecutor(workload, spark.master());
    }
    int threads = ((ExecutorSpec.Local) spec.executor()).threads();
    // A training uses all processors by itself.
    int most = workload.train() != null ? 1 : Runtime.getRuntime().availableProcessors();
    StagedRuntime shared = CandidateEvaluator.runtime(workload);
    return new LocalExecutor(
        threads == 0 ? most : threads, () -> new CandidateEvaluator(workload, shared));
  }

  /** What the results depend on. */
  private String fingerprint() {
    return Hashes.hex(
        Hashes.sha256(
            ExperimentWriter.toYaml(untuned.essence()) + workload.seed() + workload.identity()));
  }

  private TuningReport report(
      Search search, Outcome first, Outcome observer, List<Outcome> sensitive, double seconds) {
    List<Outcome> outcomes = search.outcomes();
    List<TuningReport.HistoryPoint> history = new ArrayList<>();
    double best = Double.NEGATIVE_INFINITY;
    for (Outcome o : outcomes) {
      if (o.succeeded() && o.trial().examples() == workload.examples().size()) {
        double value = goal.objective().of(o.score());
        best = goal.excess(o.score()) == 0 ? Math.max(best, value) : best;
        history.add(
            new TuningReport.HistoryPoint(o.trial().number(), Math.abs(value), Math.abs(best)));
      }
    }
    List<Outcome> front = search.pareto();
    return new TuningReport(
        goal.objective().name().toLowerCase(Locale.ROOT),
        workload.examples().size(),
        space.dimensions().size(),
        outcomes.size(),
        (int) outcomes.stream().filter(o -> !o.succeeded()).count(),
        search.best().trial().number() + 1,
        seconds,
        figures(first),
        figures(observer),
        figures(search.best()),
        history,
        front.stream().map(Tuner::figures).toList(),
        sensitive.stream()
            .filter(Outcome::succeeded)
            .map(o -> MixedPrecision.sensitivity(o, first))
            .toList(),
        suggestions(search.best(), observer, front));
  }

  private List<TuningReport.Suggestion> suggestions(
      Outcome best, Outcome observer, List<Outcome> front) {
    List<TuningReport.Suggestion> all = new ArrayList<>();
    all.add(suggestion("the best that was found", best));
    all.add(suggestion("the best of the usual observers, the same for all layers", observer));
    for (Outcome o : front) {
      if (o.trial().number() != best.trial().number()) {
        String size = String.format(Locale.ROOT, "%.1f kB", o.score().bytes() / 1000.0);
        all.add(suggestion("the best with " + size + " or less", o));
      }
    }
    return all.stream().filter(Objects::nonNull).toList();
  }

  private TuningReport.Suggestion suggestion(String title, Outcome o) {
    String yaml =
        o.trial().point().values().isEmpty()
            ? ""
            : ExperimentWriter.changes(untuned.quantize(), apply(o).quantize());
    return new TuningReport.Suggestion(title, figures(o), yaml);
  }

  private static Figures figures(Outcome o) {
    var s = o.score();
    return new Figures(
        o.trial().number(),
        s.accuracy(),
        s.loss(),
        s.agreement(),
        s.bytes(),
        s.bits(),
        o.trial().point().toString());
  }
}
