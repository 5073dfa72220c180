/** The bytes of model.qat, part by part. */
package org.qat4j.format.internal;
