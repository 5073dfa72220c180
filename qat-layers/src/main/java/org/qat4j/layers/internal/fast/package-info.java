/** Layers of DL4J computed faster, with the same answers. */
package org.qat4j.layers.internal.fast;
