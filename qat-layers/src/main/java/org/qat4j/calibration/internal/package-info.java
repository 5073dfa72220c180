/** What observes values, and the search for ranges. */
package org.qat4j.calibration.internal;
