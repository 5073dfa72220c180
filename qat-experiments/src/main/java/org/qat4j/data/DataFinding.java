package org.qat4j.data;

/**
 * Something about the rows of a data set that the user should know before any training.
 *
 * @param message what was found, where, and what to change
 * @param yaml lines of the experiment file that mend it, or null where none does
 */
public record DataFinding(String message, String yaml) {}
