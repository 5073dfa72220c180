package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qat4j.cli.Called.qat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qat4j.doctor.Check;

class DoctorCommandTest {
  @Test
  void thisMachineIsLookedAt() {
    Called called = qat("doctor");
    assertThat(called.err()).isEmpty();
    assertThat(called.out().lines().map(line -> line.split(" ", 2)[0]))
        .contains("java", "memory", "processor", "natives", "gpu", "onnx", "maven", "temp");
    assertThat(called.out()).contains("loads; threads: ", "ONNX Runtime 1.");
  }

  @Test
  void whatHasToChangeIsPrintedBelowAndInTheExitCode() {
    StringWriter out = new StringWriter();
    Check bad = new Check("natives", "do not load", "build others");
    int exit =
        DoctorCommand.tell(List.of(new Check("java", "17", null), bad), new PrintWriter(out));
    assertThat(exit).isEqualTo(Exit.FAILED);
    assertThat(out.toString().lines())
        .containsExactly(
            "java       17",
            "natives    do not load",
            "  change:  build others",
            "",
            "One thing has to change.");
  }
}
