/** The folder of a run and its files. */
package org.qat4j.report.folder;
