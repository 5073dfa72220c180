/** What DL4J applies after each step. */
package org.qat4j.pruning.internal;
