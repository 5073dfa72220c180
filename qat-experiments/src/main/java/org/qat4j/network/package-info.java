/** What all networks are built of and give. */
package org.qat4j.network;
