package org.qat4j.supply;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * A jar of the command line's class path, as the POM beside it in Maven's local repository says.
 *
 * @param name group:artifact
 * @param version of the jar
 * @param licence names of its licences, in short
 */
record Library(String name, String version, String licence) {
  private static final Path LIST = Path.of("target/libraries.txt");

  /** What the build wrote before the tests: all jars but those of this project, by name. */
  static List<Library> all() throws IOException {
    TreeMap<String, Library> libraries = new TreeMap<>();
    for (String entry : Files.readString(LIST).strip().split(File.pathSeparator, -1)) {
      Path jar = Path.of(entry);
      if (entry.endsWith(".jar") && !jar.getParent().endsWith("target")) {
        Library library = of(jar);
        libraries.put(library.name, library);
      }
    }
    return List.copyOf(libraries.values());
  }

  private static Library of(Path jar) throws IOException {
    Path folder = jar.toAbsolutePath().getParent();
    String version = folder.getFileName().toString();
    String artifact = folder.getParent().getFileName().toString();
    Element project = parse(folder.resolve(artifact + "-" + version + ".pom"));
    Element parent = child(project, "parent");
    String group = text(project, "groupId");
    if (group == null && parent != null) {
      group = text(parent, "groupId");
    }
    if (group == null) {
      throw new IOException(folder + " has a POM without a group");
    }
    Path root = folder.getParent().getParent();
    for (int i = 0; i < group.split("\\.").length; i++) {
      root = root.getParent();
    }
    return new Library(group + ":" + artifact, version, licence(root, project));
  }

  /** Of the POM, or of the first parent that has any. */
  private static String licence(Path repository, Element pom) throws IOException {
    Element project = pom;
    while (true) {
      Element licenses = child(project, "licenses");
      if (licenses != null) {
        List<String> names = new ArrayList<>();
        children(licenses).map(license -> brief(text(license, "name"))).forEach(names::add);
        return String.join(" or ", names);
      }
      Element parent = child(project, "parent");
      if (parent == null) {
        return "unknown";
      }
      String artifact = text(parent, "artifactId");
      String version = text(parent, "version");
      project =
          parse(
              repository
                  .resolve(text(parent, "groupId").replace('.', '/'))
                  .resolve(artifact)
                  .resolve(version)
                  .resolve(artifact + "-" + version + ".pom"));
    }
  }

  private static String brief(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.contains("apache")) {
      return "Apache-2.0";
    }
    if (lower.contains("mit license") || lower.equals("mit")) {
      return "MIT";
    }
    return name.strip().replaceAll("\\s+", " ");
  }

  private static Element parse(Path pom) throws IOException {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(pom.toFile())
          .getDocumentElement();
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(pom + ": " + e.getMessage(), e);
    }
  }

  private static Stream<Element> children(Element element) {
    List<Element> found = new ArrayList<>();
    for (Node n = element.getFirstChild(); n != null; n = n.getNextSibling()) {
      if (n instanceof Element e) {
        found.add(e);
      }
    }
    return found.stream();
  }

  private static Element child(Element element, String name) {
    return children(element).filter(e -> e.getTagName().equals(name)).findFirst().orElse(null);
  }

  private static String text(Element element, String name) {
    Element found = child(element, name);
    return found == null ? null : found.getTextContent().strip();
  }
}
