/**
 * What is asked of texts: one class a task, which answers all questions in which tasks differ. They
 * stand beside the sealed type that they share, as Java wants it; the readers, networks, baselines
 * and servers of each are a package of their own, below.
 */
package org.qat4j.task;
