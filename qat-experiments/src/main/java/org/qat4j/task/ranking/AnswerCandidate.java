package org.qat4j.task.ranking;

/**
 * A sentence that may answer a question.
 *
 * @param question the same for all its candidates
 * @param sentence the candidate
 * @param right whether it answers the question
 */
public record AnswerCandidate(String question, String sentence, boolean right) {}
