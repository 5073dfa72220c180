/** Which range of real values the codes of a quantizer shall cover: observers and their rules. */
package org.qat4j.calibration;
