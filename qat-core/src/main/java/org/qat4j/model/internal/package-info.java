/** How short a text may be cut so that a model answers alike. */
package org.qat4j.model.internal;
