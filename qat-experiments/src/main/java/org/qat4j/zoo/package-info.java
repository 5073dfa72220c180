/** The networks that an experiment file can name, with their text encoders. */
package org.qat4j.zoo;
