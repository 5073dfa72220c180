package org.qat4j.http;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.qat4j.report.ReportJson;

/** Writes answers. */
final class Reply {
  static final int OK = 200;

  static final String JSON = "application/json";

  private Reply() {}

  /** Records, maps and lists as JSON. */
  static void json(Context ctx, int status, Object value) {
    raw(ctx, status, JSON, ReportJson.compact(value).getBytes(StandardCharsets.UTF_8));
  }

  static void raw(Context ctx, int status, String type, byte[] bytes) {
    ctx.status(status).contentType(type).result(bytes);
  }

  /** A refusal. */
  static void refuse(Context ctx, int status, String reason) {
    raw(ctx, status, JSON, error(status, reason));
  }

  static byte[] error(int status, String reason) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("status", status);
    error.put("reason", reason);
    return ReportJson.compact(error).getBytes(StandardCharsets.UTF_8);
  }
}
