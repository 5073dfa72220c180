/**
 * One experiment from its file to its report; {@link org.qat4j.pipeline.RunExperiment} is the map.
 */
package org.qat4j.pipeline;
