/** Speed, start and memory of every engine on the user's machine, as ratios within one run. */
package org.qat4j.bench;
