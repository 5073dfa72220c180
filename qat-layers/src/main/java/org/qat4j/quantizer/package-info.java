/**
 * What a quantizer is: scheme, bits, granularity, how its range is found or learned, and when. All
 * records are immutable, refuse impossible combinations, and are part of a layer's JSON.
 */
package org.qat4j.quantizer;
