/** The operations of the specification, which plans take what is no kernel from. */
package org.qat4j.runtime.reference.internal;
