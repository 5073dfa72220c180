/** Predictions, what they are worth, and how sure that is. */
package org.qat4j.evaluation;
