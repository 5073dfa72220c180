package org.qat4j.tune.search;

import java.io.Serializable;

/**
 * One candidate on some of the examples.
 *
 * @param number from 0, in the order of the search
 * @param point the candidate
 * @param examples it is tried on the first so many
 */
public record Trial(int number, Point point, int examples) implements Serializable {}
