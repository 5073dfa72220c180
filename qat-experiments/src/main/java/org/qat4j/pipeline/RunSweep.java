package org.qat4j.pipeline;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.data.DataFindings;
import org.qat4j.data.Dataset;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.BaselineSpec;
import org.qat4j.experiment.ExecutorSpec;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.experiment.ExperimentWriter;
import org.qat4j.experiment.QuantizeSpec;
import org.qat4j.experiment.Variant;
import org.qat4j.experiment.VerifySpec;
import org.qat4j.format.ModelFile;
import org.qat4j.format.internal.EncoderFile;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.report.ModelBytes;
import org.qat4j.report.Provenance;
import org.qat4j.report.SeedRun;
import org.qat4j.report.SweepReport;
import org.qat4j.report.folder.RunFolder;
import org.qat4j.task.DatasetReader;
import org.qat4j.task.Task;
import org.qat4j.zoo.SavedNetworks;

/**
 * Variants of an experiment over the same seeds. The float network of a seed and its controls are
 * trained once for all variants that train them alike. What is finished is kept in the folder, one
 * file for each variant and seed, so that a sweep that was stopped goes on where it was.
 *
 * <pre>
 * read data → for each seed: float network → for each variant: control, calibrate, post-training,
 *             QAT, freeze, verify, evaluate, keep → report
 * </pre>
 */
public final class RunSweep {
  private final List<Variant> variants;
  private final RunFolder folder;
  private final Console console;
  private final KeptParts parts;

  /**
   * @param variants one or more, with the same data
   * @param folder takes every file; what an earlier run of the same variants left there is used
   * @param console is told how it goes
   */
  public RunSweep(List<Variant> variants, RunFolder folder, Console console) {
    this.variants = List.copyOf(variants);
    this.folder = folder;
    this.console = console;
    this.parts = new KeptParts(folder);
  }

  /**
   * Runs every variant once for each seed.
   *
   * @param name of the report
   * @param seeds one or more
   * @param facts of this call for the provenance, for example flags of the command line
   * @throws QatException if something cannot be done
   */
  public SweepReport run(String name, List<Long> seeds, Map<String, String> facts) {
    Dataset data = DatasetReader.read(variants.get(0).experiment().data());
    DataFindings.requireRows(data);
    List<Variant> suited =
        variants.stream()
            .map(v -> new Variant(v.name(), Suited.of(v.resolved(), data).resolved()))
            .toList();
    return new RunSweep(suited, folder, console).run(name, seeds, facts, data);
  }

  private SweepReport run(String name, List<Long> seeds, Map<String, String> facts, Dataset data) {
    Experiment first = variants.get(0).experiment();
    variants.forEach(variant -> ExperimentCheck.require(variant.experiment(), data));
    DataFindings.of(first.data(), data, first.train().batch())
        .forEach(finding -> console.line("warning: " + finding.message()));
    Map<String, String> provenance = Provenance.current();
    provenance.put("seeds", seeds.stream().map(String::valueOf).collect(Collectors.joining(", ")));
    provenance.put("data SHA-256", data.sha256());
    provenance.putAll(facts);
    folder.writeJson("provenance.json", provenance);

    Map<Stage, Predictions> baselines = Task.of(data).baselines(first.baselines(), data);
    if (first.executor() instanceof ExecutorSpec.Spark spark && seeds.size() > 1) {
      SparkParts.run(spark.master(), Shared.of(variants, data), open(seeds, data), folder, console);
    }
    Map<String, List<SeedRun>> runs = new LinkedHashMap<>();
    for (long seed : seeds) {
      run(seed, data, runs);
    }
    runs.replaceAll((variant, all) -> all.stream().map(run -> run.with(baselines)).toList());
    SweepReport report =
        SweepReport.of(
            name,
            first.description(),
            RunExperiment.summary(data),
            runs,
            Variant.differences(variants),
            provenance);
    folder.report(report);
    return report;
  }

  /** All variants with one seed. */
  private void run(long seed, Dataset data, Map<String, List<SeedRun>> runs) {
    Map<String, FloatNetwork> networks = new HashMap<>();
    for (Variant variant : variants) {
      SeedRun run = kept(variant, seed, data);
      if (run == null) {
        console.line(variant.name() + ", seed " + seed);
        run = done(variant, floats(networks, variant, seed, data), runs);
      }
      runs.computeIfAbsent(variant.name(), v -> new ArrayList<>()).add(run);
    }
  }

  /**
   * What the parts on Spark have in common.
   *
   * @param experiments of the variants as YAML, by their names
   */
  private record Shared(LinkedHashMap<String, String> experiments, Dataset data)
      implements Serializable {
    static Shared of(List<Variant> variants, Dataset data) {
      LinkedHashMap<String, String> experiments = new LinkedHashMap<>();
      variants.forEach(v -> experiments.put(v.name(), ExperimentWriter.toYaml(v.experiment())));
      return new Shared(experiments, data);
    }
  }

  /** One seed with the variants that are not finished with it. */
  private record Part(long seed, List<String> names) implements SparkParts.Part<Shared> {
    @Override
    public void run(Shared shared, RunFolder to) {
      List<Variant> open =
          names.stream()
              .map(n -> new Variant(n, ExperimentReader.resolved(shared.experiments().get(n))))
              .toList();
      new RunSweep(open, to, Console.quiet()).run(seed, shared.data(), new LinkedHashMap<>());
    }

    @Override
    public String toString() {
      return "seed " + seed + " of " + names.size() + " variants";
    }
  }

