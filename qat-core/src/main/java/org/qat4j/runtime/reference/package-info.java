/** The specification: every operation as its equation says, slowly. */
package org.qat4j.runtime.reference;
