package org.qat4j.doctor;

import ai.onnxruntime.OrtEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.onnx.internal.ByteProducts;

/** Looks at the machine, and says what has to change. */
public final class Doctor {
  private static final String NATIVES = "natives";
  private static final String ONNX = "onnx";
  private static final String MAVEN = "maven";
  private static final String TEMP = "temp";
  private static final long LEAST_MEMORY = 4_000_000_000L;
  private static final long LEAST_FREE = 1_000_000_000L;
  private static final int LEAST_MINOR = 8;
  private static final Pattern VERSION = Pattern.compile("Apache Maven (\\d+)\\.(\\d+).*");

  private final Machine machine;
  private final Supplier<Integer> load;
  private final Supplier<Check> onnx;

  /**
   * @param load loads ND4J's natives; gives the threads that they take
   * @param onnx tries ONNX Runtime
   */
  Doctor(Machine machine, Supplier<Integer> load, Supplier<Check> onnx) {
    this.machine = machine;
    this.load = load;
    this.onnx = onnx;
  }

  /** All checks of this machine. */
  public static List<Check> checks() {
    return new Doctor(Machine.look(), Doctor::loadNatives, Doctor::tryOnnx).all();
  }

  List<Check> all() {
    List<Check> checks = new ArrayList<>();
    checks.add(java());
    checks.add(memory());
    checks.add(Check.fine("processor", machine.processor() + ": " + abilities()));
    checks.add(natives());
    checks.addAll(Gpu.checks(machine.gpus(), isCuda()));
    checks.add(onnx.get());
    checks.add(maven());
    checks.add(temp());
    return checks;
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  private Check java() {
    String fact =
        machine.java()
            + ", "
            + machine.bits()
            + " bits, "
            + (machine.vector() ? "with" : "without")
            + " the vector module";
    return machine.bits().equals("64")
        ? Check.fine("java", fact)
        : new Check("java", fact, "install a JDK of 64 bits: natives exist for nothing else");
  }

  private Check memory() {
    String fact = gigabytes(machine.memory()) + ", of which Java may take ";
    fact += gigabytes(machine.heap());
    return machine.memory() >= LEAST_MEMORY || machine.memory() == 0
        ? Check.fine("memory", fact)
        : new Check(
            "memory",
            fact,
            "large networks want 4 GB or more; lower train.batch, or give Java more:"
                + " QAT_OPTS=-Xmx2g");
  }

  private boolean has(String flag) {
    return machine.flags() != null && machine.flags().contains(flag);
  }

  private String abilities() {
    if (machine.flags() == null) {
      return "this system does not tell what it can";
    }
    List<String> found = new ArrayList<>();
    add(found, "AVX2", Set.of("avx2"));
    add(found, "AVX-512", Set.of("avx512f"));
    add(found, "VNNI", Set.of("avx512_vnni", "avx_vnni"));
    add(found, "NEON", Set.of("asimd", "neon"));
    add(found, "dot products", Set.of("asimddp"));
    return found.isEmpty() ? "no AVX2, no VNNI" : String.join(", ", found) + lacks(found);
  }

  private void add(List<String> found, String name, Set<String> any) {
    if (any.stream().anyMatch(this::has)) {
      found.add(name);
    }
  }

  private static String lacks(List<String> found) {
    boolean x86 = found.contains("AVX2");
    return x86 && !found.contains("VNNI") ? ", no VNNI" : "";
  }

  private boolean isCuda() {
    return machine.natives() != null && machine.natives().startsWith("nd4j-cuda");
  }

  /** Natives that use what the processor lacks would end the process: they are not loaded. */
  private Check natives() {
    String jar = machine.natives();
    if (jar == null) {
      return new Check(
          NATIVES, "no natives of ND4J", "start through ./qat, whose build chooses them");
    }
    String wanted = jar.contains("avx512") ? "avx512f" : jar.contains("avx2") ? "avx2" : null;
    if (wanted != null && machine.flags() != null && !has(wanted)) {
      return new Check(
          NATIVES,
          jar + " needs " + wanted.toUpperCase(Locale.ROOT) + ", which this processor lacks",
          "build with QAT_MAVEN=-Dnd4j.extension= (empty, the plain build)"
              + (has("avx2") ? " or -Dnd4j.extension=-onednn-avx2" : ""));
    }
    try {
      return Check.fine(NATIVES, jar + ", loads; threads: " + load.get());
    } catch (LinkageError | RuntimeException e) {
      return new Check(
          NATIVES,
          jar + " does not load: " + root(e),
          isCuda()
              ? "install the driver and CUDA 11.6 with cuDNN, or build for the CPU by leaving out"
                  + " -Pcuda (QAT_MAVEN)"
              : "build with QAT_MAVEN=-Dnd4j.extension= (empty, the plain build); see that the home"
                  + " folder can be written to, where natives are unpacked");
    }
  }

  private static int loadNatives() {
    Nd4j.ones(2).sumNumber();
    return Nd4j.getEnvironment().maxThreads();
  }

  private static Check tryOnnx() {
    try {
      String version = "ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion();
      return Check.fine(
          ONNX,
          version
              + (ByteProducts.exact()
                  ? "; products of bytes are exact: ./qat export --vnni works here"
                  : "; products of bytes saturate, so that the form of ./qat export --vnni cannot"
                      + " be verified here; the default form is exact"));
    } catch (LinkageError | QatException e) {
      return new Check(
          ONNX,
          "ONNX Runtime does not load: " + root(e),
          "let libraries be executed in the folder for temporary files, or name another one:"
              + " QAT_OPTS=-Djava.io.tmpdir=FOLDER");
    }
  }

  private static String root(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private Check maven() {
    if (machine.maven() == null) {
      return Check.fine(MAVEN, "no mvn on the PATH; ./qat builds by ./mvnw, which fetches one");
    }
    Matcher version = VERSION.matcher(machine.maven());
    boolean old =
        version.matches()
            && Integer.parseInt(version.group(1)) == 3
            && Integer.parseInt(version.group(2)) < LEAST_MINOR;
    return old
        ? new Check(MAVEN, machine.maven(), "install Maven 3.8 or newer, or use ./mvnw")
        : Check.fine(MAVEN, machine.maven());
  }

  private Check temp() {
    Machine.Temp t = machine.temp();
    String other = "free some, or name another folder: QAT_OPTS=-Djava.io.tmpdir=FOLDER";
    if (!t.writable()) {
      return new Check(TEMP, t.path() + " cannot be written to", other);
    }
    String free = t.path() + ", " + gigabytes(t.free()) + " free";
    if (!t.executable()) {
      return new Check(
          TEMP,
          free + ", but nothing in it may be executed (noexec), and natives are unpacked there",
          "name another folder: QAT_OPTS=-Djava.io.tmpdir=FOLDER");
    }
    return t.free() < LEAST_FREE ? new Check(TEMP, free, other) : Check.fine(TEMP, free);
  }
}
