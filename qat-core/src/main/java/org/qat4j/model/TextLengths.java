package org.qat4j.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.qat4j.model.internal.InputLengths;
import org.qat4j.model.internal.LengthRules;
import org.qat4j.numerics.QuantParams;

/**
 * How many steps of a text a frozen model has to compute. A model is made for the longest text; of
 * a shorter one it gives the same answer, to the bit, when it is cut to the steps of the text and
 * {@link #margin} more. Where an answer depends on how much padding there is, nothing is cut off.
 * Immutable.
 */
public final class TextLengths extends InputLengths {
  private final IntegerModel model;
  private final Map<String, LengthRules.Tail> tails;

  private TextLengths(IntegerModel model) {
    super(new LengthRules(), new int[model.inputs().size()]);
    this.model = model;
    Follower follower = new Follower(model, rules);
    for (int i = 0; i < texts.length; i++) {
      Input input = model.inputs().get(i);
      boolean tokens = input.kind() == Input.Kind.TOKENS;
      texts[i] = tokens ? rules.addText(input.shape().get(0)) : -1;
      if (tokens) {
        follower.texts.put(input.name(), texts[i]);
      }
    }
    for (Op op : model.ops()) {
      LengthRules.Tail tail = op.accept(follower);
      if (tail != null) {
        follower.tails.put(op.name(), tail);
      }
    }
    model.outputs().forEach(output -> rules.answer(follower.tails.get(output)));
    this.tails = follower.tails;
  }

  public static TextLengths of(IntegerModel model) {
    return new TextLengths(model);
  }

  /** Whether a value has fewer steps where a text is cut. */
  public boolean isCut(String value) {
    LengthRules.Tail tail = tails.get(value);
    return tail != null
        ? !rules.isFixed(tail.text())
        : IntStream.range(0, texts.length)
            .anyMatch(i -> model.inputs().get(i).name().equals(value) && isFlexible(i));
  }

  /**
   * Whether a value is a sequence of one step for each of a text's, or less by a fixed number, in
   * the order of the text.
   */
  public boolean isSequence(String value) {
    LengthRules.Tail tail = tails.get(value);
    return tail != null && tail.stride() == 1;
  }

  /** The input of whose steps a value is a sequence; the first of them. */
  public int inputOf(String value) {
    int root = rules.root(tails.get(value).text());
    return IntStream.range(0, texts.length).filter(i -> group(i) == root).findFirst().orElseThrow();
  }

  /**
   * The model for shorter texts, without their encoders and labels.
   *
   * @param steps of each input; those of the model where it cannot be cut
   */
  public IntegerModel shortened(int[] steps) {
    Map<String, Value> values = new LinkedHashMap<>();
    List<Input> inputs = new ArrayList<>();
    int[] cuts = new int[texts.length]; // by text
    for (int i = 0; i < texts.length; i++) {
      Input input = model.inputs().get(i);
      boolean cut = isFlexible(i);
      if (cut) {
        cuts[rules.root(texts[i])] = limit(i) - steps[i];
      }
      List<Integer> shape = cut ? List.of(steps[i]) : input.shape();
      inputs.add(new Input(input.name(), input.kind(), shape, input.vocabularySize()));
      values.put(input.name(), new Value(shape, null, input.kind() == Input.Kind.TOKENS));
    }
    List<Op> ops = new ArrayList<>();
    for (Op op : model.ops()) {
      Value value = model.value(op.name());
      LengthRules.Tail tail = tails.get(op.name());
      int cut = tail == null ? 0 : cuts[rules.root(tail.text())] / tail.stride();
      if (cut > 0) {
        List<Integer> shape = new ArrayList<>(value.shape());
        shape.set(0, shape.get(0) - cut);
        value = new Value(shape, value.params(), value.tokens(), value.exponents());
      }
      values.put(op.name(), value);
      ops.add(cut > 0 && op instanceof Op.Select s && s.axis() == 0 ? shortened(s, cut) : op);
    }
    return new IntegerModel(model, inputs, ops, values);
  }

  private static Op shortened(Op.Select o, int cut) {
    int[] places = o.places().toArray();
    IntVector kept =
        IntVector.of(IntStream.range(0, places.length - cut).map(i -> places[i]).toArray());
    return new Op.Select(o.name(), o.input(), o.axis(), kept);
  }

  /** Finds what lies behind the text in each value. */
  private static final class Follower implements Op.Visitor<LengthRules.Tail> {
    final Map<String, Integer> texts = new HashMap<>();
    final Map<String, LengthRules.Tail> tails = new HashMap<>();
    private final IntegerModel model;
    private final LengthRules rules;

    Follower(IntegerModel model, LengthRules rules) {
      this.model = model;
      this.rules = rules;
    }

    private LengthRules.Tail tail(Op op) {
      return tails.get(op.inputs().get(0));
    }

    private LengthRules.Tail mask(String name) {
      if (name == null) {
        return null;
      }
      Integer text = texts.get(name);
      return text == null ? tails.get(name) : rules.tokens(text, true);
    }

    private int rows(Op op) {
      return model.value(op.name()).shape().get(0);
    }

