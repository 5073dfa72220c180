/** Translations: readers, network, baselines, score, and what serves such a model. */
package org.qat4j.task.translation;
