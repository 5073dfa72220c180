/** From text to token ids: one implementation for training and serving. */
package org.qat4j.text;
