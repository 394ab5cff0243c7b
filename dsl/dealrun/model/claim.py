"""Claims as they are written: what expectations say, joined with `and`, `or`, `not` and `->`.

In: a text. Out: its parts as a tree, each saying with its place in the text. Guaranteed: `->` binds least, then `or`,
`and`, `not`; a text that is no claim is an ArgumentError that says what is wrong where.
"""

import re
from collections.abc import Callable, Iterator
from typing import Literal

import attrs

from dealrun.errors import ArgumentError

_JOINED = re.compile(r'"[^"]*"|#|\(|\)|->|\band\b|\bor\b|\bnot\b(?! yet| there)')
_WORDS = frozenset({"(", ")", "->", "and", "or", "not"})

DEEP = 50
"""So deep can a claim be nested, by parentheses, `not` and `->`."""


@attrs.frozen
class WrittenClaim:
    """A part of a claim: one saying, or others that a word joins."""

    word: Literal["", "not", "and", "or"]
    """Empty for a saying."""
    parts: "tuple[WrittenClaim, ...]" = ()
    text: str = ""
    at: int = 0
    """Where a saying begins in the text of the claim."""


def sayings(claim: WrittenClaim) -> Iterator[WrittenClaim]:
    """What a claim says, part by part."""
    if not claim.word:
        yield claim
    for part in claim.parts:
        yield from sayings(part)


def _tokens(text: str) -> list[tuple[str, int]]:
    """The words that join, and what stands between them, each with its place."""
    pieces: list[tuple[int, int]] = []
    last = 0
    for match in _JOINED.finditer(text):
        if match[0][0] == '"':  # a text, in which these words join nothing
            continue
        if match[0] == "#":
            raise ArgumentError("`#` begins a comment, and a claim has none")
        pieces += [(last, match.start()), match.span()]
        last = match.end()
    pieces.append((last, len(text)))
    found = []
    for start, end in pieces:
        written = text[start:end]
        if written.strip():
            found.append((written.strip(), start + len(written) - len(written.lstrip())))
    return found


@attrs.define
class _ClaimText:
    tokens: list[tuple[str, int]]
    place: int = 0
    depth: int = 0

    def _inside(self, read: Callable[[], WrittenClaim]) -> WrittenClaim:
        """What stands a level deeper."""
        self.depth += 1
        if self.depth > DEEP:
            raise ArgumentError(f"the claim is nested more than {DEEP} deep; state it as several")
        found = read()
        self.depth -= 1
        return found

    def _next(self) -> str:
        return self.tokens[self.place][0] if self.place < len(self.tokens) else ""

    def _takes(self, word: str) -> bool:
        taken = self._next() == word
        self.place += taken
        return taken

    def whole(self) -> WrittenClaim:
        found = self.implication()
        if self.place < len(self.tokens):
            raise ArgumentError(f"the claim goes on behind its end: `{self._next()}`")
        return found

    def implication(self) -> WrittenClaim:
        left = self.disjunction()
        if not self._takes("->"):
            return left
        return WrittenClaim("or", (WrittenClaim("not", (left,)), self._inside(self.implication)))

    def disjunction(self) -> WrittenClaim:
        parts = [self.conjunction()]
        while self._takes("or"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else WrittenClaim("or", tuple(parts))

    def conjunction(self) -> WrittenClaim:
        parts = [self.negation()]
        while self._takes("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else WrittenClaim("and", tuple(parts))

    def negation(self) -> WrittenClaim:
        if self._takes("not"):
            return WrittenClaim("not", (self._inside(self.negation),))
        if self._takes("("):
            found = self._inside(self.implication)
            if not self._takes(")"):
                raise ArgumentError("a parenthesis of the claim is not closed")
            return found
        token = self._next()
        if not token or token in _WORDS:
            where = f"before `{token}`" if token else "at its end"
            raise ArgumentError(f"the claim says nothing {where}; write what an expectation can say: `ip in force`")
        self.place += 1
        return WrittenClaim("", (), token, self.tokens[self.place - 1][1])


def read(text: str) -> WrittenClaim:
    """A claim from its text; ArgumentError where it is none."""
    if not text.isprintable():
        raise ArgumentError("a claim is one line of characters that can be printed")
    tokens = _tokens(text)
    if not tokens:
        raise ArgumentError("the claim says nothing; write what an expectation can say: `ip in force`")
    return _ClaimText(tokens).whole()
