/** Layers within layers. */
package org.qat4j.graph.internal;
