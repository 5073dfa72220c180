package org.qat4j.model;

import org.qat4j.text.TextEncoder;

/**
 * How one input of the model is made from the raw text.
 *
 * @param input name of the {@link Input}
 * @param encoder what fills it
 */
public record TextInput(String input, TextEncoder encoder) {}
