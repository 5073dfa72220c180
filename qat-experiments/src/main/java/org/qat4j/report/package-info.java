/**
 * What a run leaves behind: its folder, and its report as JSON, as a web page and as a table. The
 * keys of report.json are listed in docs/report.md.
 */
package org.qat4j.report;
