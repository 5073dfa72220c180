/** What any network has to beat: the most frequent class, and a linear model on word counts. */
package org.qat4j.baseline;
