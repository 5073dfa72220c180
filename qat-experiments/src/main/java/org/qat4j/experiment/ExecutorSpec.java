package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Where the parts of a run or the trials of a search run. The results do not depend on it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ExecutorSpec.Local.class, name = "local"),
  @JsonSubTypes.Type(value = ExecutorSpec.Spark.class, name = "spark")
})
public sealed interface ExecutorSpec {

  /**
   * Threads of this program.
   *
   * @param threads of a search, their number; 0 for one per processor
   */
  @JsonClassDescription("Threads of this program.")
  record Local(
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription("Number of threads of a search; 0 for one per processor.")
          @Bounds(min = 0, max = 1024)
          int threads)
      implements ExecutorSpec {}

  /**
   * Executors of Apache Spark; docs/spark.md says how to start them.
   *
   * @param master URL of the master; null for that of spark-submit
   */
  @JsonClassDescription("Executors of Apache Spark.")
  record Spark(
      @JsonPropertyDescription(
              "URL of the master, such as spark://host:7077; where absent, that of spark-submit.")
          String master)
      implements ExecutorSpec {}
}
