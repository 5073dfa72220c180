/** Tasks on the executors of Apache Spark. */
package org.qat4j.spark;
