/** A network learns from the answers of another one, and not from the labels alone. */
package org.qat4j.distillation;
