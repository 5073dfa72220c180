/** What a command says while it works. Results go to standard output, everything here to error. */
package org.qat4j.console;
