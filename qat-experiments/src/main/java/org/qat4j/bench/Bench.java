package org.qat4j.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.QatException;
import org.qat4j.console.Progress;
import org.qat4j.format.ModelFile;
import org.qat4j.onnx.OnnxExporter;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.onnx.internal.FloatOnnxExporter;
import org.qat4j.report.Provenance;
import org.qat4j.runtime.RuntimeOptions;
import org.qat4j.runtime.RuntimeOptions.Kernel;

/**
 * Measures every engine on the same texts, in short turns: a busy neighbour on the machine hits all
 * of them alike, and ratios are taken within a round.
 */
public final class Bench {
  private static final List<Integer> BATCHES = List.of(1, 32);
  private static final int WARM_UP = 5;
  private static final String ONNX_INT8 = "ONNX Runtime int8";
  private static final String OTHER = "other model, ";
  private static final String DL4J_FLOAT = "DL4J float";

  private final BenchSpec spec;
  private final byte[] onnx;

  /** Null where the model has an operation without a float form. */
  private final byte[] onnxFloat;

  private Bench(BenchSpec spec) {
    this.spec = spec;
    this.onnx = OnnxExporter.toBytes(spec.model(), OnnxOptions.DEFAULT);
    this.onnxFloat = floatOnnx(spec);
  }

  private static byte[] floatOnnx(BenchSpec spec) {
    try {
      return FloatOnnxExporter.toBytes(spec.model());
    } catch (QatException noFloatForm) {
      return null;
    }
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
    for (int threads : threads()) {
      for (int batch : BATCHES) {
        EncodedTexts texts = new EncodedTexts(spec.model(), spec.texts(), batch);
        List<Engine> engines = engines(texts, threads);
        try (Callers callers = new Callers(threads)) {
          speeds.addAll(measure(engines, texts, threads, callers, progress));
        } finally {
          engines.forEach(Engine::close);
        }
      }
    }
    return new BenchReport(speeds, FreshProcess.measure(spec, onnx), sizes(), Provenance.current());
  }

  private Map<String, Long> sizes() {
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
    return bytes;
  }

  private List<Engine> engines(EncodedTexts texts, int threads) {
    List<Engine> engines = new ArrayList<>();
    engines.add(new OnnxEngine(ONNX_INT8, texts, onnx));
    if (onnxFloat != null) {
      engines.add(new OnnxEngine("ONNX Runtime float", texts, onnxFloat));
    }
    addJava(engines, "Java, scalar", texts, Kernel.SCALAR);
    if (hasVectors()) {
      addJava(engines, "Java, vector", texts, Kernel.VECTOR);
    }
    engines.add(new PredictorEngine("Java, from raw text", texts));
    if (spec.other() != null) {
      EncodedTexts others = new EncodedTexts(spec.other(), spec.texts(), texts.batch());
      addJava(engines, OTHER + "scalar", others, Kernel.SCALAR);
      if (hasVectors()) {
        addJava(engines, OTHER + "vector", others, Kernel.VECTOR);
      }
    }
    if (spec.floatNetwork() != null) {
      engines.add(new Dl4jEngine(DL4J_FLOAT, texts, spec.floatNetwork(), threads));
    }
    if (spec.qat() != null) {
      engines.add(new Dl4jEngine("DL4J QAT, evaluation", texts, spec.qat().network(), threads));
    }
    return engines;
  }

  private static boolean hasVectors() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  private static void addJava(
      List<Engine> engines, String name, EncodedTexts texts, Kernel kernel) {
    RuntimeOptions options = RuntimeOptions.defaults().withKernel(kernel);
    engines.add(new JavaEngine(name, texts, options, false));
    engines.add(new JavaEngine(name + ", cold tables", texts, options, true));
    engines.add(new JavaEngine(name + ", no tables", texts, options.withTableBytes(0), false));
  }

  private List<BenchReport.Speed> measure(
      List<Engine> engines, EncodedTexts texts, int threads, Callers callers, Progress progress) {
    double[][] micros = new double[engines.size()][spec.rounds()];
    int[] next = new int[engines.size()];
    for (int round = -WARM_UP; round < spec.rounds(); round++) {
      for (int e = 0; e < engines.size(); e++) {
        Engine engine = engines.get(e);
        engine.prepare();
        Callers.Turn turn = callers.turn(engine, texts.batches(), next[e], spec.turnMillis());
        next[e] = (next[e] + turn.batches()) % texts.batches();
        if (round >= 0) {
          micros[e][round] = turn.nanos() / 1e3 / ((double) turn.batches() * texts.batch());
        }
      }
      progress.step(1);
    }
    double[] onnxInt8 = micros[indexOf(engines, ONNX_INT8)];
    int dl4j = indexOf(engines, DL4J_FLOAT);
    List<BenchReport.Speed> speeds = new ArrayList<>();
    for (int e = 0; e < micros.length; e++) {
      Engine engine = engines.get(e);
      speeds.add(
          new BenchReport.Speed(
              engine.name(),
              threads,
              texts.batch(),
              quantile(micros[e], 0.1),
              quantile(micros[e], 0.5),
              quantile(micros[e], 0.9),
              ratio(micros[e], onnxInt8),
              dl4j < 0 ? null : ratio(micros[e], micros[dl4j]),
              engine.tableBytes()));
    }
    return speeds;
  }

  private static int indexOf(List<Engine> engines, String name) {
    return engines.stream().map(Engine::name).toList().indexOf(name);
  }

  /** Median of the ratios within the rounds. */
  private static double ratio(double[] micros, double[] reference) {
    double[] ratios = new double[micros.length];
    for (int r = 0; r < ratios.length; r++) {
      ratios[r] = micros[r] / reference[r];
    }
    return quantile(ratios, 0.5);
  }

  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.round(share * (sorted.length - 1))];
  }
}
