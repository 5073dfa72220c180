package org.qat4j.experiment;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The values that a number of an experiment file, or every number of a list, may have. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Bounds {
  /** Smallest value. */
  double min() default Double.NEGATIVE_INFINITY;

  /** Largest value. */
  double max() default Double.POSITIVE_INFINITY;

  /** Bound that a value stays above. */
  double above() default Double.NEGATIVE_INFINITY;

  /** Bound that a value stays below. */
  double below() default Double.POSITIVE_INFINITY;
}
