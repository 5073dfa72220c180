/** What a layer computes from codes, as the frozen model does, and its weights as integers. */
package org.qat4j.layers.internal.codes;
