#!/usr/bin/env python3
"""Reads a qat4j model file and runs it, with nothing but Python's standard library.

    python3 read_model.py model.qat                      what is in the model
    python3 read_model.py model.qat "Guten Morgen"       the answer for each text
    python3 read_model.py model.qat --inputs '[[1, 2]]'  for one array per input, row-major

The file is described in model-format.md, the arithmetic in quantization.md; numbers in parentheses
are the equations there. This is written to be read, not to be fast.
"""
import json
import math
import re
import struct
import sys
import unicodedata
import zlib
from itertools import groupby

# ---------------------------------------------------------------- the file


class Source:
    """Little-endian primitives, one after the other."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def bytes(self, n):
        if n < 0 or self.at + n > len(self.data):
            raise ValueError("the data end too early")
        self.at += n
        return self.data[self.at - n : self.at]

    def read(self, layout):
        return struct.unpack("<" + layout, self.bytes(struct.calcsize("<" + layout)))

    def u8(self):
        return self.bytes(1)[0]

    def i32(self):
        return self.read("i")[0]

    def count(self):
        n = shift = 0
        while True:
            b = self.u8()
            n |= (b & 0x7F) << shift
            shift += 7
            if b < 0x80:
                return n

    def string(self):
        return self.bytes(self.count()).decode("utf-8")

    def list(self, each):
        return [each() for _ in range(self.count())]


class Tensor:
    """codes (row-major), shape, bits, one scale or one per shape[0], zero point, size of groups."""

    def __init__(self, src):
        gap, self.bits = src.u8(), src.u8()
        self.zero, rank = src.read("bB")
        self.shape = src.read("%di" % rank)
        self.scales = src.read("%df" % math.prod(src.read("%di" % rank)))
        self.codes = None
        size = math.prod(self.shape)
        self.group = src.i32() if gap & 16 else 0
        if self.group:  # (3a)
            row = size // self.shape[0]
            multiples = fields(src, self.shape[0] * -(-row // self.group), 9 - self.bits, signed=False)
        self.read(src, gap & 15, size)
        if self.group:
            per_row = -(-row // self.group)
            of = lambda i: multiples[i // row * per_row + i % row // self.group]
            self.codes = [of(i) * q for i, q in enumerate(self.codes)]

    def read(self, src, gap, size):
        if gap == 0:
            self.codes = fields(src, size, self.bits, signed=True)
            return
        signs, gap = gap > 8, gap % 8
        many = 2**gap - 1  # so many zeros, and no code behind them
        gaps = fields(src, src.i32(), gap, signed=False)
        n = sum(g != many for g in gaps)
        given = iter(fields(src, n, 1 if signs else self.bits, signed=not signs))
        self.codes = []
        for g in gaps:
            self.codes += [self.zero] * g + ([] if g == many else [1 - 2 * next(given) if signs else next(given)])
        self.codes += [self.zero] * (size - len(self.codes))

    def scale(self, c):
        return self.scales[c if len(self.scales) > 1 else 0]

    def __str__(self):
        groups = " in groups of %d" % self.group if self.group else ""
        return "int%d%s%s" % (self.bits, list(self.shape), groups)


def fields(src, n, width, signed):
    """n fields of so many bits, the first in the lowest bits of the first byte."""
    packed = src.bytes((n * width + 7) // 8)
    values = []
    for i in range(n):
        at, shift = divmod(i * width, 8)
        v = int.from_bytes(packed[at : at + 2], "little") >> shift & (1 << width) - 1
        values.append(v - (1 << width) if signed and v >> (width - 1) else v)
    return values


class Codes:
    """What codes mean: scale, zero point, smallest and largest code."""

    def __init__(self, scale, zero, qmin, qmax):
        self.scale, self.zero, self.qmin, self.qmax = scale, zero, qmin, qmax

    def quantize(self, r):  # (2)
        steps = f32(r / self.scale)
        return round(clamp(steps, self.qmin - self.zero, self.qmax - self.zero)) + self.zero

    def dequantize(self, q):  # (1)
        return f32(self.scale * (q - self.zero))


KNOWN = """accents activation alphabet argument axis bias bound buckets characters clean dilation epsilon
    exponential exponents field focus function gain gate groups heads hi ideographs input inputs inside kept
    kernel length literal lo lowerCase maxN mean merges minN name of order output padLeft padRight pairs
    peepholes pieces places prefix punctuation reach recurrent reverse sentences shape shift skipUnknown
    slope source special stride table tokens types value vocabulary weights window words zero""".split()


class Record(dict):
    """The attributes of a record by name; its kind is .kind."""

    def __init__(self, src):
        self.kind = src.string()
        key = src.string()
        while key:
            if key not in KNOWN:  # it may change what the record means
                raise ValueError("unknown attribute %s of %s" % (key, self.kind))
            self[key] = {
                "i": lambda: src.read("q")[0],
                "t": src.string,
                "I": lambda: src.list(src.i32),
                "T": lambda: src.list(src.string),
                "q": lambda: Codes(*src.read("fiii")),
                "w": lambda: Tensor(src),
            }[chr(src.u8())]()
            key = src.string()


class Model:
    def __init__(self, data):
        src = Source(data)
        magic, version, length = src.read("8sIQ")
        if magic != b"\x89QAT\r\n\x1a\n" or version != 1 or length != len(data):
            raise ValueError("not a qat4j model file of version 1, or cut")
        if zlib.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
            raise ValueError("the file is damaged: wrong checksum")
        sections = {}
        while src.at < length - 4:
            tag, size = src.read("4sQ")
            sections[tag.decode()] = Source(src.bytes(size))
        for tag in sections:
            if tag not in ("MODL", "TEXT", "LABL", "meta") and not tag[0].islower():
                raise ValueError("unknown section " + tag)
        main = sections["MODL"]
        self.name = main.string()
        self.inputs = main.list(lambda: Record(main))
        self.ops = main.list(lambda: Record(main))
        self.outputs = main.list(main.string)
        text, labels, meta = (sections.get(t, Source(b"\0")) for t in ("TEXT", "LABL", "meta"))
        self.text = {r["input"]: r for r in text.list(lambda: Record(text))}
        for steps in filter(lambda r: "of" in r, self.text.values()):
            steps["pieces"] = self.text[steps["of"]]
        self.labels = labels.list(labels.string)
        self.metadata = dict(meta.list(lambda: (meta.string(), meta.string())))


# ---------------------------------------------------------------- from text to token ids


def encode(encoder, text):
    if "field" in encoder:
        text = (text.split("\t") + [""] * 1001)[encoder["field"]]
    lower = encoder["lowerCase"] and encoder.kind not in ("Affixes", "WordPieces")
    kinds = {"Characters": characters, "Ngrams": ngrams, "Words": words}
    kinds |= {"Tokens": tokens, "Affixes": affixes, "Distances": token_distances}
    kinds |= {"Pieces": pieces, "Positions": lambda e, t: list(range(1, e["length"] + 1))}
    kinds |= {"Overlaps": overlaps}
    kinds |= {"Story": story, "Places": places, "WordPieces": word_pieces, "Steps": steps}
    ids = kinds[encoder.kind](encoder, text.lower() if lower else text)
    n = encoder["length"]
    return (ids + [0] * n)[:n]


def characters(encoder, text):
    index = {c: i + 2 for i, c in enumerate(encoder["alphabet"])}
    return [index.get(ord(c), 1) for c in text]


def ngrams(encoder, text):
    points, ids = [ord(c) for c in " " + text + " "], []
    kept = encoder.get("kept")  # a mask of buckets, 32 in a number
    mask = sum((w & 0xFFFFFFFF) << 32 * i for i, w in enumerate(kept)) if kept else None
    for n in range(encoder["minN"], encoder["maxN"] + 1):
        for i in range(len(points) - n + 1):
            h = 0x811C9DC5 ^ n
            for p in points[i : i + n]:
                h = (h ^ p) * 0x01000193 & 0xFFFFFFFF
            bucket = (h ^ h >> 15) % encoder["buckets"]
            if not kept:
                ids.append(1 + bucket)
            elif mask >> bucket & 1:
                ids.append(1 + bin(mask & (1 << bucket) - 1).count("1"))
    return ids


def words(encoder, text):
    index = {w: i + 2 for i, w in enumerate(encoder["words"])}
    ids = [index.get(w, 1) for w in split(text, encoder["punctuation"])]
    return [i for i in ids if i > 1 or not encoder["skipUnknown"]]


def overlaps(encoder, text):
    known = encoder["words"]
    rarity = {w: n.bit_length() for n, w in enumerate(known, 1)}
    first, second = (text.split("\t") + [""])[:2]
    others, ids = set(split(second, False)), []
    for word in split(first, False):
        if word in others:
            others.remove(word)
            ids.append(rarity.get(word, len(known).bit_length() + 1))
    return ids


def token_text(text):
    words, tab, focus = text.partition("\t")
    return [w for w in re.split(r"[ \n\v\f\r]+", words) if w], int(focus) if tab else None


def tokens(encoder, text):
    index = {w: i + 2 for i, w in enumerate(encoder["words"])}
    words, focus = token_text(text)
    if encoder["focus"]:
        return [1 if focus is None else index.get(words[focus], 1)] * len(words)
    return [index.get(w, 1) for w in words]


def affixes(encoder, text):
    ids = []
    for word in token_text(text)[0]:
        h = 0x811C9DC5
        shape = word[0].isupper() + 2 * (not any(c.islower() for c in word))
        shape += 4 * any(c.isdecimal() for c in word)
        for p in [shape] + [ord(c) for c in word.lower()[-encoder["characters"] :]]:
            h = (h ^ p) * 0x01000193 & 0xFFFFFFFF
        ids.append(1 + (h ^ h >> 15) % encoder["buckets"])
    return ids


def token_distances(encoder, text):
    words, focus = token_text(text)
    reach = encoder["reach"]
    away = [0 if focus is None else i - focus for i in range(len(words))]
    return [1 + reach + max(-reach, min(reach, d)) for d in away]


def pieces(encoder, text):
    index = {p: i + 3 for i, p in enumerate(encoder["pieces"])}
    merges = encoder["merges"]
    ranks = {(merges[i], merges[i + 1]): i for i in range(0, len(merges), 2)}
    source, _, target = text.partition("\t")
    n = encoder["source"]
    ids = [index.get(p, 1) for p in byte_pairs(source, ranks)]
    return (ids + [0] * n)[:n] + [2] + [index.get(p, 1) for p in byte_pairs(target, ranks)]


def byte_pairs(text, ranks):
    word_part = ("L", "Nd", "Mn", "Mc")
    found = []
    for word in filter(None, re.split(r"[ \t\n\v\f\r]+", text)):
        runs = groupby(word, lambda c: category(c, 0, *word_part))
        for i, run in enumerate("".join(letters) for _, letters in runs):
            part = list(run if i else "\u2581" + run)
            while True:
                pairs = [p for p in zip(part, part[1:]) if p in ranks]
                if not pairs:
                    break
                best = min(pairs, key=ranks.get)
                joined, at = [], 0
                while at < len(part):
                    here = tuple(part[at : at + 2]) == best
                    joined.append("".join(best) if here else part[at])
                    at += 2 if here else 1
                part = joined
            found += part
    return found


def steps(encoder, text):
    ids = typed_pieces(encoder["pieces"], text)
    return [t if encoder["types"] else bool(p) * n for n, (p, t) in enumerate(ids, 1)]


def word_pieces(encoder, text):
    return [p for p, _ in typed_pieces(encoder, text)]


def typed_pieces(encoder, text):
    if not encoder.get("tokens"):
        parts = word_piece_parts(encoder, text)
        return [(p, second) for second, part in enumerate(parts) for p in part]
    unknown, begin, end = encoder["special"]
    words, focus = token_text(text)
    ids = [(begin, 0)]
    for i, word in enumerate(words):
        ids += [(p, int(i == focus)) for p in split_pieces(encoder, word) or [unknown]]
    return ids[: encoder["length"] - 1] + [(end, 0)]


def word_piece_parts(encoder, text):
    _, begin, end = encoder["special"]
    first, tab, second = text.partition("\t") if encoder["pairs"] else (text, "", "")
    parts = [split_pieces(encoder, t) for t in ([first, second] if tab else [first])]
    most, lengths = encoder["length"] - 1 - len(parts), [len(p) for p in parts]
    if sum(lengths) > most and tab:
        less = min(lengths)
        more = less if less > most else max(less, most - less)
        if less + more > most:
            less, more = most // 2, most - most // 2
        lengths = [more, less] if lengths[0] > lengths[1] else [less, more]
    parts = [p[:n] + [end] for p, n in zip(parts, lengths if tab else [most])]
    parts[0] = [begin] + parts[0]
    return parts


def split_pieces(encoder, text):
    index = {p: i for i, p in enumerate(encoder["pieces"])}
    literal = sorted((encoder["pieces"][i] for i in encoder["literal"]), key=len, reverse=True)
    found = []
    for part in re.split("(" + "|".join(map(re.escape, literal)) + ")", text) if literal else [text]:
        if part in literal:
            found.append(index[part])
            continue
        for word in bert_words(encoder, part):
            ids, at = [], 0
            while at < len(word) <= 100:
                ends = (e for e in range(len(word), at, -1) if ("##" if at else "") + word[at:e] in index)
                end = next(ends, None)
                if end is None:
                    break
                ids.append(index[("##" if at else "") + word[at:end]])
                at = end
            found += ids if at == len(word) else [encoder["special"][0]]
    return found


def bert_words(encoder, text):
    """By the Unicode tables of this Python; those of Java are fixed, and differ for rare characters."""
    if encoder["clean"]:
        text = "".join(c for c in text if c in "\t\n\r" or not category(c, 0, "Cc", "Cf", "Co", "Cs") and c != "\ufffd")
        text = "".join(" " if c.isspace() else c for c in text)
    if encoder["ideographs"]:
        ranges = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF))
        ranges += ((0x2A700, 0x2B81F), (0x2B920, 0x2CEAF), (0x2F800, 0x2FA1F))
        alone = lambda c: any(a <= ord(c) <= b for a, b in ranges)
        text = "".join(" %s " % c if alone(c) else c for c in text)
    if encoder["accents"]:
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not category(c, 0, "Mn"))
    if encoder["lowerCase"]:
        text = "".join(c.lower() for c in text)
    symbol = lambda c: category(c, 0, "P") or c in "$+<=>^`|~"
    return "".join(" %s " % c if symbol(c) else c for c in text).split()


def latest_first(text, most):
    told, _, question = text.partition("\t")
    sentences = re.findall(r"\S.*?(?:[.!?](?=\s|\Z)|\Z)", told, re.ASCII | re.DOTALL)
    return [question] + sentences[::-1][:most]


def story(encoder, text):
    n = encoder["length"] // (encoder["sentences"] + 1)
    rows = [words(encoder, s) for s in latest_first(text, encoder["sentences"])]
    return [i for ids in rows for i in (ids + [0] * n)[:n]]


def places(encoder, text):
    return [i + 1 for i in range(len(latest_first(text, encoder["length"] - 1)))]


def category(text, at, *kinds):
    return at < len(text) and unicodedata.category(text[at]).startswith(kinds)


def split(text, punctuation):
    word_part = ("L", "Nd", "Mn", "Mc")
    at = 0
    while at < len(text):
        start = at
        at += 1
        if category(text, start, *word_part):
            while category(text, at, *word_part) or (
                text[at : at + 1] in ("'", "\u2019") and category(text, at + 1, "L")
            ):
                at += 1
            yield text[start:at]
        elif punctuation and not text[start].isspace():
            yield text[start]


# ---------------------------------------------------------------- the arithmetic


def f32(x):
    """The nearest float32. Exact for sums, products and quotients of two float32."""
    return struct.unpack("<f", struct.pack("<f", x))[0]


def clamp(x, low, high):
    return max(low, min(high, x))


class Value:
    """One row of channels per step or pixel; a vector is one row. codes is None for ids and real
    values. An image has its height and width in size. The codes of channel c mean 2^exponents[c]
    times what codes says, where there are exponents."""

    def __init__(self, rows, codes=None, sequence=True, size=None, exponents=None):
        self.rows, self.codes, self.sequence, self.size = rows, codes, sequence, size
        self.exponents = exponents

    def shape(self):
        channels = [len(self.rows[0])]
        if self.size:
            return list(self.size) + channels
        return [len(self.rows)] + channels if self.sequence else channels

    def factors(self):
        return [2**e for e in self.exponents or [0] * len(self.rows[0])]

    def flat(self):
        return [q for row in self.rows for q in row]


def shaped(flat, shape, codes):
    """The value of that shape with these elements, row-major."""
    rows = [flat[i : i + shape[-1]] for i in range(0, len(flat), shape[-1])]
    return Value(rows, codes, len(shape) > 1, tuple(shape[:2]) if len(shape) == 3 else None)


def vector(row, codes=None):
    return Value([row], codes, sequence=False)


def product(op, x, windows, sequence):
    """(6), then (7) and (8), or (12). Each window is the list of distances that is multiplied."""
    w, out, exponents = op["weights"], op.get("output"), op.get("exponents")
    taps = math.prod(w.shape[1:])
    rows = []
    for window in windows:
        row = []
        for c, bias in enumerate(op["bias"]):
            acc = bias
            for k in range(taps):
                acc += window[k] * (w.codes[c * taps + k] - w.zero)
            scale = f32(x.codes.scale * w.scale(c)) / 2 ** (exponents[c] if exponents else 0)
            row.append(requantize(acc, scale, out, op["lo"], op["hi"]) if out else f32(f32(acc) * scale))
        rows.append(row)
    return Value(rows, out, sequence, exponents=exponents)


def requantize(acc, scale, out, lo, hi):  # (7), (8)
    m = f32(scale / out.scale)
    return round(clamp(f32(f32(acc) * m), lo - out.zero, hi - out.zero)) + out.zero


def average(op, x, n, stride):  # (10)
    out, scale = op["output"], f32(x.codes.scale * f32(1 / n))
    rows = []
    for t in range(0, len(x.rows) - n + 1, stride):
        sums = [sum(c) - n * x.codes.zero for c in zip(*x.rows[t : t + n])]
        rows.append([requantize(acc, scale, out, out.qmin, out.qmax) for acc in sums])
    return Value(rows, out)


def largest(x, n, stride):  # (9)
    starts = range(0, len(x.rows) - n + 1, stride)
    return Value([[max(c) for c in zip(*x.rows[t : t + n])] for t in starts], x.codes)


def distances(x):
    return [[q - x.codes.zero for q in row] for row in x.rows]


def table_row(table, i):
    return table.codes[i * table.shape[1] : (i + 1) * table.shape[1]]


def embedding_bag(op, ids):  # (10), (11)
    table, out = op["table"], op["output"]
    rows = [table_row(table, i) for i in ids if i != 0]
    real = [f32(f32(sum(column)) * table.scales[0]) for column in zip(*rows)]
    real = real or [0.0] * table.shape[1]
    if op["mean"] and rows:
        real = [f32(r / len(rows)) for r in real]
    return vector([out.quantize(r) for r in real], out)


def embedding(op, ids):  # (11)
    table = op["table"]
    low = -128 if table.group else -(1 << table.bits - 1)
    return Value([table_row(table, i) for i in ids], Codes(table.scales[0], 0, low, -low - 1))


def conv1d(op, x):
    _, kernel, depth = op["weights"].shape
    pad = lambda n: [[0] * depth] * n
    steps = pad(op["padLeft"]) + distances(x) + pad(op["padRight"])
    span = (kernel - 1) * op["dilation"] + 1
    windows = []
    for t in range(0, len(steps) - span + 1, op["stride"]):
        taps = steps[t : t + span : op["dilation"]]
        windows.append([d for tap in taps for d in tap])
    return product(op, x, windows, sequence=True)


def windows2d(x, window):
    """Size of the result, and for each of its places the pixels that are read, None outside."""
    kh, kw, sh, sw, dh, dw, top, left, bottom, right = window
    height, width = x.size
    rows = (height + top + bottom - (kh - 1) * dh - 1) // sh + 1
    columns = (width + left + right - (kw - 1) * dw - 1) // sw + 1
    found = []
    for i in range(rows * columns):
        r, c = i // columns * sh - top, i % columns * sw - left
        taps = [(r + y * dh, c + t * dw) for y in range(kh) for t in range(kw)]
        inside = lambda y, t: 0 <= y < height and 0 <= t < width
        found.append([x.rows[y * width + t] if inside(y, t) else None for y, t in taps])
    return (rows, columns), found


def conv2d(op, x):  # (6), (7)
    size, found = windows2d(x, op["window"])
    w, depth, zero = op["weights"], len(x.rows[0]), x.codes.zero
    zeros = [zero] * depth
    if op["groups"] == 1:
        windows = [[q - zero for tap in taps for q in (tap or zeros)] for taps in found]
        y = product(op, x, windows, sequence=True)
    else:
        y = depthwise(op, x, [[tap or zeros for tap in taps] for taps in found])
    return Value(y.rows, y.codes, True, size)


def depthwise(op, x, found):
    w, out = op["weights"], op.get("output")
    taps, depth = w.shape[1] * w.shape[2], len(x.rows[0])
    rows = []
    for window in found:
        row = []
        for c, bias in enumerate(op["bias"]):
            g = c // (w.shape[0] // depth)
            codes = w.codes[c * taps : (c + 1) * taps]
            acc = bias + sum((p[g] - x.codes.zero) * (q - w.zero) for p, q in zip(window, codes))
            scale = f32(x.codes.scale * w.scale(c))
            row.append(requantize(acc, scale, out, op["lo"], op["hi"]) if out else f32(f32(acc) * scale))
        rows.append(row)
    return Value(rows, out)


def max_pool2d(op, x):  # (9)
    size, found = windows2d(x, op["window"])
    rows = [[max(c) for c in zip(*(tap for tap in taps if tap))] for taps in found]
    return Value(rows, x.codes, True, size)


def avg_pool2d(op, x):  # (10)
    size, found = windows2d(x, op["window"])
    out, n = op["output"], op["window"][0] * op["window"][1]
    scale, zeros = f32(x.codes.scale * f32(1 / n)), [x.codes.zero] * len(x.rows[0])
    rows = []
    for taps in found:
        sums = [sum(c) - n * x.codes.zero for c in zip(*(tap or zeros for tap in taps))]
        if op.get("inside"):
            seen = max(1, sum(1 for tap in taps if tap))
            rows.append([out.quantize(f32(f32(f32(acc) * x.codes.scale) / seen)) for acc in sums])
            continue
        rows.append([requantize(acc, scale, out, out.qmin, out.qmax) for acc in sums])
    return Value(rows, out, True, size)


def global_sum(op, x):  # (10)
    out = op["output"]
    sums = [sum(c) - len(x.rows) * x.codes.zero for c in zip(*x.rows)]
    return vector([out.quantize(f32(f32(acc) * x.codes.scale)) for acc in sums], out)


def strides(shape):
    return [math.prod(shape[d + 1 :]) for d in range(len(shape))]


def select(op, x):
    shape, flat = x.shape(), x.flat()
    axis, places = op["axis"], op["places"]
    inner, made = strides(shape)[axis], []
    for outer in range(0, len(flat), inner * shape[axis]):
        for place in places:
            start = outer + place * inner
            made += [x.codes.zero] * inner if place < 0 else flat[start : start + inner]
    shape[axis] = len(places)
    return shaped(made, shape, x.codes)


def transpose(op, x):
    shape, flat, steps = x.shape(), x.flat(), strides(x.shape())
    places = [0]
    for d in op["order"]:
        places = [p + i * steps[d] for p in places for i in range(shape[d])]
    return shaped([flat[p] for p in places], [shape[d] for d in op["order"]], x.codes)


def elementwise(op, xs):  # (9), (10)
    out, code, n = op["output"], xs[0].codes, len(xs)
    made = []
    for q in zip(*(x.flat() for x in xs)):
        d = [v - x.codes.zero for v, x in zip(q, xs)]
        if op["function"] == "MAX":
            made.append(max(q))
            continue
        if op["function"] == "PRODUCT":
            real = f32(f32(d[0] * d[1]) * f32(code.scale * xs[1].codes.scale))
        elif op["function"] == "DIFFERENCE":
            real = f32(f32(d[0] - d[1]) * code.scale)
        else:
            real = f32(f32(f32(sum(d)) * code.scale) / n)
        made.append(out.quantize(real))
    return shaped(made, xs[0].shape(), out)


def concat(op, xs):  # (1), then (2)
    out = op["output"]
    parts = [[[out.quantize(x.codes.dequantize(q)) for q in row] for row in x.rows] for x in xs]
    return Value([sum(rows, []) for rows in zip(*parts)], out, xs[0].sequence, xs[0].size)


def add(op, xs):  # (10)
    code, out = xs[0].codes, op["output"]
    sums = [[sum(q) - len(xs) * code.zero for q in zip(*r)] for r in zip(*(x.rows for x in xs))]
    rows = [[out.quantize(f32(f32(acc) * code.scale)) for acc in row] for row in sums]
    return Value(rows, out, xs[0].sequence, xs[0].size)


def gate(table, p):  # (16): interpolated
    j, e = divmod(p + 32768, 128)
    return (table[j] * (128 - e) + table[j + 1] * e + 64) // 128


def short(x):
    return round(clamp(x, -32768, 32767))


def recurrent(op, x, mask=None):  # (16)
    w, r, out = op["weights"], op["recurrent"], op["output"]
    units, counts = r.shape[1], mask.rows if mask else [1] * len(x.rows)
    times = range(len(x.rows))
    h, c, made = [0] * units, [0] * units, {}
    for t in reversed(times) if op["reverse"] else times:
        if not counts[t]:
            h, c = [0] * units, [0] * units
        else:
            a = []
            for g in range(w.shape[0]):
                acc_x = sum(map(lambda d, q: (d - x.codes.zero) * (q - w.zero), x.rows[t], table_row(w, g)))
                acc_h = sum(map(lambda d, q: d * (q - r.zero), h, table_row(r, g)))
                a_x = f32(f32(acc_x + op["bias"][g]) * f32(x.codes.scale * w.scale(g)))
                a_h = f32(f32(acc_h) * f32(out.scale * r.scale(g)))
                a.append(f32(a_x + a_h))
            m, v, k, holes = op.get("argument", 12), op.get("value", 15), op.get("shift"), op.get("peepholes")

            def opened(n, u):  # a gate, and what is added of the cell
                seen = f32(f32(c[u] * (table_row(holes, n - 1)[u] - holes.zero)) * f32(holes.scale(n - 1) / 2**k)) if holes else 0
                return gate(op["gate"], short(f32(a[n * units + u] + seen) * 4096))

            for u in range(units):
                g = gate(op["activation"], short(a[u] * 2**m))
                if "gate" in op:
                    f, i = opened(1, u), opened(3, u)
                    c[u] = short((f * c[u] * 2.0 ** (v - k) + i * g) / 2 ** (15 + v - k))
                    t_c = gate(op["activation"], short(c[u] * 2**m / 2**k))
                    h[u] = out.quantize(f32(opened(2, u) * t_c) / 2 ** (15 + v)) - out.zero
                else:
                    h[u] = out.quantize(g / 2**v) - out.zero
        made[t] = [d + out.zero for d in h]
    return Value([made[t] for t in times], out)


def attention(op, x, mask=None):  # (17)
    heads, out, d = op["heads"], op["output"], distances(x)
    channels = len(d[0]) // 3
    depth, times = channels // heads, range(len(d))
    root = f32(1 / math.sqrt(depth))
    m = f32(f32(x.codes.scale * x.codes.scale) * root) * 4096
    scale = f32(x.codes.scale * f32(1 / 255))
    part = lambda t, kind, head: d[t][kind * channels + head * depth :][:depth]
    prefix = op.get("prefix", len(d))
    rows = []
    for i in times:
        seen = [j for j in times if j < max(prefix, i + 1) and (not mask or mask.rows[j])]
        row = []
        for head in range(heads):
            score = [sum(map(lambda q, k: q * k, part(i, 0, head), part(j, 1, head))) for j in times]
            top = max([score[j] for j in seen], default=0)
            u = {j: round(min(65535, f32(f32(top - score[j]) * m))) for j in seen}
            e = {j: gate(op["exponential"], u[j] - 32768) for j in seen}
            total = f32(max(1, sum(e.values())))
            w = {j: round(f32(255 * e[j] / total)) for j in seen}
            for c in range(depth):
                acc = sum(w[j] * part(j, 2, head)[c] for j in seen)
                row.append(out.quantize(f32(f32(acc) * scale)))
        rows.append(row)
    return Value(rows, out)


def layer_norm(op, x):  # (18)
    n, out, rows = len(op["gain"]), op["output"], []
    unit = n / x.codes.scale
    epsilon = struct.unpack("<d", struct.pack("<q", op["epsilon"]))[0] if "epsilon" in op else 1e-5
    for codes in distances(x):
        row = [q * factor for q, factor in zip(codes, x.factors())]
        a = [n * q - sum(row) for q in row]
        deviation = math.sqrt(sum(v * v for v in a) / n + epsilon * (unit * unit))
        acc = [short(v / deviation * 1024) * g + b for v, g, b in zip(a, op["gain"], op["bias"])]
        rows.append([out.quantize(f32(v) / 2 ** (op["shift"] + 10)) for v in acc])
    return Value(rows, out, x.sequence)


def real_sum(op, xs):  # (10)
    reals = [[[v.codes.dequantize(q) * k for q, k in zip(row, v.factors())] for row in v.rows] for v in xs]
    rows = reals[0]
    for more in reals[1:]:
        rows = [[f32(a + b) for a, b in zip(*pair)] for pair in zip(rows, more)]
    made = Value(rows, op["output"], xs[0].sequence, exponents=op.get("exponents"))
    made.rows = [[made.codes.quantize(r / k) for r, k in zip(row, made.factors())] for row in rows]
    return made


def masked(op, x, mask):
    fill = [x.codes.zero if op.get("zero") else x.codes.qmin] * len(x.rows[0])
    rows = [row if m else fill for row, m in zip(x.rows, mask.rows)]
    return Value(rows, x.codes, exponents=x.exponents)


def masked_mean(op, x, mask):  # (10)
    rows = [row for row, m in zip(distances(x), mask.rows) if m] or [[0] * len(x.rows[0])]
    real = [f32(f32(sum(c)) * x.codes.scale) for c in zip(*rows)]
    return vector([op["output"].quantize(f32(r / len(rows))) for r in real], op["output"])


def last_step(op, x, mask=None):
    counting = [t for t in range(len(x.rows)) if not mask or mask.rows[t]]
    return vector(x.rows[counting[-1] if counting else -1], x.codes)


def not_zero(xs):
    def zero(x):
        return x.codes.zero if x.codes else 0

    steps = zip(*(x.rows for x in xs))
    return Value([int(any(v != zero(x) for x, row in zip(xs, rows) for v in row)) for rows in steps])


def softmax(row):
    e = [f32(math.exp(f32(x - max(row)))) for x in row]
    total = 0.0
    for x in e:
        total = f32(total + x)
    return [f32(x / total) for x in e]


def real_function(op, x):  # (12)
    kind = op["function"]
    if kind == "SIGMOID":
        e = math.exp(-abs(x))
        return f32((e if x < 0 else 1) / (1 + e))
    if kind == "TANH":
        return f32(math.tanh(x))
    slope = struct.unpack("<f", struct.pack("<i", op["slope"]))[0] if kind == "LEAKY_RELU" else 0.0
    return x if x > 0 else f32(slope * x)


def each(x, function, codes):
    return Value([[function(v) for v in row] for row in x.rows], codes, x.sequence, x.size)


OPS = {
    "Quantize": lambda op, x: each(x, op["output"].quantize, op["output"]),
    "Embedding": lambda op, x: embedding(op, x.rows),
    "EmbeddingBag": lambda op, x: embedding_bag(op, x.rows),
    "Conv1d": conv1d,
    "Dense": lambda op, x: product(op, x, distances(x), x.sequence),
    "MaxPool1d": lambda op, x: largest(x, op["kernel"], op["stride"]),
    "GlobalMaxPool": lambda op, x: vector(largest(x, len(x.rows), 1).rows[0], x.codes),
    "AvgPool1d": lambda op, x: average(op, x, op["kernel"], op["stride"]),
    "GlobalAvgPool": lambda op, x: vector(average(op, x, len(x.rows), 1).rows[0], op["output"]),
    "Concat": lambda op, *xs: concat(op, xs),
    "Add": lambda op, *xs: add(op, xs),
    "Conv2d": conv2d,
    "MaxPool2d": max_pool2d,
    "AvgPool2d": avg_pool2d,
    "GlobalSumPool": global_sum,
    "Select": select,
    "Transpose": transpose,
    "Reshape": lambda op, x: shaped(x.flat(), list(op["shape"]), x.codes),
    "Elementwise": lambda op, *xs: elementwise(op, xs),
    "Flatten": lambda op, x: vector(sum(x.rows, []), x.codes),
    "Lookup": lambda op, x: each(x, lambda q: op["table"][q - x.codes.qmin], op["output"]),
    "Lstm": recurrent,
    "SimpleRnn": recurrent,
    "Attention": attention,
    "LayerNorm": layer_norm,
    "RealSum": lambda op, *xs: real_sum(op, xs),
    "Masked": masked,
    "MaskedMean": masked_mean,
    "LastStep": last_step,
    "NotZero": lambda op, *xs: not_zero(xs),
    "RealFunction": lambda op, x: each(x, lambda v: real_function(op, v), None),
    "Softmax": lambda op, x: Value([softmax(row) for row in x.rows], None, x.sequence),
}


def run(model, arrays):
    """All values by name, for one flat list of ids or real numbers per input."""
    values = {}
    for declared, flat in zip(model.inputs, arrays):
        if declared.kind == "Real":
            flat = [f32(r) for r in flat]
        if declared.kind == "Tokens":
            value = Value(flat)
        else:
            value = shaped(flat, list(declared["shape"]), None)
        values[declared["name"]] = value
    for op in model.ops:
        values[op["name"]] = OPS[op.kind](op, *(values[i] for i in op["inputs"]))
    return values


def answer(model, arrays):
    """The first output, row-major, as real numbers."""
    y = run(model, arrays)[model.outputs[0]]
    return [y.codes.dequantize(v) if y.codes else v for row in y.rows for v in row]


# ---------------------------------------------------------------- the command


def describe(model):
    print("model", json.dumps(model.name))
    for key, value in model.metadata.items():
        print("metadata", key, "=", value)
    for i in model.inputs:
        print("input", i["name"], i.kind, i["shape"], i.get("vocabulary", ""))
        if i["name"] in model.text:
            print("text", i["name"], model.text[i["name"]].kind, model.text[i["name"]]["length"])
    for op in model.ops:
        tensors = [str(t) for t in op.values() if isinstance(t, Tensor)]
        print("op", op["name"], op.kind, ",".join(op["inputs"]), *tensors, "bound", op.get("bound", 0))
    print("outputs", ",".join(model.outputs))


def main(arguments):
    with open(arguments[0], "rb") as file:
        model = Model(file.read())
    if len(arguments) == 1:
        describe(model)
        return
    if arguments[1] == "--inputs":
        samples = [json.loads(arguments[2])]
    else:
        encoders = [model.text[i["name"]] for i in model.inputs]
        samples = [[encode(e, text) for e in encoders] for text in arguments[1:]]
    for arrays in samples:
        scores = answer(model, arrays)
        best = scores.index(max(scores))
        print(model.labels[best % len(model.labels)] if model.labels else best, *scores)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
