package org.qat4j.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.qat4j.QatException;
import org.qat4j.bench.SoakReport.Part;
import org.qat4j.bench.SoakReport.Reading;
import org.qat4j.console.Progress;
import org.qat4j.format.ModelFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.QatNetwork;
import org.qat4j.report.Provenance;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;
import org.qat4j.zoo.SavedNetworks;

/** Watches memory while one process trains, predicts, makes networks and loads them for long. */
public final class Soak {
  /** Readings of each part. */
  private static final int READINGS = 40;

  private static final int WORDS = 20; // of the texts of what is trained for long
  private static final int FEW_WORDS = 5;
  private static final TrainingSpec SMALL =
      new TrainingSpec(TrainingSpec.Body.CNN, List.of(FEW_WORDS), 4, 50, 3);
  private static final int STEPS = 20; // of a network, when it is its turn
  private static final int SAMPLES = 64;
  private static final double NANOS = 1e9;

  private final SoakSpec spec;
  private final Progress progress;
  private final Consumer<SoakReport> seen;
  private final Map<String, String> machine = Provenance.current();
  private final long begin = System.nanoTime();
  private final List<Reading> readings = new ArrayList<>();

  private Soak(SoakSpec spec, Progress progress, Consumer<SoakReport> seen) {
    this.spec = spec;
    this.progress = progress;
    this.seen = seen;
  }

  /** Number of parts that {@link #run} announces to its progress. */
  public static int steps() {
    return Part.values().length;
  }

  /**
   * Does everything.
   *
   * @param seen gets what is known, at each reading
   */
  public static SoakReport run(SoakSpec spec, Progress progress, Consumer<SoakReport> seen) {
    Soak soak = new Soak(spec, progress, seen);
    Path folder = null;
    try {
      folder = Files.createTempDirectory("qat-soak");
      soak.all(folder);
    } catch (IOException e) {
      throw new QatException("cannot soak: " + e, e);
    } finally {
      FreshProcess.delete(folder);
    }
    return soak.report();
  }

  private SoakReport report() {
    return new SoakReport(spec, readings, machine);
  }

  private void all(Path folder) throws IOException {
    List<Trained> networks =
        Stream.of(TrainingSpec.Body.CNN, TrainingSpec.Body.LSTM, TrainingSpec.Body.ATTENTION)
            .map(body -> new Trained(new TrainingSpec(body, List.of(WORDS), 16, 1000, 3)))
            .toList();
    IntegerModel model = train(networks);
    progress.step(1);
    predict();
    progress.step(1);
    fit();
    progress.step(1);
    Path network = folder.resolve("network.zip");
    Path file = folder.resolve("model.qat");
    SavedNetworks.save(networks.get(0).qat.network(), network);
    ModelFile.write(model, file);
    counted(
        Part.LOADS,
        spec.loads(),
        () -> {
          SavedNetworks.load(network);
          ModelFile.read(file);
        });
    progress.step(1);
  }

  private IntegerModel train(List<Trained> networks) throws IOException {
    long part = TimeUnit.SECONDS.toNanos(spec.seconds());
    long from = System.nanoTime();
    IntegerModel model;
    long rounds = 0;
    int read = 0;
    do {
      model = networks.stream().map(Trained::turn).toList().get(0);
      rounds++;
      if (System.nanoTime() - from >= part / READINGS * read) {
        read(Part.TRAINING, rounds);
        read++;
      }
    } while (System.nanoTime() - from < part);
    return model;
  }

  /** Threads share a runtime, as those of a server do, for each stretch between two readings. */
  private void predict() throws IOException {
    IntegerModel model = new Trained(SMALL).freeze();
    IntegerRuntime runtime = new IntegerRuntime(model);
    List<Sample> samples = Sample.random(model, SAMPLES, 1);
    long done = 0;
    while (done < spec.predictions()) {
      long to = Math.min(spec.predictions(), done + Math.max(1, spec.predictions() / READINGS));
      long from = done;
      try (Callers callers = new Callers(spec.threads())) {
        callers.each(
            () -> {
              float[] out = new float[runtime.outputSize()];
              for (long i = from; i < to; i++) {
                runtime.run(samples.get((int) (i % SAMPLES)), out);
              }
            });
      }
      done = to;
      read(Part.PREDICTIONS, done * spec.threads());
    }
  }

  private void fit() throws IOException {
    List<DataSet> data = TrainingVariant.data(SMALL, FEW_WORDS);
    counted(
        Part.FITS,
        spec.fits(),
        () ->
            TrainingVariant.fit(TrainingVariant.QAT.network(SMALL, FEW_WORDS, data), data.get(0)));
  }

  private void counted(Part part, int times, Runnable task) throws IOException {
    int every = Math.max(1, times / READINGS);
    for (int i = 1; i <= times; i++) {
      task.run();
      if (i % every == 0) {
        read(part, i);
      }
    }
  }

  private void read(Part part, long done) throws IOException {
    System.gc();
    readings.add(
        new Reading(
            part,
            (System.nanoTime() - begin) / NANOS,
            done,
            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
            Pointer.physicalBytes()));
    progress.message(part.name().toLowerCase(Locale.ROOT) + ", " + done);
    seen.accept(report());
  }

  /** A network that is trained on and on. */
  private static final class Trained {
    private final List<DataSet> data;
    private final QatNetwork qat;

    Trained(TrainingSpec spec) {
      int words = spec.lengths().get(0);
      data = TrainingVariant.data(spec, words);
      qat = TrainingVariant.quantized(spec, words, data);
    }

    IntegerModel turn() {
      MultiLayerNetwork network = qat.multiLayerNetwork();
      for (int i = 0; i < STEPS; i++) {
        network.fit(data.get(i % data.size()));
      }
      network.evaluate(new ListDataSetIterator<>(data, 1));
      return freeze();
    }

    IntegerModel freeze() {
      return qat.freeze(FreezeInfo.named("soak"), data.get(0).getFeatures());
    }
  }
}
