package org.qat4j.graph;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.qat4j.QatException;

/** Which layers an exception is for. */
public sealed interface Match {

  /** The layer of that name; layers of a MultiLayerNetwork without names are layer0, layer1, … */
  record Name(String name) implements Match {
    @Override
    public String toString() {
      return "layer \"" + name + "\"";
    }
  }

  /** Layers whose whole name fits a regular expression. */
  record NamePattern(String regex) implements Match {
    public NamePattern {
      try {
        Pattern.compile(regex);
      } catch (PatternSyntaxException e) {
        throw new QatException(
            "\"" + regex + "\" is not a regular expression: " + e.getDescription(), e);
      }
    }

    @Override
    public String toString() {
      return "pattern \"" + regex + "\"";
    }
  }

  /** Layers of that simple class name of DL4J, for example DenseLayer. */
  record Type(String simpleName) implements Match {
    @Override
    public String toString() {
      return "type \"" + simpleName + "\"";
    }
  }

  /** Layers that read an input of the network and have weights. */
  record First() implements Match {
    @Override
    public String toString() {
      return "the first layers";
    }
  }

  /** Layers that make an output of the network. */
  record Last() implements Match {
    @Override
    public String toString() {
      return "the last layers";
    }
  }
}
