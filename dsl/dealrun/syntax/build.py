"""Derivations into builders of written trees.

In: the derivation of one shape of statement. Out: a function from the tokens of any statement of that shape to its
tree. Compiling a shape once and running it often is what makes large files cheap. Guaranteed: every node's span runs
from its first to its last token.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from dealrun.source import SourceText
from dealrun.syntax.driver import Derivation, Derived
from dealrun.syntax.tree import Branch, Item, Leaf, Statement, WrittenAssertion

Positions: TypeAlias = Sequence[int]
"""Offsets, by index of the statement's tokens."""

Builder: TypeAlias = Callable[[SourceText, Positions, Positions], Any]

PUNCTUATION = frozenset({"ARROW", "COLON", "COMMA", "LPAR", "RPAR"})
WORDS = frozenset({"MODIFIER", "OF", "AFTER", "BEFORE", "BY", "EQUALS", "OR", "AND", "NOT", "PLUS", "MINUS", "STAR"})
OPENERS = frozenset({"ABOUT", "EVENT_OF", "LIMB_OF", "PAID_UNDER"})

OPENING = frozenset({"negation", "about", "offset", "limb"})
"""Nodes of a derivation that are a level of nesting by themselves; the others nest by parentheses alone."""

_BLANKS = re.compile(r"[ \t]+")


def depth(node: Derivation) -> int:
    """Levels of nesting: `not`, `after`, `earlier of` and the like, and each parenthesis that none of them opens.

    Iterative, because the input decides how deep it goes.
    """
    deepest = 0
    todo: list[tuple[Derivation, int, bool]] = [(node, 0, False)]
    while todo:
        current, level, opened = todo.pop()
        deepest = max(deepest, level)
        if not isinstance(current, int):
            opens = current.name in OPENING
            inner = level + (opens or (current.name == "group" and not opened))
            todo.extend((child, inner, opens or (opened and current.name == "list")) for child in current.children)
    return deepest


def bounds(node: Derivation) -> tuple[int, int]:
    """Index of the first and of the last token of a node."""
    first, last = node, node
    while not isinstance(first, int):
        first = first.children[0]
    while not isinstance(last, int):
        last = last.children[-1]
    return first, last


def _word(text: str) -> str:
    return text if text.isalpha() else _BLANKS.sub(" ", text)


