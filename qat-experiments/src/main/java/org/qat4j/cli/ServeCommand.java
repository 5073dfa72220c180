package org.qat4j.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.qat4j.QatException;
import org.qat4j.console.Printable;
import org.qat4j.http.FloatServer;
import org.qat4j.http.ModelService;
import org.qat4j.http.ServeLimits;
import org.qat4j.model.IntegerModel;
import org.qat4j.serving.Server;
import org.qat4j.task.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves a frozen model over HTTP. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Serves a frozen model over HTTP: JSON at /v1/predict, a page at /, /healthz, /readyz,"
          + " metrics for Prometheus at /metrics, OpenAPI at /openapi.json. docs/serving.md says"
          + " more.",
      "When it is told to end, requests that run have 30 seconds to be answered."
    },
    footer = {
      "",
      "Examples:",
      "  ./qat serve runs/latest",
      "  ./qat serve model.qat --port 0 --top 3     # prints the port that it has",
      "  curl -H 'Content-Type: application/json' -d '{\"text\": \"a large cat\"}' \\",
      "      http://127.0.0.1:8080/v1/predict"
    })
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ModelOptions models;

  @Mixin private WebOptions web;

  @Parameters(index = "0", paramLabel = "MODEL", description = "A model file or a run folder.")
  private Path model;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "5",
      description = "Tell the N most probable classes (default: ${DEFAULT-VALUE}).")
  private int top;

  @Option(
      names = "--beam",
      paramLabel = "N",
      defaultValue = "1",
      description = "Follow the N best beginnings of a translation (default: ${DEFAULT-VALUE}).")
  private int beam;

  @Option(
      names = "--float",
      description =
          "Let the float network of the run folder answer beside, where a request asks for it."
              + " Takes DL4J and the memory of that network.")
  private boolean floats;

  @Option(
      names = "--max-body",
      paramLabel = "BYTES",
      defaultValue = "1048576",
      description = "Bytes that a request's body may have (default: ${DEFAULT-VALUE}), else 413.")
  private int body;

  @Option(
      names = "--max-texts",
      paramLabel = "N",
      defaultValue = "256",
      description = "Texts that a request may have (default: ${DEFAULT-VALUE}), else 413.")
  private int texts;

  @Option(
      names = "--max-characters",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Characters that a text may have (default: ${DEFAULT-VALUE}), else 413.")
  private int characters;

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      defaultValue = "32",
      description = "Requests answered at the same time (default: ${DEFAULT-VALUE}), else 429.")
  private int requests;

  @Override
  public Integer call() throws InterruptedException {
    if (top < 1) {
      throw new QatException("--top is at least 1, not " + top);
    }
    if (beam < 1) {
      throw new QatException("--beam is at least 1, not " + beam);
    }
    ServeLimits limits = new ServeLimits(body, texts, characters, requests);
    IntegerModel m = models.read(model);
    Server server = Task.server(m, new Server.Wish(top, beam));
    // All classes of the float network: those of the integers are among them.
    Server beside = floats ? FloatServer.of(model, m, Integer.MAX_VALUE) : null;
    WebOptions.await(
        new ModelService(m, server, beside, limits).start(web.address()),
        "serving " + Printable.of(m.name()),
        spec.commandLine().getOut());
    return Exit.OK;
  }
}
