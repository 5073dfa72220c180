package org.qat4j.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.qat4j.QatException;

/**
 * A small HTTP server with what every service needs: health, readiness, metrics, refusals as JSON,
 * and an end that lets running requests finish. Where it listens on loopback it answers to the
 * names of loopback alone, so that no page from elsewhere can read it through a browser.
 */
public final class Web implements AutoCloseable {
  /**
   * Where to listen.
   *
   * @param host name or address
   * @param port 0 for any that is free
   */
  public record Address(String host, int port) {
    private static final int LAST_PORT = 65535;

    public Address {
      if (port < 0 || port > LAST_PORT) {
        throw new QatException("--port is 0 to " + LAST_PORT + ", not " + port);
      }
    }

    boolean isLoopback() {
      try {
        return InetAddress.getByName(host).isLoopbackAddress();
      } catch (UnknownHostException e) {
        throw new QatException(
            "there is no host " + host + "; --host 127.0.0.1 is this machine", e);
      }
    }
  }

  /** Takes routes. */
  interface Routes {
    void get(String path, Handler handler);

    void post(String path, Handler handler);

    /** A file of this package on the class path. */
    default void file(String path, String type, String resource) {
      byte[] bytes = resource(resource);
      get(path, ctx -> Reply.raw(ctx, Reply.OK, type, bytes));
    }
  }

  private static final Logger LOG = LogManager.getLogger(Web.class);
  private static final String HTML = "text/html; charset=utf-8";
  private static final String CSS = "text/css; charset=utf-8";
  private static final String JS = "text/javascript; charset=utf-8";
  private static final String FAILED = "an error of this program; its log says more";
  private static final String ROUTE = "route";
  private static final String STARTED = "started";
  private static final int UNAVAILABLE = 503;
  private static final int BUG = 500;
  private static final int METHOD = 405;
  private static final int SPARE_THREADS = 16;
  private static final long STOP_MILLIS = Duration.ofSeconds(30).toMillis();
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Address address;
  private final boolean loopback;
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbage = new JvmGcMetrics();
  private final Set<String> routes = Collections.synchronizedSet(new TreeSet<>());
  private final AtomicBoolean ready = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Javalin javalin;

  private Web(Address address, int requests, Consumer<Routes> more) {
    this.address = address;
    this.loopback = address.isLoopback();
    this.javalin = Javalin.create(config -> configure(config, requests, more));
    new JvmMemoryMetrics().bindTo(metrics);
    new ProcessorMetrics().bindTo(metrics);
    new UptimeMetrics().bindTo(metrics);
    garbage.bindTo(metrics);
    Gauge.builder("qat.ready", ready, r -> r.get() ? 1 : 0).register(metrics);
  }

  /**
   * Starts to listen.
   *
   * @param requests that may be answered at the same time
   * @throws QatException if it cannot listen there
   */
  static Web start(Address address, int requests, Consumer<Routes> routes) {
    Web web = new Web(address, requests, routes);
    try {
      web.javalin.start();
    } catch (JavalinException e) {
      web.close();
      throw new QatException(
          "cannot listen on "
              + address.host()
              + ", port "
              + address.port()
              + ": "
              + rootMessage(e)
              + "; choose another --port (0 takes one that is free) or --host",
          e);
    }
    web.ready.set(true);
    return web;
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private void configure(JavalinConfig config, int requests, Consumer<Routes> more) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.router.ignoreTrailingSlashes = false; // links within pages are relative
    config.http.prefer405over404 = true;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.jetty.host = address.host();
    config.jetty.port = address.port();
    QueuedThreadPool threads =
        new QueuedThreadPool(
            requests + SPARE_THREADS + 2 * Runtime.getRuntime().availableProcessors());
    threads.setName("qat-http");
    config.jetty.threadPool = threads;
    config.jetty.modifyServer(Web::configure);
    config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
    config.router.javaLangErrorHandler(Web::failed);
    config.requestLogger.http((ctx, millis) -> count(ctx));
    config.routes.before(this::before);
    config.routes.exception(
        Refusal.class, (e, ctx) -> Reply.refuse(ctx, e.status(), e.getMessage()));
    config.routes.exception(
        QatException.class, (e, ctx) -> Reply.refuse(ctx, Refusal.BAD_REQUEST, e.getMessage()));
    config.routes.exception(HttpResponseException.class, this::refused);
    config.routes.exception(Exception.class, (e, ctx) -> failed(e, ctx));
    Routes own = routes(config);
    own.get("/healthz", ctx -> Reply.json(ctx, Reply.OK, Map.of("state", "alive")));
    own.get("/readyz", this::readiness);
    own.get("/metrics", this::scrape);
    more.accept(own);
  }

  private static void configure(Server server) {
    server.setErrorHandler(new JsonErrors());
    server.setHandler(new GracefulHandler());
    server.setStopTimeout(STOP_MILLIS);
    server.setStopAtShutdown(false); // the command closes it
  }

  private Routes routes(JavalinConfig config) {
    return new Routes() {
      @Override
      public void get(String path, Handler handler) {
        config.routes.get(path, named(path, handler));
        routes.add("GET " + path);
      }

      @Override
      public void post(String path, Handler handler) {
        config.routes.post(path, named(path, handler));
        routes.add("POST " + path);
      }
    };
  }