def composed(text: str) -> str:
    """A name or a text in Unicode's composed form (NFC), so that what looks the same is the same."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _leaf(index: int, kind: str) -> Builder:
    if kind == "STRING":

        def string(source: SourceText, starts: Positions, ends: Positions) -> Leaf:
            start, end = starts[index], ends[index]
            return Leaf(source, start, end, kind, composed(source.text[start + 1 : end - 1]))

        return string
    if kind == "NAME":

        def name(source: SourceText, starts: Positions, ends: Positions) -> Leaf:
            start, end = starts[index], ends[index]
            return Leaf(source, start, end, kind, composed(source.text[start:end]))

        return name

    def leaf(source: SourceText, starts: Positions, ends: Positions) -> Leaf:
        start, end = starts[index], ends[index]
        return Leaf(source, start, end, kind, source.text[start:end])

    return leaf


def _expr(node: Derivation, kinds: Sequence[str]) -> Builder:
    """A builder of an expression node."""
    if isinstance(node, int):
        return _leaf(node, kinds[node])
    if node.name == "day":
        return _expr(node.children[0], kinds)
    if node.name == "group":
        return _expr(node.children[1], kinds)
    words: list[int] = []
    parts: list[Builder] = []
    for child in node.children:
        if isinstance(child, int):
            kind = kinds[child]
            if kind in WORDS or kind in OPENERS:
                words.append(child)
            elif kind not in PUNCTUATION:
                parts.append(_leaf(child, kind))
        elif child.name == "list":
            parts.extend(_list(child, kinds))
        else:
            parts.append(_expr(child, kinds))
    name = node.name
    first, last = bounds(node)

    def branch(source: SourceText, starts: Positions, ends: Positions) -> Branch:
        text = source.text
        return Branch(
            source,
            starts[first],
            ends[last],
            name,
            tuple([_word(text[starts[word] : ends[word]]) for word in words]),
            tuple([part(source, starts, ends) for part in parts]),
        )

    return branch


def _list(node: Derived, kinds: Sequence[str]) -> list[Builder]:
    return [
        _expr(child, kinds) for child in node.children if not (isinstance(child, int) and kinds[child] in PUNCTUATION)
    ]


def _item(node: Derived, kinds: Sequence[str]) -> Builder:
    modifier: int | None = None
    values: list[Builder] = []
    receivers: list[Builder] = []
    side = values
    for child in node.children:
        if isinstance(child, int):
            if kinds[child] == "ARROW":
                side = receivers
            elif kinds[child] not in PUNCTUATION:
                side.append(_expr(child, kinds))
        elif child.name == "modifier":
            modifier = bounds(child)[0]
        elif child.name == "list":
            side.extend(_list(child, kinds))
        else:
            side.append(_expr(child, kinds))
    first, last = bounds(node)
    if len(values) == 1 and not receivers:
        only = values[0]

        def single(source: SourceText, starts: Positions, ends: Positions) -> Item:
            word = None if modifier is None else _word(source.text[starts[modifier] : ends[modifier]])
            return Item(source, starts[first], ends[last], word, (only(source, starts, ends),), ())

        return single

    def item(source: SourceText, starts: Positions, ends: Positions) -> Item:
        return Item(
            source,
            starts[first],
            ends[last],
            None if modifier is None else _word(source.text[starts[modifier] : ends[modifier]]),
            tuple([value(source, starts, ends) for value in values]),
            tuple([value(source, starts, ends) for value in receivers]),
        )

    return item


def _assertion(node: Derived, kinds: Sequence[str]) -> Builder:
    label = _leaf(bounds(node)[0], kinds[bounds(node)[0]])
    items = [_item(child, kinds) for child in node.children[1:] if isinstance(child, Derived)]
    first, last = bounds(node)

    def assertion(source: SourceText, starts: Positions, ends: Positions) -> WrittenAssertion:
        return WrittenAssertion(
            source,
            starts[first],
            ends[last],
            label(source, starts, ends),
            tuple([item(source, starts, ends) for item in items]),
        )

    return assertion


def compile_shape(node: Derived, kinds: Sequence[str]) -> Builder:
    """The builder of a statement of this shape; `node` derives the grammar's start symbol."""
    cites: list[Builder] = []
    body = node.children[0]
    assert isinstance(body, Derived)
    names: list[int] = []
    items: list[Builder] = []
    assertions: list[Builder] = []
    for child in body.children:
        if isinstance(child, int):
            if kinds[child] == "NAME":
                names.append(child)
            elif kinds[child] == "CITE":
                cites.append(_leaf(child, "CITE"))
        elif child.name == "assertion":
            assertions.append(_assertion(child, kinds))
        else:
            items.append(_item(child, kinds))
    leaves = [_leaf(index, "NAME") for index in names]
    operation = leaves[0] if body.name == "operated_statement" else None
    label = leaves[-2] if body.name in {"labelled_statement", "operated_statement"} else None
    head = leaves[-1]
    last = len(kinds) - 1

    def statement(source: SourceText, starts: Positions, ends: Positions) -> Statement:
        return Statement(
            source,
            starts[0],
            ends[last],
            operation(source, starts, ends) if operation else None,
            label(source, starts, ends) if label else None,
            head(source, starts, ends),
            tuple([item(source, starts, ends) for item in items]),
            tuple([assertion(source, starts, ends) for assertion in assertions]),
            tuple([cite(source, starts, ends) for cite in cites]),
        )

    return statement
