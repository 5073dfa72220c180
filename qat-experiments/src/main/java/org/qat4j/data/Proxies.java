package org.qat4j.data;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qat4j.QatException;

/**
 * Which proxy leads to a host: that of Java's system properties (https.proxyHost and its kin) where
 * it is set, or else that of the environment variables https_proxy, http_proxy, all_proxy and
 * no_proxy, as curl reads them.
 */
final class Proxies extends ProxySelector {
  private static final int DEFAULT_PORT = 80;

  private final Map<String, Proxy> proxies; // by scheme
  private final List<String> exceptions;

  private Proxies(Map<String, Proxy> proxies, List<String> exceptions) {
    this.proxies = proxies;
    this.exceptions = exceptions;
  }

  /**
   * The selector.
   *
   * @throws QatException if a variable is no address, or holds a password
   */
  static ProxySelector of(Map<String, String> environment) {
    Map<String, Proxy> proxies = new HashMap<>();
    for (String scheme : List.of("http", "https")) {
      if (System.getProperty(scheme + ".proxyHost") != null) {
        return ProxySelector.getDefault();
      }
      String all = variable(environment, "all_proxy", "");
      String proxy = variable(environment, scheme + "_proxy", all);
      if (!proxy.isEmpty()) {
        proxies.put(scheme, proxy(scheme + "_proxy", proxy));
      }
    }
    String exceptions = variable(environment, "no_proxy", "").toLowerCase(Locale.ROOT);
    return new Proxies(proxies, List.of(exceptions.strip().split("\\s*,\\s*", -1)));
  }

  /**
   * Written small or, but for http_proxy, large: a web server may let a stranger set HTTP_PROXY.
   */
  private static String variable(Map<String, String> environment, String name, String absent) {
    String large = name.equals("http_proxy") ? name : name.toUpperCase(Locale.ROOT);
    return environment.getOrDefault(name, environment.getOrDefault(large, absent));
  }

  private static Proxy proxy(String variable, String value) {
    URI address;
    try {
      address = new URI(value.contains("://") ? value : "http://" + value);
    } catch (URISyntaxException e) {
      address = URI.create("");
    }
    if (address.getHost() == null || address.getUserInfo() != null) {
      throw new QatException(
          "the proxy in the environment variable "
              + variable
              + " or all_proxy is not of the form http://HOST:PORT, without user and password");
    }
    int port = address.getPort() < 0 ? DEFAULT_PORT : address.getPort();
    return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(address.getHost(), port));
  }

  @Override
  public List<Proxy> select(URI uri) {
    return List.of(
        isExcepted(uri.getHost())
            ? Proxy.NO_PROXY
            : proxies.getOrDefault(uri.getScheme(), Proxy.NO_PROXY));
  }

  private boolean isExcepted(String host) {
    String name = "." + host.toLowerCase(Locale.ROOT);
    for (String exception : exceptions) {
      String suffix = exception.startsWith(".") ? exception : "." + exception;
      if (exception.equals("*") || (!exception.isEmpty() && name.endsWith(suffix))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress proxy, IOException e) {
    // The request that failed says so itself.
  }
}
