/** Which text answers best? Readers of candidates and stories, and their networks. */
package org.qat4j.task.ranking;
