package org.qat4j.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.qat4j.QatException;
import org.qat4j.console.Progress;
import org.qat4j.format.ModelFile;
import org.qat4j.onnx.FloatOnnxExporter;
import org.qat4j.onnx.OnnxExporter;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.report.Provenance;
import org.qat4j.runtime.RuntimeOptions;
import org.qat4j.runtime.RuntimeOptions.Kernel;

/**
 * Measures every engine on the same texts, in turn: a busy neighbour on the machine hits all of
 * them alike, and ratios are taken within a round.
 */
public final class Bench {
  private static final List<Integer> BATCHES = List.of(1, 32);
  private static final int WARM_UP = 3;
  private static final String REFERENCE = "ONNX Runtime int8";

  /** Takes the answers, so that they must be computed. */
  @SuppressWarnings("UnusedVariable")
  private static volatile float sink;

  private final BenchSpec spec;
  private final List<int[][]> texts;

  private Bench(BenchSpec spec) {
    this.spec = spec;
    this.texts = spec.texts().stream().map(t -> Engine.encode(spec.model(), t)).toList();
  }

  /** Number of rounds that {@link #run} announces to its progress. */
  public static int steps(BenchSpec spec) {
    return threads().size() * BATCHES.size() * (WARM_UP + spec.rounds());
  }

  private static List<Integer> threads() {
    int all = Runtime.getRuntime().availableProcessors();
    return all == 1 ? List.of(1) : List.of(1, all);
  }

  /**
   * Measures everything.
   *
   * @param progress one step a round
   */
  public static BenchReport run(BenchSpec spec, Progress progress) {
    return new Bench(spec).measure(progress);
  }

  private BenchReport measure(Progress progress) {
    List<BenchReport.Speed> speeds = new ArrayList<>();
    byte[] onnx = OnnxExporter.toBytes(spec.model(), OnnxOptions.DEFAULT);
    byte[] onnxFloat = floatOnnx();
    for (int threads : threads()) {
      NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
      for (int batch : BATCHES) {
        List<Engine> engines = engines(threads, batch, onnx, onnxFloat);
        try {
          speeds.addAll(measure(engines, threads, batch, progress));
        } finally {
          engines.forEach(Engine::close);
        }
      }
    }
    Map<String, Long> bytes = new LinkedHashMap<>();
    bytes.put("model.qat", (long) ModelFile.toBytes(spec.model()).length);
    bytes.put("  without vocabulary", (long) ModelFile.toBytes(spec.model().withoutText()).length);
    bytes.put("ONNX int8", (long) onnx.length);
    if (onnxFloat != null) {
      bytes.put("ONNX float", (long) onnxFloat.length);
    }
    if (spec.floatNetwork() != null) {
      bytes.put("float parameters", Float.BYTES * spec.floatNetwork().numParams());
    }
    return new BenchReport(speeds, FreshProcess.measure(spec, onnx), bytes, Provenance.current());
  }

  /** The float form, or null where the model has an operation without one. */
  private byte[] floatOnnx() {
    try {
      return FloatOnnxExporter.toBytes(spec.model());
    } catch (QatException noFloatForm) {
      return null;
    }
  }

  private List<Engine> engines(int threads, int batch, byte[] onnx, byte[] onnxFloat) {
    List<Engine> engines = new ArrayList<>();
    engines.add(Engine.onnx(REFERENCE, spec.model(), onnx, threads));
    if (onnxFloat != null) {
      engines.add(Engine.onnx("ONNX Runtime float", spec.model(), onnxFloat, threads));
    }
    RuntimeOptions scalar = RuntimeOptions.defaults().withKernel(Kernel.SCALAR);
    engines.add(Engine.java("Java, scalar", spec.model(), scalar, threads, false));
    engines.add(Engine.java("Java, scalar, cold tables", spec.model(), scalar, threads, true));
    engines.add(
        Engine.java(
            "Java, scalar, no tables", spec.model(), scalar.withTableBytes(0), threads, false));
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      RuntimeOptions vector = RuntimeOptions.defaults().withKernel(Kernel.VECTOR);
      engines.add(Engine.java("Java, vector", spec.model(), vector, threads, false));
      engines.add(
          Engine.java(
              "Java, vector, no tables", spec.model(), vector.withTableBytes(0), threads, false));
    }
    if (threads == 1 && batch == 1) {
      engines.add(Engine.predictor("Java, from raw text", spec.model(), spec.texts()));
    }
    if (spec.floatNetwork() != null) {
      engines.add(Engine.dl4j("DL4J float", spec.floatNetwork()));
    }
    if (spec.qat() != null) {
      engines.add(Engine.dl4j("DL4J QAT, evaluation", spec.qat().network()));
    }
    return engines;
  }

  private List<BenchReport.Speed> measure(
      List<Engine> engines, int threads, int batch, Progress progress) {
    double[][] micros = new double[engines.size()][spec.rounds()];
    for (int round = -WARM_UP; round < spec.rounds(); round++) {
      for (int e = 0; e < engines.size(); e++) {
        double time = pass(engines.get(e), batch);
        if (round >= 0) {
          micros[e][round] = time;
        }
      }
      progress.step(1);
    }
    List<BenchReport.Speed> speeds = new ArrayList<>();
    for (int e = 0; e < engines.size(); e++) {
      double[] ratios = new double[spec.rounds()];
      for (int r = 0; r < ratios.length; r++) {
        ratios[r] = micros[e][r] / micros[0][r];
      }
      speeds.add(
          new BenchReport.Speed(
              engines.get(e).name(),
              threads,
              batch,
              quantile(micros[e], 0.1),
              quantile(micros[e], 0.5),
              quantile(micros[e], 0.9),
              quantile(ratios, 0.5),
              engines.get(e).tableBytes()));
    }
    return speeds;
  }

  /** Answers all texts once; µs per text. */
  private double pass(Engine engine, int batch) {
    engine.prepare();
    float sum = 0;
    long start = System.nanoTime();
    for (int from = 0; from + batch <= texts.size(); from += batch) {
      sum += engine.answer(texts.subList(from, from + batch));
    }
    double nanos = System.nanoTime() - start;
    sink = sum;
    return nanos / 1e3 / (texts.size() / batch * batch);
  }

  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.round(share * (sorted.length - 1))];
  }
}
