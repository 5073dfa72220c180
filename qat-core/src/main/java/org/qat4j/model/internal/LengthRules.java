package org.qat4j.model.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * How short the sequences of a network may be cut for a text, so that nothing that is asked for
 * changes. Who walks through a network, operation by operation or layer by layer, calls the method
 * that fits each, and is told what lies behind the text in its result.
 *
 * <p>What is known of a text is the number n of its steps up to the last that is no padding. Cut to
 * L steps, a network gives the same as with all, where L is at least n + {@link #margin} and
 * differs from all by a multiple of {@link #stride}. Where a rule is missing, the length is fixed.
 * Inputs whose sequences meet are one text.
 */
public final class LengthRules {
  /**
   * What a sequence that is made of a text holds behind the text, whose last token is its n-th
   * step. Lengths are in steps of the text, of which each row of the sequence stands for {@code
   * stride}.
   *
   * @param text which one, see {@link LengthRules#addText}
   * @param kind of the rows behind the first n + {@code prefix} steps
   * @param stride steps of the text from one row to the next
   * @param prefix so many steps behind the text belong to it; of {@link Kind#OTHER} it may be
   *     negative
   * @param suffix so many steps at the end of the sequence are not of that kind, but always the
   *     same
   * @param skipped steps of the text in front of the first row
   * @param rows of the sequence where the text has all the steps that it may have
   */
  public record Tail(
      int text, Kind kind, int stride, int prefix, int suffix, int skipped, int rows) {
    /** What the rows behind a text are. */
    public enum Kind {
      /** Real 0. */
      ZERO,
      /** All the same, whatever their number. */
      SAME,
      /** Anything: nobody may look at them. */
      OTHER
    }

    /** Whether all rows behind the text are alike. */
    boolean isEven() {
      return kind != Kind.OTHER;
    }

    Tail with(Kind newKind, int newPrefix, int newSuffix) {
      return new Tail(text, newKind, stride, newPrefix, newSuffix, skipped, rows);
    }
  }

  private static final int FAR = 1 << 28;

  private final List<Integer> parents = new ArrayList<>();
  private final List<Integer> limits = new ArrayList<>();
  private final List<Integer> margins = new ArrayList<>();
  private final List<Integer> least = new ArrayList<>();
  private final List<Integer> strides = new ArrayList<>();
  private final List<Boolean> fixed = new ArrayList<>();
  private final List<Boolean> read = new ArrayList<>();

  /**
   * A text of token ids.
   *
   * @param limit its most steps
   * @return its number
   */
  public int addText(int limit) {
    int text = parents.size();
    parents.add(text);
    limits.add(limit);
    margins.add(0);
    least.add(1);
    strides.add(1);
    fixed.add(false);
    read.add(false);
    return text;
  }

  /** The number that a text and those that meet it have in common. */
  public int root(int text) {
    int root = text;
    while (parents.get(root) != root) {
      root = parents.get(root);
    }
    return root;
  }

  /** The most steps of a text. */
  public int limit(int text) {
    return limits.get(root(text));
  }

  /** Steps of padding that must be left behind a text. */
  public int margin(int text) {
    return margins.get(root(text));
  }

  /** The fewest steps that a text may be cut to. */
  public int least(int text) {
    return Math.min(limit(text), least.get(root(text)));
  }

  /** Steps can be cut off in multiples of this number. */
  public int stride(int text) {
    return strides.get(root(text));
  }

  /** Whether nothing can be cut off. */
  public boolean isFixed(int text) {
    return fixed.get(root(text));
  }

  /** Whether its tokens are read one by one, and not as a bag alone. */
  public boolean isRead(int text) {
    return read.get(root(text));
  }

  /** A sequence that cannot be followed further; null for one that is not made of a text. */
  public void fix(Tail tail) {
    if (tail != null) {
      fixed.set(root(tail.text()), true);
    }
  }

  private void needMargin(Tail tail, int margin) {
    int root = root(tail.text());
    margins.set(root, Math.max(margins.get(root), margin));
  }

  private void needLength(Tail tail, int length) {
    int root = root(tail.text());
    least.set(root, Math.max(least.get(root), length));
  }

  private void addStride(int root, int stride) {
    int before = strides.get(root);
    int a = before;
    int b = stride;
    while (b != 0) {
      int rest = a % b;
      a = b;
      b = rest;
    }
    strides.set(root, before / a * stride);
  }

  private boolean areOne(Tail a, Tail b) {
    boolean fit =
        a.stride() == b.stride()
            && a.skipped() == b.skipped()
            && a.rows() == b.rows()
            && limit(a.text()) == limit(b.text());
    int one = root(a.text());
    int other = root(b.text());
    if (one != other) {
      parents.set(other, one);
      margins.set(one, Math.max(margins.get(one), margins.get(other)));
      least.set(one, Math.max(least.get(one), least.get(other)));
      addStride(one, strides.get(other));
      read.set(one, read.get(one) || read.get(other));
      fixed.set(one, fixed.get(one) || fixed.get(other));
    }
    if (!fit) {
      fix(a);
    }
    return fit;
  }

  /**
   * A row for each token.
   *
   * @param zero whether that of padding is real 0
   */
  public Tail tokens(int text, boolean zero) {
    read.set(root(text), true);
    return new Tail(text, zero ? Tail.Kind.ZERO : Tail.Kind.SAME, 1, 0, 0, 0, limit(text));
  }

  /** A row for each step, whether the text has ended or not. */
  public Tail places(int text) {
    read.set(root(text), true);
    return new Tail(text, Tail.Kind.OTHER, 1, FAR, 0, 0, limit(text));
  }

  /** Rows that are made of the rows at their places, of all sequences; null where there is none. */
  public Tail rowByRow(List<Tail> tails, boolean keepsZero) {
    if (tails.stream().allMatch(t -> t == null)) {
      return null;
    }
    if (tails.stream().anyMatch(t -> t == null)) {
      tails.forEach(this::fix);
      return null;
    }
    Tail all = tails.get(0);
    for (Tail next : tails.subList(1, tails.size())) {
      if (!areOne(all, next)) {
        return null;
      }
      all = joined(all, next);
    }
    return all.kind() == Tail.Kind.ZERO && !keepsZero
        ? all.with(Tail.Kind.SAME, all.prefix(), all.suffix())
        : all;
  }

  private Tail joined(Tail a, Tail b) {
    int suffix = Math.max(a.suffix(), b.suffix());
    if (!a.isEven() || !b.isEven()) {
      int prefix = Math.min(a.isEven() ? FAR : a.prefix(), b.isEven() ? FAR : b.prefix());
      if (suffix > 0 && prefix == FAR) {
        fix(a);
      } else if (suffix > 0) {
        needMargin(a, prefix + suffix + lost(a));
      }
      return a.with(Tail.Kind.OTHER, prefix, 0);
    }
    boolean zero = a.kind() == Tail.Kind.ZERO && b.kind() == Tail.Kind.ZERO;
    int prefix = Math.max(a.prefix(), b.prefix());
    return checked(a.with(zero ? Tail.Kind.ZERO : Tail.Kind.SAME, prefix, suffix));
  }

  /**
   * Rows that are made of windows of rows.
   *
   * @param reach rows from the first to the last that a window reads
   * @param step rows from one window to the next
   * @param padLeft rows of real 0 in front
   * @param padRight rows of real 0 behind
   * @param keepsZero whether a window of real 0 makes real 0
   * @param rows of the result
   */
  public Tail windows(
      Tail in, int reach, int step, int padLeft, int padRight, boolean keepsZero, int rows) {
    if (in == null) {
      return null;
    }
    int stride = in.stride() * step;
    addStride(root(in.text()), stride);
    // The first rows that a text may be cut to must fill a window.
    needLength(in, limit(in.text()) - (rows - 1) * stride);
    if (!in.isEven()) {
      boolean far = in.prefix() == FAR;
      if (far && padRight > 0) {
        fix(in);
      } else if (!far) {
        needMargin(in, in.prefix() + lost(in));
      }
      int prefix = far ? FAR : in.prefix() - (reach - padLeft) * in.stride();
      return new Tail(in.text(), Tail.Kind.OTHER, stride, prefix, 0, in.skipped(), rows);
    }
    int prefix = in.prefix() + (padLeft + 1) * in.stride() - 1;
    boolean zero = in.kind() == Tail.Kind.ZERO && in.suffix() == 0;
    int suffix = 0;
    if (zero && padRight > 0) {
      needMargin(
          in,
          in.prefix() + lost(in) + in.stride() - 1); // what is cut off is 0, as what lies behind is
    } else if (!zero && (padRight > 0 || in.suffix() > 0)) {
      int rowsBehind = padRight + in.suffix() / in.stride();
      suffix = ((rowsBehind + step - 1) / step + (step > 1 ? 1 : 0)) * stride;
    }
    Tail.Kind kind = zero && keepsZero ? Tail.Kind.ZERO : Tail.Kind.SAME;
    return checked(new Tail(in.text(), kind, stride, prefix, suffix, in.skipped(), rows));
  }

  /** What belongs to the text and what lies at the end must not meet. */
  private Tail checked(Tail tail) {
    if (tail.suffix() > 0) {
      needMargin(tail, tail.prefix() + tail.suffix() + lost(tail) + tail.stride() - 1);
    }
    return tail;
  }

  /** Steps of the text that have no row. */
  private int lost(Tail tail) {
    return Math.max(0, limit(tail.text()) - tail.rows() * tail.stride());
  }

  /** Whether a mask tells exactly the steps of the text, or more of which all rows are known. */
  private boolean fits(Tail in, Tail mask) {
    if (in == null || mask == null || !areOne(in, mask)) {
      fix(in);
      fix(mask);
      return false;
    }
    boolean fit =
        mask.kind() == Tail.Kind.ZERO
            && mask.suffix() == 0
            && (in.isEven() || in.prefix() >= mask.prefix());
    if (!fit) {
      fix(in);
    }
    needMargin(in, mask.prefix() + lost(in));
    return fit;
  }

  /**
   * Rows that become one value where the mask is 0.
   *
   * @param zero whether that is real 0
   */
  public Tail masked(Tail in, Tail mask, boolean zero) {
    return fits(in, mask)
        ? in.with(zero ? Tail.Kind.ZERO : Tail.Kind.SAME, mask.prefix(), 0)
        : null;
  }

  /** One value of the rows that the mask does not leave out. */
  public void ofMasked(Tail in, Tail mask) {
    if (mask == null) {
      fix(in);
    } else {
      fits(in, mask);
    }
  }

  /** One value that does not depend on how many rows are equal, such as a maximum. */
  public void ofDistinct(Tail in) {
    if (in == null) {
      return;
    }
    if (!in.isEven()) {
      fix(in);
    }
    needMargin(in, in.prefix() + in.suffix() + lost(in) + 2 * in.stride() - 1);
  }

  /** A sum of all rows. */
  public void ofSum(Tail in) {
    if (in != null && (in.kind() != Tail.Kind.ZERO || in.suffix() > 0)) {
      fix(in);
    } else if (in != null) {
      needMargin(in, in.prefix() + lost(in));
    }
  }

  /** A state that goes from row to row and is 0 where the mask is; null for no mask. */
  public Tail recurrent(Tail in, Tail mask, boolean reverse) {
    if (in == null && mask == null) {
      return null;
    }
    if (mask != null) {
      return masked(in, mask, true);
    }
    if (reverse) {
      fix(in);
      return null;
    }
    boolean far = in.isEven() && in.suffix() == 0;
    return in.with(Tail.Kind.OTHER, far ? FAR : in.prefix(), 0);
  }

  /** The last row that the mask does not leave out; without a mask the last of all. */
  public void last(Tail in, Tail mask) {
    if (mask == null) {
      ofDistinct(in);
    } else {
      fits(in, mask);
    }
  }

  /**
   * Each row looks at those that the mask does not leave out.
   *
   * @param mask null for none: then at the first {@code prefix} ones and at none after itself
   */
  public Tail attention(Tail in, Tail mask, int prefix) {
    if (in == null && mask == null) {
      return null;
    }
    if (mask != null) {
      if (!fits(in, mask) || prefix < in.rows()) {
        fix(in);
        return null;
      }
      return in.isEven()
          ? checked(in.with(Tail.Kind.SAME, Math.max(in.prefix(), mask.prefix()), in.suffix()))
          : in;
    }
    boolean whole = in.isEven() ? in.suffix() == 0 : in.prefix() == FAR;
    if (prefix >= in.rows() || in.stride() != 1 || !whole) {
      fix(in);
      return null;
    }
    needLength(in, prefix + limit(in.text()) - in.rows());
    return in.with(Tail.Kind.OTHER, FAR, 0);
  }

  /**
   * Some of the first rows, or all behind some.
   *
   * @param first of the rows that are kept
   * @param count how many
   */
  public Tail part(Tail in, int first, int count) {
    if (in == null) {
      return null;
    }
    int lost = limit(in.text()) - in.rows() * in.stride();
    if (first + count == in.rows() && in.stride() == 1) {
      needLength(in, lost + first + 1);
      int prefix = in.prefix() == FAR ? FAR : in.prefix() - first;
      Tail kept =
          new Tail(in.text(), in.kind(), 1, prefix, in.suffix(), in.skipped() + first, count);
      return in.isEven() && prefix < 0 ? kept.with(in.kind(), 0, in.suffix()) : kept;
    }
    if (!in.isEven() && (first + count) * in.stride() > in.prefix() + 1) {
      fix(in);
    }
    needLength(in, Math.max(1, lost + in.suffix() + (first + count + 1) * in.stride()));
    return null;
  }

  /** Rows that are an answer, as many as the text has steps. */
  public void answer(Tail in) {
    if (in == null) {
      return;
    }
    if (in.stride() != 1 || (!in.isEven() && in.prefix() < 0)) {
      fix(in);
    }
    needMargin(in, lost(in) - in.skipped());
  }
}
