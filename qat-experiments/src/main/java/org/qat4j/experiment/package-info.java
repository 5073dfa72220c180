/** What an experiment file says, as immutable records. */
package org.qat4j.experiment;
