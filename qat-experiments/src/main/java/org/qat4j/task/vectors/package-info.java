/** A vector for a text: the reader of scored pairs, and what serves such a model. */
package org.qat4j.task.vectors;
