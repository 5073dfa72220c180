/** A number for a text: reader, baseline, and what serves such a model. */
package org.qat4j.task.regression;
