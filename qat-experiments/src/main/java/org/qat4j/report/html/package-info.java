/** The page of a run or a sweep. */
package org.qat4j.report.html;
