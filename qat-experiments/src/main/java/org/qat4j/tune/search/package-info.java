/**
 * Search of quantization parameters: a space of choices, a seeded search that tries them in
 * synchronous rounds, and an engine that runs candidates on cached inputs. Nothing here knows what
 * a choice means; that is the business of an {@link org.qat4j.tune.search.Evaluator}.
 */
package org.qat4j.tune.search;
