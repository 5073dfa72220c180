package org.qat4j.task.translation;

import java.util.LinkedHashMap;
import java.util.Map;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.Translator;
import org.qat4j.serving.Server;

/** Translates. */
public record TranslationServer(Translator translator, int beam) implements Server {
  @Override
  public Sample encode(String text) {
    return translator.encode(text);
  }

  @Override
  public Answer answer(String text) {
    String translation = translator.translate(text, beam);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("text", text);
    json.put("translation", translation);
    return new Answer(translation, json);
  }
}
