/** A frozen model in the service of its task. */
package org.qat4j.serving;
