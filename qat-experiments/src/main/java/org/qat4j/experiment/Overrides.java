package org.qat4j.experiment;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A record whose components change those of the same names in another record. They mean what they
 * mean there and have the same ranges; null leaves a component as it is.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Overrides {
  /** The record that is changed. */
  Class<? extends Record> value();
}
