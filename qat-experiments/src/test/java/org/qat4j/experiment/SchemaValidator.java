package org.qat4j.experiment;

import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/** Checks YAML texts as an editor does: by the committed schema, with a library's validator. */
final class SchemaValidator {
  private static final JsonSchema SCHEMA = load();

  private SchemaValidator() {}

  static List<String> problems(String yaml) {
    return SCHEMA.validate(Json.of(yaml)).stream().map(ValidationMessage::getMessage).toList();
  }

  private static JsonSchema load() {
    try {
      return JsonSchemaFactory.getInstance(VersionFlag.V7)
          .getSchema(Files.readString(Configs.FOLDER.resolve("experiment.schema.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
