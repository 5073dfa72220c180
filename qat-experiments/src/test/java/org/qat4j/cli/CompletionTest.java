package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.qat4j.cli.Called.qat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionTest {
  @TempDir private Path folder;

  private List<String> bash(String... words) throws IOException, InterruptedException {
    assumeThat(Path.of("/bin/bash")).exists();
    Path script = Files.writeString(folder.resolve("qat.bash"), qat("completion", "bash").out());
    Path call =
        Files.writeString(
            folder.resolve("call"),
            """
            source '%s'
            COMP_WORDS=(%s)
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _complete_qat
            printf '%%s\\n' "${COMPREPLY[@]}"
            """
                .formatted(script, String.join(" ", words)));
    Process process = new ProcessBuilder("/bin/bash", call.toString()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.lines().toList();
  }

  @Test
  void bashCompletesCommandsAndOptions() throws IOException, InterruptedException {
    assertThat(bash("qat", "ex")).contains("explain", "export");
    assertThat(bash("qat", "run", "--ov")).contains("--overwrite");
    assertThat(bash("qat", "data", "fe")).contains("fetch");
  }

  @Test
  void zshReadsTheSameScript() {
    assertThat(qat("completion", "zsh").out())
        .isEqualTo(qat("completion", "bash").out())
        .contains("bashcompinit");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-f -n 'not __fish_seen_subcommand_from run |-a run",
        "-n '__fish_seen_subcommand_from run' -l overwrite|",
        "-n '__fish_seen_subcommand_from run' -l set -r|",
        "-n '__fish_seen_subcommand_from data; and not __fish_seen_subcommand_from list fetch shapes ratings'"
            + " -a fetch|-d 'Downloads a data set and checks it.'",
        "-n '__fish_seen_subcommand_from init' -l task -x -a 'classes tags roles ranking stories numbers translation'|"
      })
  void fishHasALineForEach(String part, String other) {
    String wanted = other == null ? "" : other;
    assertThat(qat("completion", "fish").out().lines())
        .allMatch(line -> line.startsWith("complete -c qat "))
        .anyMatch(line -> line.contains(part) && line.contains(wanted));
  }

  @Test
  void anotherShellIsRefused() {
    Called called = qat("completion", "powershell");
    assertThat(called.exit()).isEqualTo(2);
    assertThat(called.err()).contains("BASH, ZSH, FISH");
  }
}
