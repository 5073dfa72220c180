/** Preparation of a network and freezing, kind of layer by kind. */
package org.qat4j.qat.internal;
