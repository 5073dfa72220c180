/** The loss that DL4J computes. */
package org.qat4j.distillation.internal;
