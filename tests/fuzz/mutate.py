"""Mutations of texts, bytes and command lines, and the corpus that they start from.

In: a `Draw` and something valid. Out: something like it that is seldom valid. Guaranteed: the result stays small unless
a mutation is about size, and then it stays below a limit.
"""

import functools
import re
from pathlib import Path
from typing import Final

from dealrun import limits
from fuzz.draw import EXTREME_DAYS, EXTREME_DURATIONS, EXTREME_NUMBERS, EXTREME_PERCENTS, STRANGE, Draw

ROOT: Final = Path(__file__).parents[2]
CORPUS: Final = Path(__file__).parent / "corpus"
TOKEN: Final = re.compile(r'"[^"\n]*"|\d[\d.,-]*\w*|\w+|->|\s+|.', re.DOTALL)
MOST: Final = 12_000
"""Characters of a corpus file that is used whole; of a longer one some lines are taken."""
LARGE: Final = 200_000
"""Characters of the largest text that a mutation makes."""
EXTREMES: Final = (*EXTREME_DAYS, *EXTREME_DURATIONS, *EXTREME_NUMBERS, *EXTREME_PERCENTS)


@functools.cache
def corpus() -> tuple[tuple[str, str], ...]:
    """The seeds: names and texts of the corpus, of the contracts and of the files that diagnostics are tested with."""
    folders = (CORPUS, ROOT / "contracts", ROOT / "tests" / "diagnostics")
    found = sorted(path for folder in folders for path in folder.rglob("*.deal"))
    return tuple(
        (path.relative_to(ROOT).as_posix(), path.read_bytes().decode("utf-8", "replace")) for path in found
    )  # fmt: skip


def seed(draw: Draw) -> str:
    """A text of the corpus, or some lines of it."""
    _, text = draw.pick(corpus())
    if len(text) <= MOST and draw.chance(0.5):
        return text
    blocks = re.split(r"\n(?=\S)", text)
    start = draw.randint(0, max(0, len(blocks) - 10))
    head = [block for block in blocks[:12] if block.split(" ")[0] in {"deal", "party", "asset", "stream", "event"}]
    return "\n".join([*head, *blocks[start : start + draw.randint(1, 12)]]) + "\n"


def text(draw: Draw, old: str, other: str = "") -> str:
    """A text after one to four mutations."""
    for _ in range(1 + draw.up_to(3)):
        old = _once(draw, old, other)
    return old[:LARGE]


def _once(draw: Draw, old: str, other: str) -> str:
    kind = draw.random()
    if kind < 0.55:
        return _tokens(draw, old)
    if kind < 0.75:
        return _lines(draw, old, other)
    if kind < 0.9 and old:
        at = draw.randint(0, len(old))
        return old[:at] + draw.pick(STRANGE) + old[at + draw.randint(0, 2) :]
    return _sizes(draw, old)


def _tokens(draw: Draw, old: str) -> str:
    tokens = TOKEN.findall(old)
    if not tokens:
        return draw.pick(STRANGE)
    at = draw.randint(0, len(tokens) - 1)
    kind = draw.randint(0, 6)
    if kind == 0:
        del tokens[at]
    elif kind == 1:
        tokens.insert(at, tokens[draw.randint(0, len(tokens) - 1)])
    elif kind == 2:
        other = draw.randint(0, len(tokens) - 1)
        tokens[at], tokens[other] = tokens[other], tokens[at]
    elif kind == 3:
        tokens[at] = tokens[draw.randint(0, len(tokens) - 1)]
    elif kind == 4:
        near = [n for n in range(at, min(at + 40, len(tokens))) if tokens[n][0].isdigit()]
        tokens[near[0] if near else at] = draw.pick(EXTREMES)
    elif kind == 5:
        tokens[at] = draw.pick(STRANGE)
    else:
        tokens.insert(at, f" {draw.pick(WORDS)} ")
    return "".join(tokens)


WORDS: Final = (
    "until", "then", "up to", "per", "cap", "floor", "of", "each", "when", "not", "(", ")", "earlier of",
    "paid under", "->", "***", "about", "record", "amend", "restate", "set", "drop", "expect", "within", "or", "and",
    ",", ":", "=",
    "+", "*", "end of term", "each->other", "in force", "0%", "20%", "5m USD", "2024-02-30", "except",
    "notwithstanding",
    "for 0 days",
)  # fmt: skip


