/** Data sets and their encoding as token ids. */
package org.qat4j.data;
