/** Models and run folders over HTTP, for this machine first of all. */
package org.qat4j.http;