  private List<Part> open(List<Long> seeds, Dataset data) {
    List<Part> parts = new ArrayList<>();
    for (long seed : seeds) {
      List<String> open =
          variants.stream()
              .filter(variant -> kept(variant, seed, data) == null)
              .map(Variant::name)
              .toList();
      if (!open.isEmpty()) {
        parts.add(new Part(seed, open));
      }
    }
    return parts;
  }

  /** What an earlier run left of a variant, if that is what would come out again; or null. */
  private SeedRun kept(Variant variant, long seed, Dataset data) {
    return parts.find(file(variant, seed), basis(variant.experiment(), data));
  }

  private static String basis(Experiment experiment, Dataset data) {
    return KeptParts.basis(experiment, data.sha256());
  }

  private static String file(Variant variant, long seed) {
    return variant.name() + "/seed-" + seed;
  }

  /** The float network of a seed, trained or taken from the folder, for the variants like this. */
  private FloatNetwork floats(
      Map<String, FloatNetwork> networks, Variant variant, long seed, Dataset data) {
    Experiment own = variant.experiment();
    Experiment part =
        new Experiment(
            Experiment.SCHEMA_VERSION,
            "float",
            "",
            0,
            own.data(),
            own.model(),
            own.train(),
            null,
            ExperimentReader.defaults(QuantizeSpec.class),
            null,
            ExperimentReader.defaults(BaselineSpec.class),
            ExperimentReader.defaults(VerifySpec.class),
            null,
            null);
    return networks.computeIfAbsent(basis(part, data), b -> floats(part, b, seed, data));
  }

  private FloatNetwork floats(Experiment part, String basis, long seed, Dataset data) {
    FloatNetwork floats = new FloatNetwork(part, seed, data, console, p -> {});
    Model network = floats.text().network();
    for (Variant variant : variants) {
      Experiment e = variant.experiment();
      if (e.model().equals(part.model()) && e.train().equals(part.train())) {
        int texts = floats.trainingTexts().size();
        Qat.describe(network, ExperimentCheck.quantSpec(variant.resolved(), texts)).requireFine();
      }
    }
    // The name tells what was trained, so that another network is never taken for this one.
    String name = "float/seed-" + seed + "-" + Integer.toHexString(basis.hashCode());
    Path file = folder.file(name + ".zip");
    Path how = folder.file(name + ".yaml");
    if (Files.isRegularFile(file) && basis.equals(text(how))) {
      floats.restore(SavedNetworks.load(file));
    } else {
      floats.trained();
      createFolder("float");
      SavedNetworks.save(network, file);
      folder.write(name + ".yaml", basis);
    }
    return floats;
  }

  private static String text(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new QatException("cannot read " + file + ": " + e, e);
    }
  }

  private SeedRun done(Variant variant, FloatNetwork floats, Map<String, List<SeedRun>> runs) {
    restoreControls(variant, floats, runs);
    createFolder(variant.name());
    String file = file(variant, floats.seed());
    SeedExperiment one =
        new SeedExperiment(
            variant.resolved(),
            floats,
            new SweepFiles(file),
            TextVerification::of,
            name -> folder.file(file + "-" + name),
            console);
    folder.write(
        variant.name() + "/" + RunFiles.EXPERIMENT, ExperimentWriter.toYaml(variant.experiment()));
    SeedRun run = one.run().build();
    if (run.verification() != null && !run.verification().isExact()) {
      throw RunExperiment.disagreement(folder.file(file)); // such a variant is not finished
    }
    String basis = basis(variant.experiment(), floats.data());
    return parts.keep(file, basis, run.withoutDetails());
  }

  /** Finished variants of the same seed have answers of controls that need no second training. */
  private void restoreControls(
      Variant variant, FloatNetwork floats, Map<String, List<SeedRun>> runs) {
    Experiment own = variant.experiment();
    for (Variant other : variants) {
      Experiment e = other.experiment();
      if (e.model().equals(own.model()) && e.train().equals(own.train())) {
        runs.getOrDefault(other.name(), List.of()).stream()
            .filter(run -> run.seed() == floats.seed())
            .forEach(
                run ->
                    floats.restoreControl(
                        SeedExperiment.control(e, floats.seed()),
                        run.predictions().get(Stage.CONTROL)));
      }
    }
  }

  /** Networks are kept until there is a model, in a folder as that of a run with a seed. */
  private final class SweepFiles implements SeedExperiment.Files {
    private final String file;

    SweepFiles(String file) {
      this.file = file;
    }

    private RunFiles networks() {
      return new RunFiles(folder, file + "/");
    }

    @Override
    public void keep(Model floatNetwork) {
      networks().keep(floatNetwork);
    }

    @Override
    public void keep(QatNetwork qat, EncoderFile.Encoders encoders) {
      networks().keep(qat, encoders);
    }

    @Override
    public ModelBytes write(Model floatNetwork, IntegerModel model) {
      byte[] bytes = ModelFile.toBytes(model);
      AtomicFile.write(folder.file(file + ".qat"), bytes);
      networks().forget();
      return new ModelBytes(
          Float.BYTES * floatNetwork.numParams(),
          ModelFile.toBytes(model.withoutText()).length,
          bytes.length,
          null);
    }
  }

  private void createFolder(String name) {
    try {
      Files.createDirectories(folder.file(name));
    } catch (IOException e) {
      throw new QatException("cannot make the folder " + folder.file(name) + ": " + e, e);
    }
  }
}
