/** The three verbs on a user's network: prepare, calibrate, freeze. */
package org.qat4j.qat;
