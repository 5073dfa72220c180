package org.qat4j.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which NVIDIA GPUs the binaries of nd4j-cuda-11.6 run on. Machine code for capability x.y runs on
 * x.z with z ≥ y; code for later generations could only be made from PTX, of which there is none.
 */
final class Gpu {
  /** In README.md, word by word. */
  static final String WHICH =
      "Its binaries hold machine code for NVIDIA GPUs of compute capability 3.7 to 8.6 and no PTX:"
          + " an RTX 40 (8.9) runs the code for 8.6; an H100 (9.0) and whatever is newer cannot run"
          + " them at all.";

  private static final String NAME = "gpu";
  private static final int LAST_MAJOR = 8;
  private static final int FIRST = 307;
  private static final int LAST = 806;
  private static final Pattern LINE = Pattern.compile("(.*),\\s*(\\d+)\\.(\\d+)\\s*,\\s*(.*)");

  private Gpu() {}

  /**
   * A check of each GPU.
   *
   * @param gpus name, compute capability, driver; null without nvidia-smi
   * @param cuda whether the class path has the binaries for GPUs
   */
  static List<Check> checks(List<String> gpus, boolean cuda) {
    if (gpus == null || gpus.isEmpty()) {
      return List.of(
          cuda
              ? new Check(
                  NAME,
                  "none that nvidia-smi knows, but this is a build for CUDA",
                  "build for the CPU by leaving out -Pcuda (QAT_MAVEN), or install the driver")
              : Check.fine(NAME, "none that nvidia-smi knows; everything runs on the CPU"));
    }
    List<Check> checks = new ArrayList<>();
    for (String gpu : gpus) {
      Matcher line = LINE.matcher(gpu);
      checks.add(
          line.matches()
              ? check(line, cuda)
              : Check.fine(NAME, gpu + ": its compute capability is not told. " + WHICH));
    }
    return checks;
  }

  private static Check check(Matcher line, boolean cuda) {
    int major = Integer.parseInt(line.group(2));
    int minor = Integer.parseInt(line.group(3));
    String gpu =
        line.group(1) + ", compute capability " + major + "." + minor + ", driver " + line.group(4);
    int capability = 100 * major + minor;
    if (capability < FIRST || major > LAST_MAJOR) {
      String cannot = gpu + ": cannot run the binaries of nd4j-cuda-11.6";
      return cuda
          ? new Check(NAME, cannot, "build for the CPU by leaving out -Pcuda (QAT_MAVEN). " + WHICH)
          : Check.fine(NAME, cannot + "; everything runs on the CPU");
    }
    String runs = gpu + ": runs " + (capability > LAST ? "the code for 8.6" : "code of its own");
    return Check.fine(NAME, runs + (cuda ? "" : ", in a build with QAT_MAVEN=-Pcuda"));
  }
}
