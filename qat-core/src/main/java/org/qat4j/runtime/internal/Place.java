package org.qat4j.runtime.internal;

/**
 * Where a value lies in a workspace.
 *
 * @param slot its buffer
 * @param offset its first element; a margin of zeros may lie before it
 */
record Place(int slot, int offset) {}
