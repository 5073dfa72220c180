/**
 * Networks with fewer weights: masks of weights that stay 0 ({@link org.qat4j.pruning.Pruner}), and
 * fewer channels and tokens ({@link org.qat4j.pruning.Channels}).
 */
package org.qat4j.pruning;
