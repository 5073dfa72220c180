/** What codes mean: scale and zero point. Equation numbers are those of docs/quantization.md. */
package org.qat4j.numerics;
