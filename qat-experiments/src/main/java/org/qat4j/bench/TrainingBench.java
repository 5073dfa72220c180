package org.qat4j.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.DataSet;
import org.qat4j.QatException;
import org.qat4j.console.Progress;
import org.qat4j.report.Provenance;

/**
 * Measures training steps in float and under quantization, one step of each network in turn: a busy
 * neighbour on the machine hits all of them alike, and ratios are taken within a round. The float
 * step that counts is the fastest.
 */
public final class TrainingBench {
  private static final int MOST_WARM_UP = 20;

  private final TrainingSpec spec;
  private final Progress progress;

  private TrainingBench(TrainingSpec spec, Progress progress) {
    this.spec = spec;
    this.progress = progress;
  }

  /** Number of rounds that {@link #run} announces to its progress. */
  public static int steps(TrainingSpec spec) {
    return spec.lengths().size() * (warmUp(spec) + spec.rounds());
  }

  /** Rounds that are not measured: as many as those that are, where these are few. */
  private static int warmUp(TrainingSpec spec) {
    return Math.min(MOST_WARM_UP, spec.rounds());
  }

  /** Measures everything. */
  public static TrainingReport run(TrainingSpec spec, Progress progress) {
    TrainingBench bench = new TrainingBench(spec, progress);
    List<TrainingReport.Row> rows = new ArrayList<>();
    for (int length : spec.lengths()) {
      rows.addAll(bench.measure(length));
    }
    return new TrainingReport(spec, rows, Provenance.current());
  }

  private List<TrainingReport.Row> measure(int length) {
    TrainingVariant[] variants = TrainingVariant.values();
    List<DataSet> data = TrainingVariant.data(spec, length);
    List<Model> networks = new ArrayList<>();
    for (TrainingVariant variant : variants) {
      networks.add(variant.network(spec, length, data));
    }
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double[][] millis = new double[variants.length][spec.rounds()];
    double[][] garbage = new double[variants.length][spec.rounds()];
    for (int round = -warmUp(spec); round < spec.rounds(); round++) {
      DataSet batch = data.get(Math.floorMod(round, data.size()));
      for (int v = 0; v < variants.length; v++) {
        long bytes = thread.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        TrainingVariant.fit(networks.get(v), batch);
        if (round >= 0) {
          millis[v][round] = (System.nanoTime() - start) / 1e6;
          garbage[v][round] = thread.getCurrentThreadAllocatedBytes() - bytes;
        }
      }
      progress.step(1);
    }
    double[] reference = millis[fastestFloat(millis)];
    List<TrainingReport.Row> rows = new ArrayList<>();
    for (int v = 0; v < variants.length; v++) {
      double[] ratios = new double[spec.rounds()];
      for (int r = 0; r < ratios.length; r++) {
        ratios[r] = millis[v][r] / reference[r];
      }
      rows.add(
          new TrainingReport.Row(
              length,
              variants[v].label(),
              TrainingReport.Spread.of(millis[v]),
              TrainingReport.Spread.of(ratios),
              (long) Bench.quantile(garbage[v], 0.5),
              peakBytes(variants[v], length)));
    }
    return rows;
  }

  private static int fastestFloat(double[][] millis) {
    List<TrainingVariant> variants = List.of(TrainingVariant.values());
    int dl4j = variants.indexOf(TrainingVariant.DL4J_FLOAT);
    int ours = variants.indexOf(TrainingVariant.FLOAT);
    return Bench.quantile(millis[ours], 0.5) <= Bench.quantile(millis[dl4j], 0.5) ? ours : dl4j;
  }

  /** Peak memory of a process that does nothing but train this network. */
  private long peakBytes(TrainingVariant variant, int length) {
    try {
      return JavaProcess.number(
          variant.label(),
          System.getProperty("java.class.path"),
          List.of(
              "-Xmx1g",
              "-XX:+UseSerialGC",
              "-Dorg.bytedeco.javacpp.maxbytes=0", // as much as it takes
              "-Dorg.bytedeco.javacpp.maxphysicalbytes=0"),
          TrainingProcess.class,
          variant.name(),
          spec.body().name(),
          Integer.toString(length),
          Integer.toString(spec.batch()),
          Integer.toString(spec.vocabulary()),
          Integer.toString(spec.rounds()));
    } catch (IOException e) {
      throw new QatException("cannot measure the memory of a fresh process: " + e, e);
    }
  }
}
