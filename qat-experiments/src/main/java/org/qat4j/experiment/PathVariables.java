package org.qat4j.experiment;

import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qat4j.QatException;

/**
 * Environment variables in paths: <code>${NAME}</code>, or <code>${NAME:-default}</code> where it
 * may be unset or empty. Two dollar signs before the brace stand for one, and for no variable.
 */
final class PathVariables {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\$\\{|\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)(:-([^{}]*))?\\})?");

  private PathVariables() {}

  /**
   * A path with the values of its variables. Messages go on from the name of the key.
   *
   * @param environment value of a variable, or null
   * @throws QatException if a variable without a default is not set
   */
  static String expand(String path, UnaryOperator<String> environment) {
    return VARIABLE
        .matcher(path)
        .replaceAll(match -> Matcher.quoteReplacement(value(match, environment)));
  }

  /** The path that {@link #expand} makes this one of. */
  static String escape(String path) {
    return path.replace("${", "$${");
  }

  private static String value(MatchResult match, UnaryOperator<String> environment) {
    if (match.group().equals("$${")) {
      return "${";
    }
    String name = match.group(1);
    if (name == null) {
      throw new QatException("has a ${ without a name; expected ${NAME} or ${NAME:-default}");
    }
    String value = environment.apply(name);
    boolean optional = match.group(2) != null;
    if (value == null && !optional) {
      throw new QatException(
          "names the environment variable "
              + name
              + ", which is not set; set it, or give a default: ${"
              + name
              + ":-default}");
    }
    return optional && (value == null || value.isEmpty()) ? match.group(3) : value;
  }
}
