/** Arrays in the memory of the host. */
package org.qat4j.layers.internal.host;
