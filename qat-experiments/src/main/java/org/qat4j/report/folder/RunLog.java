package org.qat4j.report.folder;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;

/** Writes the log of this process to a file as well, until it is closed. */
final class RunLog implements AutoCloseable {
  private static final String PATTERN = "%d{ISO8601_OFFSET_DATE_TIME_HHCMM} %-5p [%t] %c: %m%n%xEx";

  private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
  private final FileAppender appender;

  RunLog(Path file) {
    Configuration configuration = context.getConfiguration();
    this.appender =
        FileAppender.newBuilder()
            .setName("run " + file)
            .withFileName(file.toString())
            .setConfiguration(configuration)
            .setLayout(
                PatternLayout.newBuilder()
                    .withPattern(PATTERN)
                    .withCharset(java.nio.charset.StandardCharsets.UTF_8)
                    .build())
            .build();
    appender.start();
    for (LoggerConfig logger : ends(configuration)) {
      logger.addAppender(appender, Level.ALL, null);
    }
    context.updateLoggers();
  }

  /** Loggers that hand nothing on to another one. */
  private static Set<LoggerConfig> ends(Configuration configuration) {
    Set<LoggerConfig> ends = new HashSet<>(configuration.getLoggers().values());
    ends.removeIf(logger -> logger.isAdditive() && logger.getParent() != null);
    return ends;
  }

  @Override
  public void close() {
    for (LoggerConfig logger : ends(context.getConfiguration())) {
      logger.removeAppender(appender.getName());
    }
    context.updateLoggers();
    appender.stop();
  }
}
