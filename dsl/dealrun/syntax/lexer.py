"""Tokens: the text of a file cut along the grammar's terminals.

In: a source text. Out: `Tokens`, three parallel lists (kind, start, end), line ends included. Guaranteed: every
character that is not a blank or a comment lies in exactly one token; what fits no terminal is a token of kind `BAD`.
Parallel lists instead of objects, because a file of 50,000 lines has 200,000 tokens.
"""

import re
from functools import cache
from typing import NamedTuple

from dealrun.source import SourceText
from dealrun.syntax.table import ParseTable, load

NEWLINE = "NEWLINE"
BAD = "BAD"
UNCLOSED = "UNCLOSED"


class Tokens(NamedTuple):
    """Kinds, starts and ends of the tokens of one source, in order; comments apart, as (start, end)."""

    source: SourceText
    kinds: list[str]
    starts: list[int]
    ends: list[int]
    comments: list[tuple[int, int]]


@cache
def table() -> ParseTable:
    """The shipped table, read once."""
    return load()


_GUARDS = (r"[^\W\d]", r"[\d$€£¥]")
"""First characters of words and of numbers, which part the terminals."""


@cache
def _scanner() -> tuple[re.Pattern[str], list[str]]:
    """One pattern of all terminals by rank, and the kind behind each of its groups.

    A guard on the first character stands before the words and before the numbers, because trying thirty alternatives
    at every token is most of what lexing costs; a test holds that this cuts as plain rank order does.
    """
    families: list[list[tuple[str, str]]] = [[], [], []]
    for name, regex in table().terminals:
        if name != "COMMENT":
            families[_family(name)].append((name, regex))
    names = ["", "COMMENT", NEWLINE]
    parts = [r"(#[^\n]*)", r"(\n)"]
    for guard, family in zip(_GUARDS, families, strict=False):
        parts.append(f"(?={guard})(?:" + "|".join(f"({regex})" for _, regex in family) + ")")
        names += [name for name, _ in family]
    last = [*families[2], (UNCLOSED, r"\"[^\n]*"), (BAD, r"[^ \t\r\n]")]
    parts += [f"({regex})" for _, regex in last]
    names += [name for name, _ in last]
    return re.compile(r"[ \t\r]*(?:" + "|".join(parts) + ")"), names


WORD_TERMINALS = frozenset(
    {
        "QUARTER", "BOTH_WAYS", "EVENT_OF", "LIMB_OF", "PAID_UNDER", "STATUS", "OF", "AFTER", "BEFORE", "BY", "OR",
        "AND", "NOT", "SIGNED", "ABOUT", "MODIFIER", "NAME",
    }
)  # fmt: skip
NUMBER_TERMINALS = frozenset(
    {"DATE", "MONTH", "DURATION", "PERCENT", "FRACTION", "YEAR", "MONEY", "QUANTITY", "NUMBER"}
)


def _family(name: str) -> int:
    return 0 if name in WORD_TERMINALS else 1 if name in NUMBER_TERMINALS else 2


def tokenize(source: SourceText) -> Tokens:
    """Cut a text into tokens."""
    pattern, names = _scanner()
    kinds: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    comments: list[tuple[int, int]] = []
    add_kind, add_start, add_end = kinds.append, starts.append, ends.append
    for match in pattern.finditer(source.text):
        group = match.lastindex or 0
        if group == 1:
            comments.append(match.span(1))
            continue
        add_kind(names[group])
        start, end = match.span(group)
        add_start(start)
        add_end(end)
    return Tokens(source, kinds, starts, ends, comments)
