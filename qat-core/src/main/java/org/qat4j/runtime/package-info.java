/** Executes a frozen model in plain Java integers and floats: no natives, no reflection. */
package org.qat4j.runtime;
