package org.qat4j.runtime;

/**
 * What a model says of one text.
 *
 * @param index of the class
 * @param label its name; its index in digits where the model has no labels
 * @param probability softmax of its logit, 0 to 1
 */
public record Prediction(int index, String label, float probability) {}
