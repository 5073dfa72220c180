package org.qat4j.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** What an editor sees of a YAML text. */
final class Json {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Json() {}

  /** The value of a YAML text that parses. */
  static JsonNode of(String yaml) {
    List<Problem> problems = new ArrayList<>();
    Yaml value = new YamlParser("test", true, problems).parse(yaml);
    if (!problems.isEmpty()) {
      throw new ExperimentException(problems);
    }
    return of(value);
  }

  private static JsonNode of(Yaml yaml) {
    if (yaml instanceof Yaml.Mapping mapping) {
      ObjectNode object = JSON.objectNode();
      mapping.entries().forEach((key, entry) -> object.set(key, of(entry.value())));
      return object;
    } else if (yaml instanceof Yaml.Sequence sequence) {
      ArrayNode array = JSON.arrayNode();
      sequence.items().forEach(item -> array.add(of(item)));
      return array;
    }
    Yaml.Scalar scalar = (Yaml.Scalar) yaml;
    return switch (scalar.kind()) {
      case TEXT -> JSON.textNode(scalar.text());
      case INTEGER -> JSON.numberNode(new BigInteger(scalar.text()));
      case NUMBER -> JSON.numberNode(new BigDecimal(scalar.text()));
      case BOOLEAN -> JSON.booleanNode(Boolean.parseBoolean(scalar.text()));
      case NOTHING -> JSON.nullNode();
    };
  }
}
