/** What quantization does to each layer. */
package org.qat4j.diagnostics;
