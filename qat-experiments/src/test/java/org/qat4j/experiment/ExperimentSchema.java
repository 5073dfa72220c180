package org.qat4j.experiment;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigPart;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.generator.TypeScope;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Makes the JSON Schema of experiment files from the records. A file that extends another may leave
 * out what that one has, so that keys are required of the others alone.
 */
final class ExperimentSchema {
  private ExperimentSchema() {}

  static String generate() {
    SchemaGeneratorConfigBuilder builder =
        new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_7, OptionPreset.PLAIN_JSON)
            .with(
                Option.DEFINITIONS_FOR_ALL_OBJECTS,
                Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT);
    describe(builder.forFields());
    builder
        .forTypesInGeneral()
        .withDescriptionResolver(ExperimentSchema::description)
        .withPropertySorter((unused, unusedToo) -> 0)
        .withDefinitionNamingStrategy((key, context) -> nameOf(key.getType().getErasedType()))
        .withCustomDefinitionProvider(ExperimentSchema::choice)
        .withCustomDefinitionProvider(ExperimentSchema::scalar);
    ObjectNode schema = new SchemaGenerator(builder.build()).generateSchema(Experiment.class);
    addKinds(schema, Experiment.class);
    schema.withObjectProperty("definitions").remove(nameOf(DataSpec.Rows.class));
    addSweep(schema);
    addExtends(schema);
    ArrayNode oneOf = definition(schema, LayerOverride.class).putArray("oneOf");
    LayerOverride.SELECTORS.forEach(key -> oneOf.addObject().putArray("required").add(key));
    return schema.toPrettyString() + "\n";
  }

  private static void describe(SchemaGeneratorConfigPart<FieldScope> fields) {
    fields
        .withDescriptionResolver(f -> isItem(f) || isInPlace(f) ? null : key(f).description())
        .withDefaultResolver(f -> isItem(f) || isInPlace(f) ? null : defaultValue(key(f)))
        .withNumberInclusiveMinimumResolver(f -> bound(f, Bounds::min))
        .withNumberInclusiveMaximumResolver(f -> bound(f, Bounds::max))
        .withNumberExclusiveMinimumResolver(f -> bound(f, Bounds::above))
        .withNumberExclusiveMaximumResolver(f -> bound(f, Bounds::below));
  }

  private static String description(TypeScope scope) {
    JsonClassDescription text =
        scope.getType().getErasedType().getAnnotation(JsonClassDescription.class);
    return text == null ? null : text.value();
  }

  private static Key key(FieldScope field) {
    return Section.of(field.getMember().getRawMember().getDeclaringClass())
        .key(field.getName())
        .orElseThrow();
  }

  private static boolean isItem(FieldScope field) {
    return field.isFakeContainerItemScope();
  }

  /** Whether the field has no key of its own, but a record whose keys are written in its place. */
  private static boolean isInPlace(FieldScope field) {
    return !isItem(field)
        && field.getMember().getRawMember().isAnnotationPresent(JsonUnwrapped.class);
  }

  private static BigDecimal bound(FieldScope field, ToDoubleFunction<Bounds> bound) {
    if (isInPlace(field)) {
      return null;
    }
    Key key = key(field);
    if (key.range() == null || key.isList() != isItem(field)) {
      return null;
    }
    double value = bound.applyAsDouble(key.range());
    return Double.isFinite(value) ? new BigDecimal(Key.plain(value)) : null;
  }

  private static Object defaultValue(Key key) {
    return key.defaultYaml() == null || key.defaultYaml().equals("{}")
        ? null
        : Json.of(key.defaultYaml());
  }

  /** A choice is a mapping with a kind, or the kind alone. */
  private static CustomDefinition choice(ResolvedType type, SchemaGenerationContext context) {
    if (!type.getErasedType().isSealed()) {
      return null;
    }
    Map<String, Class<?>> kinds = Section.kinds(type.getErasedType());
    ObjectNode schema = context.getGeneratorConfig().createObjectNode();
    ArrayNode anyOf = schema.putArray("anyOf");
    ArrayNode names = anyOf.addObject().putArray("enum");
    kinds.forEach(
        (kind, record) -> {
          if (Section.of(record).keys().stream().noneMatch(Key::required)) {
            names.add(kind);
          }
          ResolvedType resolved = context.getTypeContext().resolve(record);
          anyOf.add(context.createDefinitionReference(resolved));
        });
    return new CustomDefinition(
        schema, CustomDefinition.DefinitionType.STANDARD, CustomDefinition.EXCLUDING_ATTRIBUTES);
  }

  private static CustomDefinition scalar(ResolvedType type, SchemaGenerationContext context) {
    ObjectNode schema = context.getGeneratorConfig().createObjectNode().put("type", "string");
    if (type.getErasedType() == Moment.class) {
      return new CustomDefinition(schema.put("pattern", "^(?:" + Moment.SYNTAX + ")$"), true);
    } else if (type.getErasedType() == ByteSize.class) {
      return new CustomDefinition(schema.put("pattern", "^(?:" + ByteSize.SYNTAX + ")$"), true);
    } else if (type.getErasedType().isEnum()) {
      ArrayNode names = schema.putArray("enum");
      Section.constants(type.getErasedType()).keySet().forEach(names::add);
      return new CustomDefinition(schema, true);
    }
    return null;
  }

  public static void main(String[] a) {
    System.out.println(generate());
  }

  private static String nameOf(Class<?> type) {
    return type.getName().replaceAll(".*\\.", "").replace('$', '.');
  }

  private static ObjectNode definition(ObjectNode schema, Class<?> type) {
    return (ObjectNode) schema.get("definitions").get(nameOf(type));
  }

  private static void addKinds(ObjectNode schema, Class<?> type) {
    for (Key key : Section.of(type).keys()) {
      Class<?> below = key.elementType();
      if (below.isSealed()) {
        Section.kinds(below).forEach((kind, record) -> addKind(schema, kind, record));
      } else if (Section.isSection(below)) {
        addKinds(schema, below);
      }
    }
  }

  private static void addKind(ObjectNode schema, String kind, Class<?> type) {
    ObjectNode definition = definition(schema, type);
    ObjectNode properties = definition.objectNode();
    properties.putObject("kind").put("const", kind);
    ObjectNode own = definition.withObjectProperty("properties");
    for (RecordComponent component : type.getRecordComponents()) {
      if (Section.isInPlace(component)) {
        properties.setAll(definition(schema, component.getType()).withObjectProperty("properties"));
        own.remove(component.getName());
      }
    }
    properties.setAll(own);
    definition.set("properties", properties);
  }

  /** A variant may change every key that an experiment has. */
  private static void addSweep(ObjectNode schema) {
    ObjectNode properties = schema.withObjectProperty("properties");
    ObjectNode variant = schema.objectNode().put("type", "object");
    variant.set("properties", properties.deepCopy());
    variant.put("additionalProperties", false);
    schema.withObjectProperty("definitions").set("Variant", variant);
    properties.set(
        Variants.SWEEP,
        Json.of(
            """
            description: >-
              Variants by name, with the keys that they change; of a list of such mappings every
              combination is a variant. ./qat sweep runs them side by side.
            anyOf:
              - type: object
                minProperties: 1
                additionalProperties: {$ref: "#/definitions/Variant"}
              - type: array
                minItems: 1
                items:
                  type: object
                  minProperties: 1
                  additionalProperties: {$ref: "#/definitions/Variant"}
            """));
  }

  private static void addExtends(ObjectNode schema) {
    schema
        .withObjectProperty("properties")
        .set(
            Sources.EXTENDS,
            Json.of(
                """
                description: >-
                  Files that this one changes, relative to it; the later over the earlier.
                anyOf:
                  - type: string
                  - type: array
                    items: {type: string}
                """));
    schema.set("if", Json.of("required: [" + Sources.EXTENDS + "]"));
    schema.putObject("then");
    ObjectNode complete = schema.putObject("else");
    require(complete, Section.of(Experiment.class));
    for (Key key : Section.of(Experiment.class).keys()) {
      if (key.elementType().isSealed()) {
        ObjectNode choice = complete.withObjectProperty("properties").putObject(key.name());
        choice.set("if", Json.of("type: object"));
        choice.putObject("then").putArray("required").add("kind");
        Section.kinds(key.elementType())
            .forEach((kind, type) -> requireOfKind(choice, kind, Section.of(type)));
      }
    }
  }

  private static void requireOfKind(ObjectNode choice, String kind, Section section) {
    if (section.keys().stream().anyMatch(Key::required)) {
      ObjectNode rule = choice.withArrayProperty("allOf").addObject();
      rule.set("if", Json.of("{properties: {kind: {const: " + kind + "}}, required: [kind]}"));
      require(rule.putObject("then"), section);
    }
  }

  private static void require(ObjectNode schema, Section section) {
    ArrayNode required = schema.putArray("required");
    section.keys().stream().filter(Key::required).map(Key::name).forEach(required::add);
  }
}