    private LengthRules.Tail rowByRow(Op op, boolean keepsZero) {
      return rules.rowByRow(
          op.inputs().stream().map(tails::get).collect(Collectors.toList()), keepsZero);
    }

    private LengthRules.Tail unknown(Op op) {
      op.inputs().forEach(input -> rules.fix(tails.get(input)));
      return null;
    }

    @Override
    public LengthRules.Tail visit(Op.Quantize o) {
      return unknown(o);
    }

    @Override
    public LengthRules.Tail visit(Op.Embedding o) {
      boolean zero = true;
      for (int d = 0; d < o.table().dim(1); d++) {
        zero &= o.table().codes()[d] == 0;
      }
      return rules.tokens(texts.get(o.input()), zero);
    }

    @Override
    public LengthRules.Tail visit(Op.EmbeddingBag o) {
      return null;
    }

    @Override
    public LengthRules.Tail visit(Op.Conv1d o) {
      int reach = (o.weights().dim(1) - 1) * o.dilation();
      return rules.windows(tail(o), reach, o.stride(), o.padLeft(), o.padRight(), false, rows(o));
    }

    @Override
    public LengthRules.Tail visit(Op.Dense o) {
      return rowByRow(o, false);
    }

    @Override
    public LengthRules.Tail visit(Op.MaxPool1d o) {
      return rules.windows(tail(o), o.kernel() - 1, o.stride(), 0, 0, true, rows(o));
    }

    @Override
    public LengthRules.Tail visit(Op.GlobalMaxPool o) {
      rules.ofDistinct(tail(o));
      return null;
    }

    @Override
    public LengthRules.Tail visit(Op.AvgPool1d o) {
      return rules.windows(tail(o), o.kernel() - 1, o.stride(), 0, 0, true, rows(o));
    }

    @Override
    public LengthRules.Tail visit(Op.GlobalAvgPool o) {
      return unknown(o);
    }

    @Override
    public LengthRules.Tail visit(Op.Concat o) {
      return rowByRow(o, true);
    }

    @Override
    public LengthRules.Tail visit(Op.Add o) {
      return rowByRow(o, true);
    }

    @Override
    public LengthRules.Tail visit(Op.Flatten o) {
      return unknown(o);
    }

    @Override
    public LengthRules.Tail visit(Op.Lookup o) {
      QuantParams in = model.value(o.input()).params();
      int ofZero = o.table().get(in.zeroPoint() - in.qmin());
      return rowByRow(o, ofZero == o.output().zeroPoint());
    }

    @Override
    public LengthRules.Tail visit(Op.Softmax o) {
      return rowByRow(o, false);
    }

    @Override
    public LengthRules.Tail visit(Op.RealFunction o) {
      return rowByRow(o, false);
    }

    @Override
    public LengthRules.Tail visit(Op.Recurrent o) {
      return rules.recurrent(tail(o), mask(o.mask()), o.reverse());
    }

    @Override
    public LengthRules.Tail visit(Op.LastStep o) {
      rules.last(tail(o), mask(o.mask()));
      return null;
    }

    @Override
    public LengthRules.Tail visit(Op.NotZero o) {
      return rowByRow(o, true);
    }

    @Override
    public LengthRules.Tail visit(Op.RealSum o) {
      return rowByRow(o, true);
    }

    @Override
    public LengthRules.Tail visit(Op.Masked o) {
      return rules.masked(tail(o), mask(o.mask()), o.zero());
    }

    @Override
    public LengthRules.Tail visit(Op.MaskedMean o) {
      rules.ofMasked(tail(o), mask(o.mask()));
      return null;
    }

    @Override
    public LengthRules.Tail visit(Op.Attention o) {
      return rules.attention(tail(o), mask(o.mask()), o.prefix());
    }

    @Override
    public LengthRules.Tail visit(Op.LayerNorm o) {
      return rowByRow(o, false);
    }

    @Override
    public LengthRules.Tail visit(Op.Conv2d o) {
      return unknown(o);
    }

    @Override
    public LengthRules.Tail visit(Op.MaxPool2d o) {
      return unknown(o);
    }

    @Override
    public LengthRules.Tail visit(Op.AvgPool2d o) {
      return unknown(o);
    }

    @Override
    public LengthRules.Tail visit(Op.GlobalSumPool o) {
      rules.ofSum(tail(o));
      return null;
    }

    @Override
    public LengthRules.Tail visit(Op.Select o) {
      if (o.axis() > 0) {
        return rowByRow(o, true);
      }
      int[] places = o.places().toArray();
      for (int i = 0; i < places.length; i++) {
        if (places[0] < 0 || places[i] != places[0] + i) {
          return unknown(o);
        }
      }
      return rules.part(tail(o), places[0], places.length);
    }

    @Override
    public LengthRules.Tail visit(Op.Transpose o) {
      return unknown(o);
    }

    @Override
    public LengthRules.Tail visit(Op.Reshape o) {
      return unknown(o);
    }

    @Override
    public LengthRules.Tail visit(Op.Elementwise o) {
      return rowByRow(o, true);
    }
  }
}
