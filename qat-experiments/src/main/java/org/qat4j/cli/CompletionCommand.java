package org.qat4j.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Scripts by which shells complete commands and options. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Prints the script by which a shell completes commands, options and files.",
    footer = {
      "",
      "Examples:",
      "  source <(./qat completion bash)        # and zsh; for good in ~/.bashrc or ~/.zshrc",
      "  ./qat completion fish | source         # for good in ~/.config/fish/completions/qat.fish"
    })
final class CompletionCommand implements Callable<Integer> {
  /** Shells that there is a script for. */
  enum Shell {
    BASH,
    ZSH,
    FISH
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
  private Shell shell;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    // The script of bash brings along what zsh needs to read it.
    String script =
        shell == Shell.FISH
            ? FishCompletion.of(root)
            : AutoComplete.bash(root.getCommandName(), root);
    spec.commandLine().getOut().print(script);
    spec.commandLine().getOut().flush();
    return Exit.OK;
  }
}
