/** Files that appear complete or not at all. */
package org.qat4j.io.internal;
