package org.qat4j.report;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.qat4j.evaluation.Stage;

/**
 * A test text with its answers.
 *
 * @param text as it was read
 * @param label true class
 * @param answers answer of each stage
 * @param probability that the last stage gave the true class, 0 to 1
 */
public record SampleText(
    String text, String label, Map<Stage, String> answers, double probability) {
  public SampleText {
    Map<Stage, String> copy = new EnumMap<>(Stage.class);
    copy.putAll(answers);
    answers = Collections.unmodifiableMap(copy);
  }
}
