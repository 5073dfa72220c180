package org.qat4j.http;

import io.javalin.http.Context;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.qat4j.internal.Version;
import org.qat4j.model.IntegerModel;
import org.qat4j.serving.Server;

/** A frozen model over HTTP: predictions as JSON, and a page to try it. */
public final class ModelService {
  private final IntegerModel model;
  private final Server server;
  private final Server beside;
  private final ServeLimits limits;
  private final ReadTokens tokens;
  private final Semaphore running;
  private final LongAdder texts = new LongAdder();

  /**
   * @param server answers; asked by several threads at once
   * @param beside the float network that the model was made of, or null
   */
  public ModelService(IntegerModel model, Server server, Server beside, ServeLimits limits) {
    this.model = model;
    this.server = server;
    this.beside = beside;
    this.limits = limits;
    this.tokens = new ReadTokens(model);
    this.running = new Semaphore(limits.requests());
  }

  /**
   * Begins to serve.
   *
   * @throws org.qat4j.QatException if it cannot listen there
   */
  public Web start(Web.Address address) {
    Web web = Web.start(address, limits.requests(), this::routes);
    Gauge.builder("qat.requests.running", running, r -> limits.requests() - r.availablePermits())
        .description("Requests for predictions that run")
        .register(web.metrics());
    FunctionCounter.builder("qat.texts", texts, LongAdder::doubleValue)
        .description("Texts that were answered")
        .register(web.metrics());
    return web;
  }

  private void routes(Web.Routes routes) {
    Web.page(routes, "serve");
    routes.file("/openapi.json", Reply.JSON, "openapi.json");
    routes.get("/v1/model", ctx -> Reply.json(ctx, Reply.OK, facts()));
    routes.post("/v1/predict", this::predict);
  }

  private Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", model.name());
    facts.put("labels", model.labels());
    facts.put("float", beside != null);
    Map<String, Object> most = new LinkedHashMap<>();
    most.put("bodyBytes", limits.bodyBytes());
    most.put("texts", limits.texts());
    most.put("characters", limits.characters());
    most.put("requests", limits.requests());
    facts.put("limits", most);
    facts.put("version", Version.current());
    return facts;
  }

  private void predict(Context ctx) throws IOException {
    TextRequest request = TextRequest.read(ctx, limits);
    if (request.floats() && beside == null) {
      throw new Refusal(
          Refusal.BAD_REQUEST, "no float network is served beside; start ./qat serve with --float");
    }
    if (!running.tryAcquire()) {
      ctx.header("Retry-After", "1");
      throw new Refusal(
          Refusal.TOO_MANY,
          limits.requests() + " requests are being answered, which is the limit; try again");
    }
    try {
      Reply.json(ctx, Reply.OK, answer(request));
    } finally {
      running.release();
    }
  }

  private Map<String, Object> answer(TextRequest request) {
    List<Map<String, Object>> answers = new ArrayList<>();
    for (String text : request.texts()) {
      long begin = System.nanoTime();
      Server.Answer answer = server.answer(text);
      double micros = (System.nanoTime() - begin) / 1e3;
      Map<String, Object> json = new LinkedHashMap<>(answer.json());
      json.put("micros", micros);
      if (request.read()) {
        json.put("read", tokens.of(server.encode(text)));
      }
      if (request.floats()) {
        json.put("float", beside.answer(text).json());
      }
      answers.add(json);
      texts.increment();
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("model", model.name());
    all.put("answers", answers);
    return all;
  }
}
