/** The command line: each command is one class, and works through the public library alone. */
package org.qat4j.cli;
