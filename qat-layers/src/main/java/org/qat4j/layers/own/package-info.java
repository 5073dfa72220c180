/** Doors for layers of one's own. */
package org.qat4j.layers.own;
