package org.qat4j.data;

/**
 * One labelled text.
 *
 * @param text as a user would type it
 * @param label index into the labels of the data set
 */
public record Example(String text, int label) {}
