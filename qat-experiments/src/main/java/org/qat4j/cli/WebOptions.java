package org.qat4j.cli;

import java.io.PrintWriter;
import org.qat4j.http.Web;
import picocli.CommandLine.Option;

/** Where a command listens, and how it waits. */
final class WebOptions {
  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description =
          "Name or address to listen on (default: ${DEFAULT-VALUE}, this machine alone; 0.0.0.0 is"
              + " every network that it is in).")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "Port (default: ${DEFAULT-VALUE}; 0 takes one that is free).")
  private int port;

  Web.Address address() {
    return new Web.Address(host, port);
  }

  /**
   * Says where the server listens, and waits until the process is told to end: then running
   * requests end first.
   */
  static void await(Web web, String what, PrintWriter out) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(web::close, "qat-stop"));
    out.println(what + " on " + web.url() + " (Ctrl-C ends it)");
    out.flush();
    web.join();
  }
}