def _lines(draw: Draw, old: str, other: str) -> str:
    lines = old.split("\n")
    at = draw.randint(0, len(lines) - 1)
    kind = draw.randint(0, 6)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(draw.randint(0, len(lines)), lines[at])
    elif kind == 2:
        to = draw.randint(0, len(lines) - 1)
        lines[at], lines[to] = lines[to], lines[at]
    elif kind == 3:
        lines[at] = draw.pick(("  ", "\t", " ", "    ")) + lines[at]
    elif kind == 4:
        lines[at] = lines[at].strip()
    elif kind == 5 and other:
        more = other.split("\n")
        start = draw.randint(0, len(more) - 1)
        lines[at:at] = more[start : start + draw.randint(1, 4)]
    else:
        del lines[at : at + draw.randint(1, 5)]
    return "\n".join(lines)


def _sizes(draw: Draw, old: str) -> str:
    """A text of an unusual size: nested, repeated, long, or almost as much as a limit allows."""
    depth = draw.pick((3, limits.MAX_DEPTH - 1, limits.MAX_DEPTH, limits.MAX_DEPTH + 1, 400))
    long = draw.pick((30, limits.MAX_DIGITS, limits.MAX_DIGITS + 1, 5000))
    statement = draw.pick((
        f"permit A \"x\" until {'earlier of 2030, ' * depth}2031", f"permit A \"x\" when {'not ' * depth}E",
        f"permit A \"x\" until {'1 day after ' * depth}E", f"permit A \"x\" while {'(' * depth}E{')' * depth}",
        f"fee A->B {' * '.join(['9' * min(long, 30)] * min(depth, 41))} USD", f"fee A->B {'9' * long} USD",
        f"fee A->B {' + '.join(['1 USD'] * min(long, 999))}", f'permit A "{"x" * long}"', f"{'c' * long}: permit A y",

        f"permit A \"x\" [{'s' * long}]", f"permit A {', '.join(f'a{n}' for n in range(min(long, 990)))}",
        f"royalty A->B {''.join(f'{n}% up to {n} USD then ' for n in range(1, min(long, 60)))}99%",
        f"fee A->B {''.join(f'{n} USD until 19{n % 100:02} then ' for n in range(min(long, 90)))}7 USD",
        f"term 1 year renews {draw.duration()} renewals {draw.number()}",
        "event often every 1 day from 1900-01-01",
        *(f'e{n}: permit A "x" until end of e{n - 1}' for n in (1, 199)), '"' * long, "(" * long, "-" * long,
        "\n".join(f'k{n}: permit A "x" until end of k{n - 1}' for n in range(min(long, 220), 0, -1)),
    ))  # fmt: skip
    kind = draw.random()
    if kind < 0.85:
        return f"{old.rstrip()}\n{statement}\n"
    return old * draw.pick((2, 3, 10)) if len(old) < 5000 else old


def data(draw: Draw, old: bytes) -> bytes:
    """Bytes after one or two mutations."""
    found = bytearray(old)
    for _ in range(1 + draw.up_to(2)):
        at = draw.randint(0, len(found))
        kind = draw.randint(0, 5)
        if kind == 0:
            found[at : at + 1] = bytes([draw.randint(0, 255)])
        elif kind == 1:
            del found[at : at + draw.randint(1, 9)]
        elif kind == 2:
            found[at:at] = draw.pick((b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\xef\xbb\xbf", b"\xf4\x90\x80\x80"))
        elif kind == 3:
            found = found[: draw.randint(0, len(found))]
        elif kind == 4:
            found[at:at] = found[: draw.randint(0, 60)]
        else:
            found[at:at] = draw.pick(STRANGE).encode()
    return bytes(found)


def words(draw: Draw, old: list[str]) -> list[str]:
    """A command line after a mutation."""
    found = list(old)
    at = draw.randint(0, len(found))
    kind = draw.randint(0, 6)
    if kind == 0 and found:
        del found[min(at, len(found) - 1)]
    elif kind == 1 and found:
        found.insert(at, draw.pick(found))
    elif kind == 2:
        found.insert(
            at, draw.pick(("--", "-", "--help", "--bogus", "-o", "", " ", "--on=", "--version", "\udcff", "--on"))
        )
    elif kind == 3 and found:
        chosen = min(at, len(found) - 1)
        found[chosen] = draw.strange(found[chosen]).replace("\0", "")
    elif kind == 4 and len(found) > 1:
        draw.shuffle(found)
    elif kind == 5 and found:
        chosen = min(at, len(found) - 1)
        found[chosen] = found[chosen][: draw.randint(0, len(found[chosen]))]
    else:
        found[at:at] = [
            "--assume" if draw.chance(0.5) else "--set",
            draw.pick(("E=2025-01-01", "E", "=", "TOTAL=1 USD", "a=b=c")),
        ]
    return found
