/** One training loop for float networks, their controls and networks under quantization. */
package org.qat4j.training;
