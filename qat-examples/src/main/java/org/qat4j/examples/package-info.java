/** Programs of 10 to 60 lines; the table "I want to …" of the README names them. */
package org.qat4j.examples;
