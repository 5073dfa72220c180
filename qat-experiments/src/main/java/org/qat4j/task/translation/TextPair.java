package org.qat4j.task.translation;

/**
 * A text and its translation.
 *
 * @param source what is translated
 * @param target its translation
 */
public record TextPair(String source, String target) {}
