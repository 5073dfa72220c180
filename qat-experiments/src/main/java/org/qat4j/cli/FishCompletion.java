package org.qat4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The completions of fish, which picocli does not write: subcommands, options with the first
 * sentence about each, and the words that an option accepts. Files are completed by fish itself.
 */
final class FishCompletion {
  private final String command;
  private final StringBuilder script = new StringBuilder();

  private FishCompletion(String command) {
    this.command = command;
  }

  static String of(CommandLine line) {
    FishCompletion completion = new FishCompletion(line.getCommandName());
    completion.add(line, List.of());
    return completion.script.toString();
  }

  /**
   * @param path the subcommands that lead to this one
   */
  private void add(CommandLine line, List<String> path) {
    Map<String, CommandLine> below = line.getSubcommands();
    String here = condition(path, below);
    below.forEach(
        (name, sub) ->
            line(
                "-f -n " + quoted(here) + " -a " + name,
                sub.getCommandSpec().usageMessage().description()));
    for (OptionSpec option : line.getCommandSpec().options()) {
      if (!option.hidden()) {
        line("-n " + quoted(here) + names(option) + values(option), option.description());
      }
    }
    below.forEach(
        (name, sub) -> {
          List<String> deeper = new ArrayList<>(path);
          deeper.add(name);
          add(sub, deeper);
        });
  }

  /** The words of the path are there, and none of those that would lead on. */
  private static String condition(List<String> path, Map<String, CommandLine> below) {
    List<String> terms = new ArrayList<>();
    path.forEach(name -> terms.add("__fish_seen_subcommand_from " + name));
    if (!below.isEmpty()) {
      terms.add("not __fish_seen_subcommand_from " + String.join(" ", below.keySet()));
    }
    return String.join("; and ", terms);
  }

  private static String names(OptionSpec option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      boolean isLong = name.startsWith("--");
      names.append(isLong ? " -l " : name.length() == 2 ? " -s " : " -o ");
      names.append(name.substring(isLong ? 2 : 1));
    }
    return names.toString();
  }

  private static String values(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    if (option.completionCandidates() == null) {
      return " -r";
    }
    List<String> words = new ArrayList<>();
    option.completionCandidates().forEach(word -> words.add(word.toLowerCase(Locale.ROOT)));
    return " -x -a " + quoted(String.join(" ", words));
  }

  private void line(String what, String[] description) {
    script.append("complete -c ").append(command).append(' ').append(what);
    String about = description.length == 0 ? "" : firstSentence(description[0]);
    if (!about.isEmpty()) {
      script.append(" -d ").append(quoted(about));
    }
    script.append('\n');
  }

  private static String firstSentence(String text) {
    return text.split("(?<=\\.)\\s", 2)[0].replace("%n", " ").strip();
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
