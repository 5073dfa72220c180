/**
 * The search of an experiment: its space in the terms of {@link org.qat4j.tune.search}, candidates
 * as experiments, the journal that lets it go on where it was killed, and Spark.
 */
package org.qat4j.tune;
