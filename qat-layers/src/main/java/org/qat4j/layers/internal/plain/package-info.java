/** What the float layers for users compute. */
package org.qat4j.layers.internal.plain;
