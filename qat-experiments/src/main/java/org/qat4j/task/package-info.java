/** What is asked of texts: one class a task, which answers all questions in which tasks differ. */
package org.qat4j.task;
