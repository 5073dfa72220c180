/** A network of DL4J as a graph of named nodes: both kinds of network, one view. */
package org.qat4j.graph;
