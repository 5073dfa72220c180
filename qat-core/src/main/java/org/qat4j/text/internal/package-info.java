/**
 * Texts as tokens, words, numbers and tags, for the encoders and for the modules of one release.
 */
package org.qat4j.text.internal;
