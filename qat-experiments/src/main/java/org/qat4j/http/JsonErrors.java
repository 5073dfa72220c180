package org.qat4j.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What the server refuses before a route is asked, such as malformed HTTP, as JSON. */
final class JsonErrors extends ErrorHandler {
  private static final int UNAVAILABLE = 503;

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      Throwable cause,
      Callback callback) {
    String reason =
        code == UNAVAILABLE ? "the server is about to stop" : "this is no request that is answered";
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.write(true, ByteBuffer.wrap(Reply.error(code, reason)), callback);
  }
}
