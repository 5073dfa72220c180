/** What the modules of one release know of each other. */
package org.qat4j.internal;