  private static Handler named(String path, Handler handler) {
    return ctx -> {
      ctx.attribute(ROUTE, path);
      handler.handle(ctx);
    };
  }

  /** On every request. */
  private void before(Context ctx) {
    ctx.attribute(STARTED, System.nanoTime());
    ctx.header("X-Content-Type-Options", "nosniff");
    ctx.header("Referrer-Policy", "no-referrer");
    ctx.header("Cache-Control", "no-store");
    ctx.header(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src"
            + " 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    if (loopback && !isLocal(ctx.header("Host"))) {
      throw new Refusal(
          Refusal.MISDIRECTED, "this server is for this machine: ask localhost or 127.0.0.1");
    }
  }

  private boolean isLocal(String header) {
    if (header == null) {
      return false;
    }
    int colon = header.lastIndexOf(':');
    boolean port = colon > header.lastIndexOf(']');
    String name = (port ? header.substring(0, colon) : header).toLowerCase(Locale.ROOT);
    return LOOPBACK.contains(name) || name.equals(address.host().toLowerCase(Locale.ROOT));
  }

  private void readiness(Context ctx) {
    if (ready.get()) {
      Reply.json(ctx, Reply.OK, Map.of("state", "ready"));
    } else {
      Reply.refuse(ctx, UNAVAILABLE, "the server is about to stop");
    }
  }

  private void scrape(Context ctx) {
    Reply.raw(
        ctx,
        Reply.OK,
        "text/plain; version=0.0.4; charset=utf-8",
        metrics
            .scrape("text/plain; version=0.0.4; charset=utf-8")
            .getBytes(StandardCharsets.UTF_8));
  }

  private void count(Context ctx) {
    Long started = ctx.attribute(STARTED);
    String route = ctx.attribute(ROUTE);
    if (started != null) {
      Timer.builder("qat.requests")
          .description("Requests by route and status, with the time that their answers took")
          .tag("route", route == null ? "other" : route)
          .tag("status", Integer.toString(ctx.statusCode()))
          .serviceLevelObjectives(
              Duration.ofMillis(1),
              Duration.ofMillis(10),
              Duration.ofMillis(100),
              Duration.ofSeconds(1))
          .register(metrics)
          .record(Duration.ofNanos(System.nanoTime() - started));
    }
  }

  /** What Javalin refuses: paths and methods that are not there. */
  private void refused(HttpResponseException e, Context ctx) {
    int status = e.getStatus();
    String path = ctx.path();
    if (status == METHOD) {
      String allowed =
          routes.stream()
              .filter(r -> r.endsWith(" " + path))
              .map(r -> r.substring(0, r.indexOf(' ')))
              .collect(Collectors.joining(", "));
      ctx.header("Allow", allowed);
      Reply.refuse(ctx, status, path + " takes " + allowed + ", not " + ctx.method());
    } else if (status == Refusal.NOT_FOUND) {
      Reply.refuse(ctx, status, "there is no " + path + "; see /openapi.json");
    } else {
      Reply.refuse(ctx, status, String.valueOf(e.getMessage()));
    }
  }

  private static void failed(Exception e, Context ctx) {
    LOG.error("a request failed", e);
    Reply.refuse(ctx, BUG, FAILED);
  }

  /** Memory that ended, and the like: the next request may do better. */
  private static void failed(HttpServletResponse response, Error e) {
    LOG.error("a request failed", e);
    response.setStatus(BUG);
    response.setContentType(Reply.JSON);
    try {
      response.getOutputStream().write(Reply.error(BUG, FAILED));
    } catch (IOException gone) {
      LOG.debug("whoever asked is gone", gone);
    }
  }

  /** A file of this package on the class path. */
  static byte[] resource(String name) {
    try (InputStream in = Web.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the class path lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name + " from the class path", e);
    }
  }

  /** Adds a page with its style and its script: {@code name}.html at a path, .css and .js. */
  static void page(Routes routes, String name) {
    routes.file("/", HTML, name + ".html");
    routes.file("/page.css", CSS, "page.css");
    routes.file("/" + name + ".js", JS, name + ".js");
  }

  /** Where metrics are registered. */
  MeterRegistry metrics() {
    return metrics;
  }

  /** All routes, such as "GET /metrics". */
  Set<String> routes() {
    return Set.copyOf(routes);
  }

  /** The port that it listens on. */
  public int port() {
    return javalin.port();
  }

  /** Its address for people and programs, with a slash at the end. */
  public String url() {
    String host = address.host().contains(":") ? "[" + address.host() + "]" : address.host();
    return "http://" + host + ":" + port() + "/";
  }

  /** Says that no further requests are wanted; those that come are answered still. */
  void unready() {
    ready.set(false);
  }

  /** Waits until it is closed. */
  public void join() throws InterruptedException {
    ended.await();
  }

  /**
   * Readiness goes off, no connection is taken any more, requests that run have 30 seconds to end.
   */
  @Override
  public void close() {
    unready();
    javalin.stop();
    garbage.close();
    metrics.close();
    ended.countDown();
  }
}
