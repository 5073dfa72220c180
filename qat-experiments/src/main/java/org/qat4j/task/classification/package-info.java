/** One class for a text: readers of such data, and what serves such a model. */
package org.qat4j.task.classification;
