/** What this machine has, and what would have to change for everything to run on it. */
package org.qat4j.doctor;
