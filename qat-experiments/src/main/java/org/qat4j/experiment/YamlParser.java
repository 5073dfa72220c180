package org.qat4j.experiment;

import java.io.StringReader;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.qat4j.experiment.Yaml.Entry;
import org.qat4j.experiment.Yaml.Kind;
import org.qat4j.experiment.Yaml.Mapping;
import org.qat4j.experiment.Yaml.Scalar;
import org.qat4j.experiment.Yaml.Sequence;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Parses one YAML text. Scalars are read by the core schema of YAML 1.2, as JSON Schema and editors
 * understand them: {@code no} and {@code 1_000} are texts here, not a truth value and a number.
 */
final class YamlParser {
  private static final int MAX_CODE_POINTS = 1 << 20;
  private static final int MAX_DEPTH = 30;
  // Ten aliases of collections nest to a few dozen copies at most.
  private static final int MAX_ALIASES = 10;
  private static final int EXCERPT_INDENT = 4;
  private static final int EXCERPT_WIDTH = 100;

  private static final Map<Tag, Kind> KINDS =
      Map.of(
          Tag.STR, Kind.TEXT,
          Tag.INT, Kind.INTEGER,
          Tag.FLOAT, Kind.NUMBER,
          Tag.BOOL, Kind.BOOLEAN,
          Tag.NULL, Kind.NOTHING);

  private final String source;
  private final List<Problem> problems;
  private final boolean lines;
  // Nodes are equal to themselves alone.
  private final Set<Node> open = new HashSet<>();

  /**
   * @param source name of the text in messages
   * @param lines whether messages tell line and column
   * @param problems takes what is found to be wrong
   */
  YamlParser(String source, boolean lines, List<Problem> problems) {
    this.source = source;
    this.lines = lines;
    this.problems = problems;
  }

  /** The value of the text; null if it cannot be read. */
  Yaml parse(String text) {
    try {
      Node node = snakeYaml(new DumperOptions()).compose(new StringReader(text));
      return node == null ? nothing() : convert(node);
    } catch (MarkedYAMLException e) {
      report(position(e.getProblemMark()), explain(e.getProblem()));
    } catch (YAMLException e) {
      report(Position.of(source), "this is not YAML: " + e.getMessage());
    }
    return null;
  }

  /** SnakeYAML with the core schema, for reading and writing alike. */
  static org.yaml.snakeyaml.Yaml snakeYaml(DumperOptions dumper) {
    return snakeYaml(dumper, new Representer(dumper));
  }

  static org.yaml.snakeyaml.Yaml snakeYaml(DumperOptions dumper, Representer representer) {
    LoaderOptions loader = new LoaderOptions();
    loader.setCodePointLimit(MAX_CODE_POINTS);
    loader.setNestingDepthLimit(MAX_DEPTH);
    loader.setMaxAliasesForCollections(MAX_ALIASES);
    return new org.yaml.snakeyaml.Yaml(
        new SafeConstructor(loader), representer, dumper, loader, new CoreSchema());
  }

  private static String explain(String problem) {
    if (problem.contains("TAB")) {
      return "a tab indents this line; YAML is indented with spaces";
    }
    if (problem.contains("another document")) {
      return "another document begins here; an experiment is one document";
    }
    return "this is not YAML: " + problem;
  }

  private Scalar nothing() {
    Position start = lines ? new Position(source, 1, 1, "") : Position.of(source);
    return new Scalar("", Kind.NOTHING, start);
  }

  private Yaml convert(Node node) {
    Position at = position(node.getStartMark());
    if (node instanceof ScalarNode scalar) {
      return scalar(scalar, at);
    }
    if (!open.add(node)) {
      report(at, "this value contains itself through an alias");
      return nothing();
    }
    Yaml yaml =
        node instanceof SequenceNode sequence
            ? new Sequence(sequence.getValue().stream().map(this::convert).toList(), at)
            : new Mapping(entries((MappingNode) node), at);
    open.remove(node);
    return yaml;
  }

  private Scalar scalar(ScalarNode node, Position at) {
    Kind kind = KINDS.get(node.getTag());
    if (kind == null) {
      report(at, "the tag " + node.getTag() + " is not used in experiments; leave it out");
      kind = Kind.TEXT;
    }
    return new Scalar(node.getValue(), kind, at);
  }

  private Map<String, Entry> entries(MappingNode mapping) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Position at = position(tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        report(at, "a key is one word, not a list or a mapping");
        continue;
      }
      Entry previous =
          entries.putIfAbsent(key.getValue(), new Entry(at, convert(tuple.getValueNode())));
      if (previous != null) {
        report(
            at,
            "the key "
                + key.getValue()
                + " is given twice; the first stands in line "
                + previous.at().line());
      }
    }
    return entries;
  }

  private void report(Position at, String message) {
    problems.add(new Problem(at, message));
  }

  private Position position(Mark mark) {
    if (!lines || mark == null) {
      return Position.of(source);
    }
    return new Position(
        source,
        mark.getLine() + 1,
        mark.getColumn() + 1,
        mark.get_snippet(EXCERPT_INDENT, EXCERPT_WIDTH));
  }

  /** Which plain scalars are not text: chapter 10.3 of the YAML 1.2.2 specification. */
  private static final class CoreSchema extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      add(Tag.NULL, "~|null|Null|NULL|", "~nN\0");
      add(Tag.BOOL, "true|True|TRUE|false|False|FALSE", "tTfF");
      add(Tag.INT, "[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789");
      add(
          Tag.FLOAT,
          "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"
              + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)",
          "-+.0123456789");
    }

    private void add(Tag tag, String pattern, String firstCharacters) {
      addImplicitResolver(tag, Pattern.compile(pattern), firstCharacters, MAX_CODE_POINTS);
    }
  }
}
