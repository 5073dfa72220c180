package org.qat4j.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorTest {
  private static final long GB = 1_000_000_000L;
  private static final String AVX2 = "nd4j-native-1.0.0-M2.1-linux-x86_64-onednn-avx2";
  private static final Machine.Temp TEMP = new Machine.Temp(Path.of("/tmp"), true, true, 9 * GB);
  private static final Check ONNX = Check.fine("onnx", "ONNX Runtime");

  /** A machine of which parts are other than usual. */
  private static Machine machine(
      String bits,
      long memory,
      Set<String> flags,
      String natives,
      String maven,
      Machine.Temp temp) {
    return new Machine(
        "17", bits, true, memory, memory / 4, "CPU, 2 cores", flags, natives, null, maven, temp);
  }

  private static Machine usual(Set<String> flags, String natives) {
    return machine("64", 16 * GB, flags, natives, "Apache Maven 3.9.9", TEMP);
  }

  private static List<Check> checks(Machine machine) {
    return new Doctor(machine, () -> 2, () -> ONNX).all();
  }

  private static Check check(Machine machine, String name) {
    return checks(machine).stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void aUsualMachineIsFine() {
    List<Check> checks = checks(usual(Set.of("avx2"), AVX2));
    assertThat(checks).allMatch(Check::isFine);
    assertThat(checks)
        .extracting(Check::name)
        .containsExactly("java", "memory", "processor", "natives", "gpu", "onnx", "maven", "temp");
    assertThat(check(usual(Set.of("avx2"), AVX2), "processor").fact())
        .isEqualTo("CPU, 2 cores: AVX2, no VNNI");
    assertThat(check(usual(Set.of("avx2", "avx512f", "avx512_vnni"), AVX2), "processor").fact())
        .isEqualTo("CPU, 2 cores: AVX2, AVX-512, VNNI");
    assertThat(check(usual(Set.of("asimd", "asimddp"), AVX2), "processor").fact())
        .isEqualTo("CPU, 2 cores: NEON, dot products");
  }

  /** They would end the process. */
  @Test
  void nativesThatTheProcessorCannotRunAreNotLoaded() {
    for (String jar : List.of(AVX2, AVX2.replace("avx2", "avx512"))) {
      Doctor doctor =
          new Doctor(
              usual(Set.of("sse2"), jar),
              () -> {
                throw new AssertionError("loaded");
              },
              () -> ONNX);
      Check natives = doctor.all().get(3);
      assertThat(natives.fact()).contains(jar, "which this processor lacks");
      assertThat(natives.change()).contains("-Dnd4j.extension=");
    }
  }

  @Test
  void nativesThatDoNotLoadAreExplained() {
    Doctor doctor =
        new Doctor(
            usual(null, AVX2),
            () -> {
              throw new UnsatisfiedLinkError("libgomp.so.1 is missing");
            },
            () -> ONNX);
    Check natives = doctor.all().get(3);
    assertThat(natives.fact()).contains("does not load: libgomp.so.1 is missing");
    assertThat(natives.isFine()).isFalse();
    assertThat(check(usual(null, null), "natives").change()).contains("./qat");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Tesla K40, 3.5, 470|false|cannot run the binaries",
        "Tesla K80, 3.7, 470|true|code of its own",
        "Tesla T4, 7.5, 535|true|code of its own",
        "A100, 8.0, 535|true|code of its own",
        "RTX 3090, 8.6, 535|true|code of its own",
        "RTX 4090, 8.9, 535|true|the code for 8.6",
        "H100, 9.0, 535|false|cannot run the binaries",
        "B200, 10.0, 570|false|cannot run the binaries",
        "RTX 5090, 12.0, 570|false|cannot run the binaries"
      })
  void aGpuRunsCodeOfItsGenerationAlone(String gpu, boolean runs, String fact) {
    Check cuda = Gpu.checks(List.of(gpu), true).get(0);
    assertThat(cuda.isFine()).isEqualTo(runs);
    assertThat(cuda.fact()).contains(fact);
    Check cpu = Gpu.checks(List.of(gpu), false).get(0);
    assertThat(cpu.isFine()).as("nothing has to change for a build for the CPU").isTrue();
    assertThat(cpu.fact()).contains(fact);
  }

  @Test
  void withoutAGpuABuildForCudaCannotRun() {
    assertThat(Gpu.checks(null, false).get(0).isFine()).isTrue();
    assertThat(Gpu.checks(null, true).get(0).change()).contains("-Pcuda");
    assertThat(Gpu.checks(List.of("GPU, [N/A], 1"), true).get(0).fact()).contains(Gpu.WHICH);
  }

  @Test
  void theReadmeSaysTheSameOfGpus() throws IOException {
    assertThat(Files.readString(Path.of("../README.md")).replaceAll("\\s+", " "))
        .contains(Gpu.WHICH);
  }

  @Test
  void whatLacksIsNamedWithWhatMendsIt() {
    Set<String> flags = Set.of("avx2");
    assertThat(check(machine("32", 16 * GB, flags, AVX2, null, TEMP), "java").change())
        .contains("64 bits");
    assertThat(check(machine("64", 2 * GB, flags, AVX2, null, TEMP), "memory").change())
        .contains("QAT_OPTS");
    assertThat(check(machine("64", GB, flags, AVX2, "Apache Maven 3.6.3", TEMP), "maven").change())
        .contains("3.8");
    assertThat(check(machine("64", GB, flags, AVX2, null, TEMP), "maven").fact())
        .contains("./mvnw");
    Path t = Path.of("/tmp");
    for (Machine.Temp temp :
        List.of(
            new Machine.Temp(t, false, false, 0),
            new Machine.Temp(t, true, false, 9 * GB),
            new Machine.Temp(t, true, true, GB / 2))) {
      assertThat(check(machine("64", GB, flags, AVX2, null, temp), "temp").change())
          .contains("java.io.tmpdir");
    }
  }

  @Test
  void theMachineIsRead(@TempDir Path folder) {
    assertThat(Machine.flags("processor\t: 0\nflags\t\t: fpu avx2 avx_vnni\n\nprocessor\t: 1\n"))
        .containsExactlyInAnyOrder("fpu", "avx2", "avx_vnni");
    assertThat(Machine.flags("Features\t: fp asimd asimddp")).contains("asimddp");
    assertThat(Machine.flags("")).isNull();
    assertThat(Machine.temp(folder).writable()).isTrue();
    assertThat(folder).isEmptyDirectory();
    assertThat(Machine.temp(folder.resolve("none")).writable()).isFalse();
    String jars =
        "/m2/nd4j-native-preset-1.0.0-M2.1-linux-x86_64.jar:/m2/nd4j-native-1.0.0-M2.1.jar:/m2/";
    assertThat(Machine.natives(jars)).isNull();
    assertThat(Machine.natives(jars + AVX2 + ".jar:x.jar")).isEqualTo(AVX2);
    assertThat(Machine.natives("C:\\m2\\nd4j-cuda-11.6-1.0.0-M2.1-windows-x86_64.jar;x.jar"))
        .isEqualTo("nd4j-cuda-11.6-1.0.0-M2.1-windows-x86_64");
    Machine here = Machine.look();
    assertThat(here.java()).startsWith(System.getProperty("java.version"));
    assertThat(here.natives()).startsWith("nd4j-");
    assertThat(here.heap()).isPositive();
  }
}
