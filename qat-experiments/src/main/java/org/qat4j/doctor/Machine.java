package org.qat4j.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a machine says of itself.
 *
 * @param java version of the Java that runs
 * @param bits of its pointers, "64" or "32"
 * @param vector whether it has the vector module
 * @param memory of the machine or container in bytes; 0 where it is not told
 * @param heap that Java may take, in bytes
 * @param processor name and number of cores
 * @param flags of the processor, in the words of Linux; null where the system does not tell
 * @param natives name of the jar with ND4J's natives; null where there is none
 * @param gpus a line for each: name, compute capability, driver; null without nvidia-smi
 * @param maven what {@code mvn -v} says first; null where there is none
 * @param temp folder for temporary files
 */
record Machine(
    String java,
    String bits,
    boolean vector,
    long memory,
    long heap,
    String processor,
    Set<String> flags,
    String natives,
    List<String> gpus,
    String maven,
    Temp temp) {
  /**
   * The folder for temporary files.
   *
   * @param writable whether a file could be made
   * @param executable whether a file in it may be executed; libraries are unpacked there
   * @param free bytes
   */
  record Temp(Path path, boolean writable, boolean executable, long free) {}

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Pattern NATIVES =
      Pattern.compile(
          "(nd4j-(?:native|cuda-[\\d.]+)-\\d[^/\\\\:;]*-(?:linux|windows|macosx)-[^/\\\\:;]*)\\.jar");
  private static final int PATIENCE_SECONDS = 30;

  static Machine look() {
    String cpu = read(CPU_INFO);
    return new Machine(
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
        System.getProperty("sun.arch.data.model", "64"),
        ModuleFinder.ofSystem().find("jdk.incubator.vector").isPresent(),
        memoryOfMachine(),
        Runtime.getRuntime().maxMemory(),
        processor(cpu),
        flags(cpu),
        natives(System.getProperty("java.class.path", "")),
        lines("nvidia-smi", "--query-gpu=name,compute_cap,driver_version", "--format=csv,noheader"),
        first(lines(isWindows() ? List.of("cmd", "/c", "mvn", "-v") : List.of("mvn", "-v"))),
        temp(Path.of(System.getProperty("java.io.tmpdir"))));
  }

  /** The first jar with natives; those beside it (presets) hold what natives are called by. */
  static String natives(String classPath) {
    Matcher natives = NATIVES.matcher(classPath);
    return natives.find() ? natives.group(1) : null;
  }

  private static boolean isWindows() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
  }

  private static long memoryOfMachine() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : 0;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return ""; // not Linux
    }
  }

  private static String processor(String cpu) {
    Matcher name = Pattern.compile("(?m)^model name\\s*:\\s*(.*)$").matcher(cpu);
    int cores = Runtime.getRuntime().availableProcessors();
    return (name.find() ? name.group(1).strip() : System.getProperty("os.arch"))
        + (cores == 1 ? ", 1 core" : ", " + cores + " cores");
  }

  /** x86 has "flags", ARM "Features". */
  static Set<String> flags(String cpu) {
    Matcher flags = Pattern.compile("(?m)^(?:flags|Features)\\s*:\\s*(.*)$").matcher(cpu);
    return flags.find() ? Set.of(flags.group(1).strip().split("\\s+")) : null;
  }

  private static List<String> lines(String... command) {
    return lines(List.of(command));
  }

  /** What a command prints; null where there is none, or where it fails. */
  private static List<String> lines(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectInput(nothing()).start();
      try (InputStream out = process.getInputStream()) {
        String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return ended && process.exitValue() == 0 ? said.lines().toList() : null;
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static ProcessBuilder.Redirect nothing() {
    return ProcessBuilder.Redirect.from(Path.of(isWindows() ? "NUL" : "/dev/null").toFile());
  }

  private static String first(List<String> lines) {
    return lines == null
        ? null
        : lines.stream()
            .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", "").strip())
            .filter(line -> line.startsWith("Apache Maven"))
            .findFirst()
            .orElse(null);
  }

  static Temp temp(Path folder) {
    try {
      Path file = Files.createTempFile(folder, "qat-doctor", ".sh");
      try {
        boolean may = file.toFile().setExecutable(true) && Files.isExecutable(file);
        return new Temp(folder, true, may, Files.getFileStore(folder).getUsableSpace());
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      return new Temp(folder, false, false, 0);
    }
  }
}
