/** A tag for each token: readers, networks, baselines, spans, and what serves such a model. */
package org.qat4j.task.tagging;
