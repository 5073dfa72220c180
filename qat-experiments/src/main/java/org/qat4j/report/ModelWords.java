package org.qat4j.report;

/**
 * What a network of words reads, for advice on reading more.
 *
 * @param vocabulary most words that it may know
 * @param isFull whether it knows so many, so that words of the training texts are left
 * @param ngrams whether it reads parts of words as well
 */
public record ModelWords(int vocabulary, boolean isFull, boolean ngrams) {}
